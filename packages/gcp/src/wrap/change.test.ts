import type { CloudEvent as GoogleCloudEvent } from "@google-cloud/functions-framework";
import { type ChangeEvent, type ChangeItem, Decimal } from "@portico/core";
import { changeFacts } from "@portico/core/adapter";
import { expect, test, vi } from "vitest";
import { readDocumentEvent } from "../change/document.js";
import { FirestoreTimestamp } from "../change/timestamp.js";
import { changedPaths } from "./change/mask.js";
import { change, type EncodeChangeOptions, encodeChange } from "./change.js";

function event(facts: Partial<ChangeEvent>): ChangeEvent {
  const all = {
    id: "e1",
    source: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    time: new Date("2026-01-02T03:04:05.678Z"),
    native: undefined,
    table: "orders",
    key: { id: "o1" },
    action: "insert" as const,
    before: undefined,
    after: { a: 1 },
    expired: undefined,
    partition: undefined,
    sequence: undefined,
    ...facts,
  };
  return { ...all, kind: "change", json: async () => changeFacts(all) };
}

const refused = (facts: Partial<ChangeEvent>, options?: EncodeChangeOptions) => {
  try {
    encodeChange(event(facts), options);
  } catch (error) {
    return (error as { details?: { field?: string } }).details?.field;
  }
  return undefined;
};

test("a document is protobuf, named by its path, as Eventarc delivers it", () => {
  const { headers, body } = encodeChange(event({}), { projectId: "p" });
  expect(headers).toMatchObject({
    "content-type": "application/protobuf",
    "ce-type": "google.cloud.firestore.document.v1.created",
    "ce-source": "//firestore.googleapis.com/projects/p/databases/(default)",
    "ce-subject": "documents/orders/o1",
    "ce-document": "orders/o1",
    "ce-project": "p",
    "ce-database": "(default)",
  });
  expect(readDocumentEvent(body)).toEqual({
    value: {
      name: "projects/p/databases/(default)/documents/orders/o1",
      fields: { a: { integerValue: "1" } },
      createTime: "2026-01-02T03:04:05.678Z",
      updateTime: "2026-01-02T03:04:05.678Z",
    },
  });
});

test("every type of value is Firestore's own", () => {
  const after: ChangeItem = {
    text: "é",
    whole: -1,
    half: 0.5,
    none: Number.NaN,
    minus: Number.NEGATIVE_INFINITY,
    zero: -0,
    long: 9007199254740993n,
    yes: true,
    nothing: null,
    bytes: Uint8Array.from([1, 255]),
    time: new Date("1969-12-31T23:59:59.500Z"),
    exact: new FirestoreTimestamp(new Date("2026-01-02T03:04:05.123Z"), "2026-01-02T03:04:05.123456789Z", 123456789),
    list: [1, { deep: [] }, {}],
    map: { "a.b": 1 },
  };
  const { value } = readDocumentEvent(encodeChange(event({ after })).body);
  expect(value?.fields).toEqual({
    text: { stringValue: "é" },
    whole: { integerValue: "-1" },
    half: { doubleValue: 0.5 },
    none: { doubleValue: "NaN" },
    minus: { doubleValue: "-Infinity" },
    zero: { doubleValue: -0 },
    long: { integerValue: "9007199254740993" },
    yes: { booleanValue: true },
    nothing: { nullValue: null },
    bytes: { bytesValue: "Af8=" },
    time: { timestampValue: "1969-12-31T23:59:59.500Z" },
    exact: { timestampValue: "2026-01-02T03:04:05.123456789Z" },
    list: {
      arrayValue: {
        values: [{ integerValue: "1" }, { mapValue: { fields: { deep: { arrayValue: {} } } } }, { mapValue: {} }],
      },
    },
    map: { mapValue: { fields: { "a.b": { integerValue: "1" } } } },
  });
});

test("an update has both sides and the paths of what changed", () => {
  const [before, after] = [
    { a: 1, b: { c: 1, d: [1] }, gone: 1 },
    { a: 1, b: { c: 2, d: [1] }, "new one": 1 },
  ];
  const data = readDocumentEvent(encodeChange(event({ action: "update", before, after })).body);
  expect(data.updateMask).toEqual({ fieldPaths: ["b.c", "gone", "`new one`"] });
  expect(data.oldValue?.fields).toHaveProperty("gone");
  const time = "2026-01-02T03:04:05.678Z";
  for (const document of [data.value, data.oldValue])
    expect(document).toMatchObject({ createTime: time, updateTime: time });
});

test("a change of Firestore's own keeps when both sides were created and changed, and who made it", () => {
  const type = "google.cloud.firestore.document.v1.updated.withAuthContext";
  const [created, earlier, later] = ["2025-01-01T00:00:00Z", "2025-02-01T00:00:00.000001Z", "2025-03-01T00:00:00Z"];
  const value = { name: "n", createTime: created, updateTime: later };
  const json = { kind: "json", value: { value, oldValue: { ...value, updateTime: earlier } } };
  const native = { type, extensions: { authtype: "app_user", authid: "ada" }, data: json };
  const { headers, body } = encodeChange(event({ action: "update", before: { a: 0 }, native }));
  expect(headers).toMatchObject({ "ce-type": type, "ce-authtype": "app_user", "ce-authid": "ada" });
  expect(readDocumentEvent(body)).toMatchObject({
    value: { createTime: created, updateTime: later },
    oldValue: { createTime: created, updateTime: earlier },
  });
});

