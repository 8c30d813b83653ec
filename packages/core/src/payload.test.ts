import fc from "fast-check";
import { expect, test } from "vitest";
import { toBytes, toJson, toText } from "./payload.js";

const utf8 = (text: string) => new TextEncoder().encode(text);

test("bytes are passed on as they are", () => {
  const bytes = new Uint8Array([0, 255, 128]);
  expect(toBytes(bytes)).toBe(bytes);
});

test("bytes over shared memory are copied, so that web classes take them", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  expect(toBytes(shared).buffer).toBeInstanceOf(ArrayBuffer);
});

test("text that was encoded comes back, whatever its characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!text.startsWith("\ufeff"));
      expect(toText(toBytes(text))).toBe(text);
    }),
  );
});

test("a byte order mark is dropped from text and from bytes", () => {
  expect(toText("\ufefftext")).toBe("text");
  expect(toText(utf8("\ufefftext"))).toBe("text");
  expect(toJson("\ufeff1")).toBe(1);
  expect(toJson(utf8("\ufeff1"))).toBe(1);
});

test("invalid UTF-8 is replaced in text and refused in JSON", () => {
  const bytes = new Uint8Array([0x22, 0xff, 0x22]);
  expect(toText(bytes)).toBe('"\ufffd"');
  expect(() => toJson(bytes)).toThrow(
    expect.objectContaining({ code: "BAD_REQUEST", message: "The body is not valid UTF-8." }),
  );
});

test.each(["", "{", "nul", '{"a":1}{', "\0"])("%j is not JSON", (text) => {
  expect(() => toJson(text)).toThrow(expect.objectContaining({ code: "BAD_REQUEST", permanent: true }));
});

test("what is wrong with the JSON text goes to the log, not into the message", () => {
  expect(() => toJson('{"password":"hunter2",}')).toThrow(
    expect.objectContaining({ message: "The body is not valid JSON." }),
  );
});

test("any JSON value comes back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      fc.pre(!JSON.stringify(value).includes("__proto__"));
      expect(toJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([
  '{"__proto__":{"admin":true}}',
  '{"a":[{"b":{"__proto__":1}}]}',
  '{"\\u005f_proto__":{"admin":true}}',
  '{"\\u005F\\u005fproto\\u005f\\u005F":1}',
  '{"constructor":{"prototype":{"admin":true}}}',
])("%s would set a prototype, and is refused", (text) => {
  expect(() => toJson(text)).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
});

test.each([
  '{"text":"__proto__"}',
  '{"constructor":"x"}',
  '{"prototype":1}',
  '"\\u0041"',
  '{"constructor":{"name":"x"}}',
])("%s is harmless, and is kept", (text) => {
  expect(toJson(text)).toEqual(JSON.parse(text));
});

test("a long list beside an escaped character is JSON like any other", () => {
  const items = Array.from({ length: 300_000 }, () => 1);
  expect(toJson(`{"items":${JSON.stringify(items)},"name":"caf\\u00e9"}`)).toEqual({ items, name: "café" });
  expect(() => toJson(`{"items":${JSON.stringify(items)},"__proto__":1}`)).toThrow("not allowed");
});
