import { expect, test } from "vitest";
import { toFlatEntry } from "./log-entry.js";

const own = { level: "INFO", message: "m", requestId: "r1", tenantId: undefined };

test("own members come first, and a user's field of such a name moves under `fields`", () => {
  const entry = toFlatEntry(own, { order: 7, message: "mine", requestId: "theirs", severity: 3, time: "noon" });
  expect(entry).toEqual({
    ...own,
    order: 7,
    fields: { message: "mine", requestId: "theirs", severity: 3, time: "noon" },
  });
  expect(Object.keys(entry).slice(0, 3)).toEqual(["level", "message", "requestId"]);
});

test("a name that the adapter leaves empty is the user's", () => {
  expect(toFlatEntry(own, { tenantId: "acme" })).toEqual({ ...own, tenantId: "acme" });
});

test("a field named `fields` stays, or goes to the others", () => {
  expect(toFlatEntry(own, { fields: { a: 1 } })).toEqual({ ...own, fields: { a: 1 } });
  expect(toFlatEntry(own, { fields: { a: 1 }, level: 9 })).toEqual({ ...own, fields: { level: 9, fields: { a: 1 } } });
});

test("the same value again is not written twice, and no name is taken for a prototype's", () => {
  expect(toFlatEntry(own, { requestId: "r1" })).toEqual(own);
  const entry = toFlatEntry(own, JSON.parse('{"__proto__":{"a":1},"toString":2,"constructor":3}'));
  expect(Object.getPrototypeOf(entry)).toBe(Object.prototype);
  expect(JSON.stringify(entry)).toContain('"toString":2,"constructor":3,"fields":{"__proto__":{"a":1}}');
});