test("what is the same does not count as changed", () => {
  const same = (): ChangeItem => ({
    time: new Date(0),
    bytes: Uint8Array.from([1]),
    list: [{ a: Number.NaN }],
    map: {},
  });
  expect(changedPaths(same(), same())).toEqual([]);
  expect(changedPaths({ a: [1] }, { a: [2] })).toEqual(["a"]);
  expect(changedPaths({ a: {} }, { a: { "x`y": 1 } })).toEqual(["a.`x\\`y`"]);
});

test.each<[string, Partial<ChangeEvent>, EncodeChangeOptions | undefined, string]>([
  ["an upsert", { action: "upsert" }, undefined, "action"],
  ["a key of more parts", { key: { pk: "a", sk: "b" } }, undefined, "key"],
  ["a key that is a number", { key: { id: 1 } }, undefined, "key"],
  ["a key with a slash", { key: { id: "a/b" } }, undefined, "key"],
  ["a table that is no collection", { table: "a/b" }, undefined, "table and key"],
  ["a decimal number", { after: { a: new Decimal("0.1234567890123456789") } }, undefined, "after.a"],
  ["an integer of more than 64 bits", { after: { a: { b: [2n ** 63n] } } }, undefined, "after.a.b[0]"],
  ["a list in a list", { after: { a: [[1]] } }, undefined, "after.a[0]"],
  ["no valid time", { after: { a: new Date(Number.NaN) } }, undefined, "after.a"],
  ["half a character", { after: { a: "\ud800" } }, undefined, "after.a"],
  ["a reserved name", { after: { __a__: 1 } }, undefined, "after.__a__"],
  ["an insert of something that was there", { before: {} }, undefined, "before"],
  ["a delete of something that is there", { action: "delete" }, undefined, "after"],
  ["a `written` update without the item before", { action: "update" }, { written: true }, "before"],
  ["-0, in JSON", { after: { a: -0 } }, { encoding: "json" }, "doubleValue"],
  [
    "a list that changed",
    { action: "update", before: { a: [1] }, after: { a: [2] } },
    { from: "realtime-database" },
    "after.a",
  ],
  ["a null", { after: { a: null } }, { from: "realtime-database" }, "after.a"],
  ["an empty map", { after: { a: {} } }, { from: "realtime-database" }, "after.a"],
  ["a key that the Realtime Database has not", { after: { "a.b": 1 } }, { from: "realtime-database" }, "after.a.b"],
  ["an update without the item before", { action: "update" }, { from: "realtime-database" }, "before"],
])("%s is refused, with the field", (_title, facts, options, field) => {
  expect(refused(facts, options)).toBe(field);
});

test("what the user says of upserts and keys is taken", () => {
  const options: EncodeChangeOptions = {
    upsertAs: ({ before }) => (before ? "update" : "insert"),
    keys: ({ key }: ChangeEvent) => ({ id: `${key.pk}:${key.sk}` }),
  };
  const { headers } = encodeChange(event({ action: "upsert", key: { pk: "a", sk: "b" } }), options);
  expect(headers).toMatchObject({
    "ce-type": "google.cloud.firestore.document.v1.created",
    "ce-subject": "documents/orders/a:b",
  });
});

test("a change of the Realtime Database is what was there, and what became different", () => {
  const { headers, body } = encodeChange(
    event({ action: "update", before: { a: 1, b: { c: 1, d: 1 }, e: 1 }, after: { a: 1, b: { c: 1, d: 2 }, f: [1] } }),
    { from: "realtime-database", instance: "shop", written: true },
  );
  expect(headers).toMatchObject({
    "ce-type": "google.firebase.database.ref.v1.written",
    "ce-source": "//firebasedatabase.googleapis.com/projects/_/locations/us-central1/instances/shop",
    "ce-subject": "refs/orders/o1",
    "ce-ref": "orders/o1",
    "ce-firebasedatabasehost": "firebaseio.com",
  });
  expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({
    data: { a: 1, b: { c: 1, d: 1 }, e: 1 },
    delta: { b: { d: 2 }, e: null, f: [1] },
  });
});

test("the data is bytes for a CloudEvent function, and JSON for a background function", async () => {
  const handler = vi.fn(async (one: GoogleCloudEvent<unknown>) => void one);
  expect(await change(handler, { table: "orders" })(event({}))).toEqual({ outcome: "ack" });
  expect(Buffer.isBuffer(handler.mock.calls[0]?.[0].data)).toBe(true);
  expect(handler.mock.calls[0]?.[0]).not.toHaveProperty("datacontenttype");
  const old = vi.fn(async (_data: object, _context: object) => undefined);
  await change(old, { table: "orders", signature: "event", projectId: "p" })(event({}));
  expect(old.mock.calls[0]).toMatchObject([
    { value: { fields: { a: { integerValue: "1" } } } },
    {
      eventType: "providers/cloud.firestore/eventTypes/document.create",
      resource: "projects/p/databases/(default)/documents/orders/o1",
    },
  ]);
});

test("changes that the trigger does not bring are dropped", async () => {
  const handler = vi.fn();
  const fn = change(handler, { table: "orders", actions: ["delete"] });
  expect(await fn(event({}))).toMatchObject({ outcome: "drop" });
  expect(handler).not.toHaveBeenCalled();
});
