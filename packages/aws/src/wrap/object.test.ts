import type { ObjectEvent } from "@portico/core";
import { openObject } from "@portico/core/adapter";
import { fake } from "@portico/testing";
import type { S3Event, S3Handler } from "aws-lambda";
import { expect, test } from "vitest";
import { encodeObject, object } from "./object.js";

function happened(over: Partial<ObjectEvent> = {}): ObjectEvent {
  return {
    kind: "object",
    id: "o1",
    source: "//storage.googleapis.com/projects/_/buckets/uploads",
    time: new Date("2026-01-02T03:04:05.678Z"),
    native: undefined,
    bucket: "uploads",
    key: "in/a b+c/ü(1).png",
    action: "created",
    permanent: undefined,
    size: 5,
    etag: "e",
    version: "v",
    sequence: "00617F",
    contentType: "image/png",
    json: async () => null,
    open: (store) => openObject({ bucket: "invoices", key: "a" }, store),
    ...over,
  };
}

test("a notification is what S3 sends, its key encoded as S3 encodes it", () => {
  const event = encodeObject(happened(), { region: "eu-west-1" });
  expect(event satisfies S3Event).toEqual({
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: "eu-west-1",
        eventTime: "2026-01-02T03:04:05.678Z",
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: "portico-not-live" },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        responseElements: { "x-amz-request-id": "portico-not-live", "x-amz-id-2": "portico-not-live" },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "portico",
          bucket: {
            name: "uploads",
            ownerIdentity: { principalId: "portico-not-live" },
            arn: "arn:aws:s3:::uploads",
          },
          object: { key: "in/a+b%2Bc/%C3%BC%281%29.png", size: 5, eTag: "e", versionId: "v", sequencer: "00617F" },
        },
      },
    ],
  });
});

test("each action has its name, on both ways", () => {
  const names = (over: Partial<ObjectEvent>) => [
    encodeObject(happened(over)).Records[0]?.eventName,
    encodeObject(happened(over), { source: "event-bridge" })["detail-type"],
  ];
  expect(names({ action: "deleted" })).toEqual(["ObjectRemoved:Delete", "Object Deleted"]);
  expect(names({ action: "deleted", permanent: false })).toEqual([
    "ObjectRemoved:DeleteMarkerCreated",
    "Object Deleted",
  ]);
  expect(names({ action: "updated" })).toEqual(["ObjectTagging:Put", "Object Tags Added"]);
  expect(names({ action: "archived" })).toEqual(["LifecycleTransition", "Object Storage Class Changed"]);
  expect(names({ action: "restored" })).toEqual(["ObjectRestore:Completed", "Object Restore Completed"]);
});

test("on EventBridge the key is not encoded, and the names are others", () => {
  expect(encodeObject(happened({ action: "deleted", permanent: false }), { source: "event-bridge" })).toMatchObject({
    source: "aws.s3",
    id: "o1",
    resources: ["arn:aws:s3:::uploads"],
    detail: {
      bucket: { name: "uploads" },
      object: { key: "in/a b+c/ü(1).png", size: 5, etag: "e", "version-id": "v", sequencer: "00617F" },
      "deletion-type": "Delete Marker Created",
    },
  });
});

test.each<[string, Partial<ObjectEvent>]>([
  ["bucket", { bucket: "" }],
  ["bucket", { bucket: "a/b" }],
  ["key", { key: "" }],
  ["key", { key: "ü".repeat(513) }],
  ["key", { key: "\ud800" }],
  ["size", { size: 1.5 }],
  ["time", { time: new Date(Number.NaN) }],
])("an event is refused for its %s", (field, over) => {
  for (const source of ["s3", "event-bridge"] as const) {
    expect(() => encodeObject(happened(over), { source })).toThrow(
      expect.objectContaining({
        code: "EVENT_UNENCODABLE",
        permanent: true,
        details: expect.objectContaining({ field }),
      }),
    );
  }
});

test("a handler gets what is within its filter at home, and its throw is retry", async () => {
  const keys: unknown[] = [];
  const handler: S3Handler = async ({ Records: [record] }) => void keys.push(record?.s3.object.key);
  const fn = object(handler, { bucket: "uploads", prefix: "in/" });
  expect(fn.trigger).toEqual({ kind: "object", bucket: "uploads", prefix: "in/" });
  expect(await fn(happened({ key: "in/a" }), fake.context())).toEqual({ outcome: "ack" });
  expect(await fn(happened({ key: "out/a" }), fake.context())).toMatchObject({ outcome: "drop" });
  expect(keys).toEqual(["in/a"]);
  const error = new Error("no");
  const failed = await object(() => Promise.reject(error), { bucket: "b" })(happened(), fake.context());
  expect((failed as { error: unknown }).error).toBe(error);
  expect(() => object(handler, { bucket: "b", source: "efs" as never })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});
