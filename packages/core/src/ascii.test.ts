import { expect, test } from "vitest";
import { toAsciiLowerCase, toCount, trimWhiteSpace } from "./ascii.js";

/** Every character that `trim` takes, but the two that HTTP names. */
const strangeSpaces = [
  ..."\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
];

test("spaces and tabs are taken off both ends, and nothing else is", () => {
  expect(trimWhiteSpace("\t a \tb\t ")).toBe("a \tb");
  expect(trimWhiteSpace(" \t")).toBe("");
  expect(trimWhiteSpace("")).toBe("");
  for (const space of strangeSpaces) expect(trimWhiteSpace(` ${space}a${space}\t`)).toBe(`${space}a${space}`);
});

test("a megabyte of white space is taken off in one pass", () => {
  expect(trimWhiteSpace(`a${" ".repeat(1_000_000)}b${" ".repeat(1_000_000)}`)).toHaveLength(1_000_002);
});

test("A to Z become lower case, and nothing else does: neither the Kelvin sign nor a dotted I", () => {
  expect(toAsciiLowerCase("Set-Cookie")).toBe("set-cookie");
  expect(toAsciiLowerCase("COO\u212aIE")).toBe("coo\u212aie");
  expect(toAsciiLowerCase("\u0130ÄB")).toBe("\u0130Äb");
});

test("a count is digits alone", () => {
  expect(["0", "007", "123456789012345", 5].map(toCount)).toEqual([0, 7, 123456789012345, 5]);
  const not = [
    "",
    " 5",
    "5 ",
    "+5",
    "-5",
    "0x10",
    "1e3",
    "5.0",
    "\u0665",
    "1234567890123456",
    1.5,
    -1,
    null,
    undefined,
    ["5"],
  ];
  expect(not.map(toCount).filter((value) => value !== undefined)).toEqual([]);
});
