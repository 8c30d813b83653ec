import { type ChangeEvent, change as declare } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, post, silence, toFields } from "../test/deploy.js";
import { readDocumentEvent } from "./change/document.js";
import { toTimestamp } from "./change/timestamp.js";
import { toItem } from "./change/value.js";
import type { ChangeOptions } from "./change.js";
import * as gcp from "./index.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

// A writer of the wire form, so that every test says which bytes it means.
const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
};
const int = (field: number, value: bigint): number[] => [...varint(BigInt(field) << 3n), ...varint(value)];
const bytes = (field: number, content: Iterable<number> | string): number[] => {
  const all = [...(typeof content === "string" ? Buffer.from(content) : content)];
  return [...varint((BigInt(field) << 3n) | 2n), ...varint(BigInt(all.length)), ...all];
};
const double = (field: number, value: number): number[] => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [...varint((BigInt(field) << 3n) | 1n), ...buffer];
};
const documentOf = (name: string, value: number[], path = "col/doc"): number[] => [
  ...bytes(1, `projects/p/databases/(default)/documents/${path}`),
  ...bytes(2, [...bytes(1, name), ...bytes(2, value)]),
];
const only = (value: number[]) =>
  toItem(readDocumentEvent(Uint8Array.from(bytes(1, documentOf("f", value)))).value?.fields).f;

test.each([
  ["null, which is a field of the value 0", int(11, 0n), null],
  ["true", int(1, 1n), true],
  ["false", int(1, 0n), false],
  ["zero", int(2, 0n), 0],
  ["a negative integer, of ten bytes", int(2, -1n), -1],
  ["the largest integer", int(2, 2n ** 63n - 1n), 2n ** 63n - 1n],
  ["the smallest integer", int(2, -(2n ** 63n)), -(2n ** 63n)],
  ["the first integer that no number holds", int(2, 2n ** 53n + 1n), 2n ** 53n + 1n],
  ["a double", double(3, -1.5e300), -1.5e300],
  ["negative zero", double(3, -0), -0],
  ["NaN", double(3, Number.NaN), Number.NaN],
  ["infinity", double(3, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY],
  ["text", bytes(17, "Euro €"), "Euro €"],
  ["empty text", bytes(17, ""), ""],
  ["bytes", bytes(18, [0, 255]), new Uint8Array([0, 255])],
  ["a reference", bytes(5, "projects/p/databases/d/documents/c/x"), "projects/p/databases/d/documents/c/x"],
  ["a point at zero, both parts left out", bytes(8, []), { latitude: 0, longitude: 0 }],
  ["a point", bytes(8, [...double(1, -90), ...double(2, 180)]), { latitude: -90, longitude: 180 }],
  ["an empty array", bytes(9, []), []],
  ["an array", bytes(9, [...bytes(1, int(2, 1n)), ...bytes(1, int(11, 0n))]), [1, null]],
  ["an empty map", bytes(6, []), {}],
  [
    "a time before 1970, its nanoseconds counting forward",
    bytes(10, [...int(1, -1n), ...int(2, 500_000_000n)]),
    new Date(-500),
  ],
  [
    "a value of a field that is not known yet, beside a known one",
    [...int(99, 5n), ...bytes(98, "x"), ...int(1, 1n)],
    true,
  ],
  ["the last of two", [...int(1, 0n), ...bytes(17, "x")], "x"],
])("%s", (_, wire, value) => {
  expect(only(wire)).toEqual(value);
});

test("a map has no prototype, and may have any key", () => {
  const entry = (key: string, value: number[]) => bytes(1, [...bytes(1, key), ...bytes(2, value)]);
  const map = only(bytes(6, [...entry("__proto__", int(2, 1n)), ...entry("constructor", int(2, 2n))])) as object;
  expect(Object.getPrototypeOf(map)).toBeNull();
  expect(Object.entries(map)).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
  ]);
});

test("a time keeps every digit: as a Date, as text and as JSON", () => {
  const time = only(bytes(10, [...int(1, 1n), ...int(2, 123_456_789n)])) as gcp.FirestoreTimestamp;
  expect(time).toBeInstanceOf(Date);
  expect([time.getTime(), time.nanoseconds, JSON.stringify(time)]).toEqual([
    1123,
    123_456_789,
    '"1970-01-01T00:00:01.123456789Z"',
  ]);
  expect(toTimestamp("9999-12-31T23:59:59.999999Z")?.toISOString()).toBe("9999-12-31T23:59:59.999999Z");
  expect(toTimestamp("0001-01-01T00:00:00Z")).not.toBeInstanceOf(gcp.FirestoreTimestamp);
});

const deep = (levels: number): number[] => (levels === 0 ? int(1, 1n) : bytes(9, bytes(1, deep(levels - 1))));
const unread: [string, Uint8Array<ArrayBuffer>][] = [
  ["cut off", Uint8Array.from(bytes(1, documentOf("f", int(2, 5n)))).subarray(0, -1)],
  ["random", Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ["a length beyond the end", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)],
  ["a group", Uint8Array.of(0x0b)],
  ["a field of the number 0", Uint8Array.of(0x02, 0x00)],
  ["a varint of eleven bytes", Uint8Array.of(0x08, ...Array(10).fill(0x80), 1)],
  ["text that is not UTF-8", Uint8Array.from(bytes(1, documentOf("f", bytes(17, [0xc3, 0x28]))))],
  ["a time that no calendar has", Uint8Array.from(bytes(1, documentOf("f", bytes(10, int(1, 2n ** 62n)))))],
  ["nested too deeply", Uint8Array.from(bytes(1, documentOf("f", deep(500))))],
  ["an integer where a document is", Uint8Array.from(int(1, 5n))],
  ["empty", new Uint8Array()],
];

