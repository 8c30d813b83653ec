import type { CloudEvent as GoogleCloudEvent } from "@google-cloud/functions-framework";
import type { ObjectEvent } from "@portico/core";
import { objectFacts, openObject } from "@portico/core/adapter";
import { expect, test, vi } from "vitest";
import { type EncodeObjectOptions, encodeObject, object } from "./object.js";

function event(facts: Partial<ObjectEvent> = {}): ObjectEvent {
  const all = {
    id: "e1",
    source: "arn:aws:s3:::photos",
    time: new Date("2026-01-02T03:04:05.678Z"),
    native: undefined,
    bucket: "photos",
    key: "été/a b%.png",
    action: "created" as const,
    permanent: undefined,
    size: 7,
    etag: "abc",
    version: "1587627537231057",
    sequence: "00001587627537231057.00000000000000000003",
    contentType: "image/png",
    ...facts,
  };
  return { ...all, kind: "object", json: async () => objectFacts(all), open: (store) => openObject(all, store) };
}

test("an event is the object's resource, as far as it is told", () => {
  const { headers, body } = encodeObject(event());
  expect(headers).toEqual({
    "content-type": "application/json; charset=utf-8",
    "ce-specversion": "1.0",
    "ce-id": "e1",
    "ce-source": "//storage.googleapis.com/projects/_/buckets/photos",
    "ce-type": "google.cloud.storage.object.v1.finalized",
    "ce-subject": "objects/%C3%A9t%C3%A9/a%20b%25.png",
    "ce-time": "2026-01-02T03:04:05.678Z",
    "ce-bucket": "photos",
  });
  expect(JSON.parse(Buffer.from(body).toString())).toEqual({
    kind: "storage#object",
    id: "photos/été/a b%.png/1587627537231057",
    selfLink: "https://www.googleapis.com/storage/v1/b/photos/o/%C3%A9t%C3%A9%2Fa%20b%25.png",
    name: "été/a b%.png",
    bucket: "photos",
    generation: "1587627537231057",
    metageneration: "3",
    contentType: "image/png",
    timeCreated: "2026-01-02T03:04:05.678Z",
    updated: "2026-01-02T03:04:05.678Z",
    size: "7",
    mediaLink:
      "https://storage.googleapis.com/download/storage/v1/b/photos/o/%C3%A9t%C3%A9%2Fa%20b%25.png?generation=1587627537231057&alt=media",
    etag: "abc",
  });
});

test.each<[string, Partial<ObjectEvent>, string]>([
  ["an object that was restored", { action: "restored" }, "action"],
  ["a deletion that leaves a version behind", { action: "deleted", permanent: false }, "permanent"],
  ["a version of another cloud", { version: "L4kqtJlcpXroDTDmpUMLUo" }, "version"],
  ["half a byte", { size: 0.5 }, "size"],
  ["a name with a line break", { key: "a\nb" }, "key"],
  ["a name that is too long", { key: "é".repeat(513) }, "key"],
  ["no bucket", { bucket: "" }, "bucket"],
  ["no time", { time: new Date(Number.NaN) }, "time"],
])("%s is refused, with the field", (_title, facts, field) => {
  expect(() => encodeObject(event(facts))).toThrow(
    expect.objectContaining({ code: "EVENT_UNENCODABLE", details: expect.objectContaining({ field }) }),
  );
});

test("the user may say what the generation is of a version from elsewhere", () => {
  const data = (options: EncodeObjectOptions) =>
    JSON.parse(Buffer.from(encodeObject(event({ version: "L4kq", sequence: undefined }), options).body).toString());
  expect(data({ generation: () => undefined })).not.toHaveProperty("generation");
  expect(data({ generation: ({ size }) => String(size) })).toMatchObject({ generation: "7" });
});

test("a background function gets the resource, and a notification comes as a message", async () => {
  const old = vi.fn(async (_data: object, _context: object) => undefined);
  expect(await object(old, { bucket: "photos", signature: "event" })(event())).toEqual({ outcome: "ack" });
  expect(old.mock.calls[0]).toMatchObject([
    { name: "été/a b%.png" },
    {
      eventType: "google.storage.object.finalize",
      resource: {
        service: "storage.googleapis.com",
        name: "projects/_/buckets/photos/objects/%C3%A9t%C3%A9/a%20b%25.png",
        type: "storage#object",
      },
    },
  ]);
  const handler = vi.fn(async (_event: GoogleCloudEvent<{ message: { attributes: object } }>) => undefined);
  await object(handler, { bucket: "photos", unwrap: "pubsub" })(event());
  expect(handler.mock.calls[0]?.[0].data?.message.attributes).toEqual({
    bucketId: "photos",
    eventTime: "2026-01-02T03:04:05.678Z",
    eventType: "OBJECT_FINALIZE",
    notificationConfig: "projects/_/buckets/photos/notificationConfigs/1",
    objectId: "été/a b%.png",
    objectGeneration: "1587627537231057",
    payloadFormat: "JSON_API_V1",
  });
});
