import { expect, test } from "vitest";
import { fieldsOf, toInt32, toInt64 } from "./fields.js";

const fields = fieldsOf("A message of a test");

test.each([
  ["0", 0n],
  ["-7", -7n],
  ["9223372036854775807", 9223372036854775807n],
  ["9223372036854775808", undefined],
  ["49590338271490256608559692538361571095921575989136588898", undefined],
  ["007", undefined],
  ["1e3", undefined],
  ["", undefined],
  [undefined, undefined],
])("the sequence %s is %s as an integer of 64 bits", (digits, value) => {
  expect(toInt64(digits)).toBe(value);
});

test("a count is one from 1 that an integer of 32 bits holds", () => {
  expect([1, 2 ** 31 - 1, 0, -1, 1.5, 2 ** 31, undefined].map(toInt32)).toEqual([
    1,
    2 ** 31 - 1,
    ...Array(5).fill(undefined),
  ]);
});

test("a time is written as .NET writes one that is UTC, and refused where .NET has none", () => {
  expect(["2026-03-05T10:15:30.120Z", "2026-03-05T10:15:30Z"].map((time) => fields.time(new Date(time)))).toEqual([
    "2026-03-05T10:15:30.12",
    "2026-03-05T10:15:30",
  ]);
  for (const time of [Number.NaN, Date.UTC(10_000, 0), Date.UTC(0, 0) - 2e14])
    expect(() => fields.time(new Date(time))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ field: "time" }) }),
    );
});

test.each([
  [{ Tenant: "a", tenant: "b" }],
  [{ tenant: "a", Tenant: "b" }],
  [{ "": "a" }],
  [{ a: "\ud800" }],
  [{ ["__proto__"]: "a" }],
])("the attributes %o are refused: they would not arrive", (attributes) => {
  expect(() => fields.attributes(attributes)).toThrow(expect.objectContaining({ code: "EVENT_UNENCODABLE" }));
});

test("text is refused that UTF-8 cannot carry, or that is too long; an empty one is none", () => {
  expect([fields.text("subject", ""), fields.text("subject", undefined)]).toEqual([undefined, undefined]);
  expect(() => fields.text("subject", "\ud800")).toThrow(/surrogate/);
  expect(() => fields.text("groupId", "x".repeat(129), 128)).toThrow(/longer than 128/);
});