const type = (name: string) => `google.cloud.firestore.document.v1.${name}`;
const fields = (name: string) => ({
  ...toFields(name, {
    "ce-document": "col/doc",
    "ce-source": "//firestore.googleapis.com/projects/p/databases/(default)",
  }),
  "content-type": "application/protobuf",
});

async function receive(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  options?: ChangeOptions,
) {
  const got: ChangeEvent[] = [];
  const fn = declare("t").handle((one) => void got.push(one));
  const { status } = await post(await deploy((name) => gcp.change(name, fn, options)), body, headers);
  return { status, event: got[0] as ChangeEvent };
}

test.each(unread)(
  "data that is %s goes to the sink with what the header fields say, and else is retried",
  async (what, body) => {
    const sunk: ChangeEvent[] = [];
    const sink = async (one: ChangeEvent) => void sunk.push(one);
    if (what === "empty") {
      // Without a value and without an old one, nothing is known but the document.
      const { event } = await receive(body, fields(type("written")));
      expect([event.action, event.before, event.after, event.key]).toEqual([
        "upsert",
        undefined,
        undefined,
        { id: "doc" },
      ]);
      return;
    }
    expect((await receive(body, fields(type("written")), { sink })).status).toBe(204);
    expect(sunk[0]).toMatchObject({ table: "col", key: { id: "doc" }, id: "e1" });
    expect((await receive(body, fields(type("written")))).status).toBe(500);
  },
);

const old = bytes(2, documentOf("f", int(2, 1n), "users/u1/orders/o 1"));
const now = bytes(1, documentOf("f", int(2, 2n), "users/u1/orders/o 1"));

test.each([
  ["created", now, "insert", undefined, { f: 2 }],
  ["updated", [...now, ...old, ...bytes(3, bytes(1, "f"))], "update", { f: 1 }, { f: 2 }],
  ["deleted", old, "delete", { f: 1 }, undefined],
  ["written", now, "insert", undefined, { f: 2 }],
  ["written", [...old, ...now], "update", { f: 1 }, { f: 2 }],
  ["written.withAuthContext", old, "delete", { f: 1 }, undefined],
])("a document %s: the collection is the table, its id the key", async (name, wire, action, before, after) => {
  const { status, event } = await receive(Uint8Array.from(wire), fields(type(name)));
  expect(status).toBe(204);
  expect(event).toMatchObject({ table: "users/u1/orders", key: { id: "o 1" }, action, before, after });
  expect(gcp.documentEventData(event)).toBeDefined();
});

test("the JSON form is read as the protobuf form is", async () => {
  const value = {
    name: "projects/p/databases/(default)/documents/c/d",
    fields: { n: { integerValue: "9223372036854775807" }, g: { geoPointValue: { latitude: 1 } } },
  };
  const { event } = await receive(JSON.stringify({ value, oldValue: {}, updateMask: {} }), toFields(type("written")));
  expect([event.action, event.after]).toEqual(["insert", { n: 2n ** 63n - 1n, g: { latitude: 1, longitude: 0 } }]);
});

test.each([
  ['{"value":{"name":"c/d","fields":{"a":{"xValue":1}}}}'],
  ['{"value":{"name":"c/d","fields":{"a":{}}}}'],
  ['{"value":{"name":"c/d","fields":{"a":{"integerValue":"x"}}}}'],
  ['{"value":{"name":"c/d","fields":{"a":{"integerValue":9007199254740993}}}}'],
  ['{"value":{"name":"c/d","fields":{"a":{"timestampValue":"soon"}}}}'],
  ['{"value":{"name":"c/d","fields":[]}}'],
])("values that Firestore does not have are malformed: %s", async (body) => {
  expect((await receive(body, toFields(type("written")), { sink: async () => {} })).status).toBe(204);
  expect((await receive(body, toFields(type("written")))).status).toBe(500);
});

const ref = (name: string) =>
  toFields(`google.firebase.database.ref.v1.${name}`, { "ce-subject": "refs/rooms/r1/messages/m1" });

test.each([
  ["created", { data: null, delta: { a: 1 } }, "insert", undefined, { a: 1 }],
  [
    "updated",
    { data: { a: 1, b: { c: 1, d: 2 } }, delta: { a: null, b: { c: 3 } } },
    "update",
    { a: 1, b: { c: 1, d: 2 } },
    { b: { c: 3, d: 2 } },
  ],
  ["deleted", { data: { a: 1 }, delta: null }, "delete", { a: 1 }, undefined],
  ["written", { data: null, delta: "text" }, "insert", undefined, { value: "text" }],
  ["written", { data: 1, delta: 2 }, "update", { value: 1 }, { value: 2 }],
  ["written", { data: { a: 1 }, delta: { a: null } }, "delete", { a: 1 }, undefined],
  ["written", { data: [1, 2], delta: { "1": 3 } }, "update", { value: [1, 2] }, { "0": 1, "1": 3 }],
])("a reference %s with %j", async (name, data, action, before, after) => {
  const { event } = await receive(JSON.stringify(data), ref(name));
  expect(event).toMatchObject({ table: "rooms/r1/messages", key: { id: "m1" }, action, before, after });
  expect(await event.json()).toMatchObject({ action });
});

test("a reference's event without a delta is malformed, and a key __proto__ is a key", async () => {
  expect((await receive("{}", ref("written"))).status).toBe(500);
  const { event } = await receive('{"data":null,"delta":{"__proto__":{"a":1}}}', ref("written"));
  expect(Object.getPrototypeOf(event.after)).toBeNull();
  expect(Object.keys(event.after as object)).toEqual(["__proto__"]);
});
