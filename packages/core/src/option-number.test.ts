import { describe, expect, test } from "vitest";
import { atLeastOne, byteCount, checkNumbers, milliseconds, type NumberRange } from "./option-number.js";

const refused = (message: string, hint: string) =>
  expect.objectContaining({
    code: "CONFIG_INVALID",
    message: `The option ${message}.`,
    hint: expect.stringContaining(hint),
  });
const check = (value: unknown, range: NumberRange) => checkNumbers({ limit: value }, { limit: range }, "a.");

test("numbers at the edges of their range are taken, and what is left out is not looked at", () => {
  for (const value of [undefined, 0, 0.5, 1, Number.POSITIVE_INFINITY]) check(value, milliseconds);
  for (const value of [0, 1, 2 ** 53, Number.POSITIVE_INFINITY]) check(value, byteCount);
  for (const value of [1, Number.MAX_SAFE_INTEGER]) check(value, atLeastOne);
  for (const value of [10, 600]) check(value, { is: "a number", from: 10, to: 600 });
});

describe("a number that cannot be meant is refused with what to write", () => {
  test.each([
    [Number.NaN, milliseconds, "a.limit is NaN, which is not a number of milliseconds from 0", "environment variable"],
    [-1, milliseconds, "a.limit is -1, which is not a number of milliseconds from 0", "`Infinity` is no limit"],
    [
      "5",
      milliseconds,
      "a.limit is 5 (a string), which is not a number of milliseconds from 0",
      "Write a number from 0;",
    ],
    [null, milliseconds, "a.limit is an object, which is not a number of milliseconds from 0", "Write a number"],
    [5n, milliseconds, "a.limit is 5, which is not a number of milliseconds from 0", "Write a number"],
    [Object.create(null), byteCount, "a.limit is an object, which is not a whole number of bytes from 0", "Write"],
    [1.5, byteCount, "a.limit is 1.5, which is not a whole number of bytes from 0", "Write a number from 0;"],
    [0, atLeastOne, "a.limit is 0, which is not a whole number from 1", "Write a number from 1."],
    [Number.POSITIVE_INFINITY, atLeastOne, "a.limit is Infinity, which is not a whole number from 1", "from 1."],
    [601, { is: "a number", from: 10, to: 600 }, "a.limit is 601, which is not a number from 10 to 600", "10 to 600."],
  ] as const)("%s", (value, range, message, hint) => {
    expect(() => check(value, range)).toThrow(refused(message, hint));
  });
});
