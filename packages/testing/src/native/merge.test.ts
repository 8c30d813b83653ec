import { expect, test } from "vitest";
import { merge } from "./merge.js";

const event = {
  Records: [
    { id: "1", attributes: { count: "1", sender: "a" } },
    { id: "2", attributes: { count: "1", sender: "b" } },
  ],
};

test("objects are merged at any depth, and lists by place", () => {
  expect(merge(event, { Records: [undefined, { attributes: { count: "3" } }] })).toEqual({
    Records: [event.Records[0], { id: "2", attributes: { count: "3", sender: "b" } }],
  });
});

test("the event itself stays as it is", () => {
  const before = structuredClone(event);
  merge(event, { Records: [{ id: "x" }] });
  expect(event).toEqual(before);
  expect(merge(event, undefined)).toBe(event);
});

test("anything else is taken instead, null and bytes included", () => {
  const value: { a: string | null; b: Uint8Array; c: number[] } = { a: "x", b: Uint8Array.of(1), c: [1, 2] };
  expect(merge(value, { a: null, b: Uint8Array.of(2), c: [undefined, 5, 6] })).toEqual({
    a: null,
    b: Uint8Array.of(2),
    c: [1, 5, 6],
  });
  expect(merge<{ d?: string }>({}, { d: "new" })).toEqual({ d: "new" });
});

test("a name that an event inherits is a name like any other", () => {
  expect(merge<Record<string, unknown>>({}, { constructor: { a: 1 } })).toEqual({ constructor: { a: 1 } });
});
