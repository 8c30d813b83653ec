import fc from "fast-check";
import { expect, test } from "vitest";
import { Decimal, toExactNumber } from "./decimal.js";

test.each([
  ["0", 0],
  ["-0", -0],
  ["42", 42],
  ["-7.5", -7.5],
  ["0.1", 0.1],
  ["1.50", 1.5],
  ["15e-1", 1.5],
  ["1E+2", 100],
  ["9007199254740991", 9007199254740991],
  ["9007199254740993", 9007199254740993n],
  ["-12345678901234567890123456789012345678", -12345678901234567890123456789012345678n],
  ["1e21", 1e21],
])("%s is exact", (text, expected) => {
  expect(toExactNumber(text)).toBe(expected);
});

test.each(["0.1234567890123456789", "9007199254740993.5", "1e400", "-1.00000000000000000001", "1E-130"])(
  "%s keeps its digits, or is the same number",
  (text) => {
    const value = toExactNumber(text);
    if (value instanceof Decimal) expect(value.text).toBe(text);
    else expect(String(value).toLowerCase()).toBe(text.toLowerCase());
  },
);

test.each(["NaN", "Infinity", "", "abc", "1e", "0x10"])(
  "%j, which is no decimal number, is kept as it came",
  (text) => {
    expect(toExactNumber(text)).toEqual(new Decimal(text));
  },
);

test("every number comes back as itself, every integer exactly", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const exact = toExactNumber(String(value));
      expect(typeof exact === "bigint" ? exact : exact).toEqual(
        typeof exact === "bigint" ? BigInt(String(value)) : Object.is(value, -0) ? 0 : value,
      );
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      expect(BigInt(toExactNumber(String(value)) as number | bigint)).toBe(value);
    }),
  );
});

test("a decimal is its text, in JSON too", () => {
  const value = new Decimal("0.10");
  expect(String(value)).toBe("0.10");
  expect(JSON.stringify({ value })).toBe('{"value":"0.10"}');
  expect(value.toNumber()).toBe(0.1);
});
