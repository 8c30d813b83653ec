import { expect, test } from "vitest";
import { forwardedFor, forwardedValue, toAddress } from "./forwarded.js";

test.each([
  ["1.2.3.4", "1.2.3.4"],
  ["1.2.3.4:5678", "1.2.3.4"],
  ["2001:db8::1", "2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["::ffff:127.0.0.1", "127.0.0.1"],
  ["unknown", undefined],
  ["_hidden", undefined],
  ["", undefined],
  ["evil.test", undefined],
  ["1.2.3.4 x", undefined],
  [undefined, undefined],
])("the address in %s is %s", (given, expected) => {
  expect(toAddress(given)).toBe(expected);
});

test("the client is the address that the outermost trusted proxy saw", () => {
  const lines = ["6.6.6.6, 1.1.1.1", "2.2.2.2"];
  const client = (trusted: number) => forwardedFor(lines, "10.0.0.1", trusted);
  expect([0, 1, 2, 3, 9].map(client)).toEqual(["10.0.0.1", "2.2.2.2", "1.1.1.1", "6.6.6.6", "6.6.6.6"]);
  expect(forwardedFor([], "10.0.0.1", 1)).toBe("10.0.0.1");
});

test("scheme and host are those that the outermost trusted proxy wrote", () => {
  expect(forwardedValue(["http, https"], 1)).toBe("https");
  expect(forwardedValue(["http, https"], 2)).toBe("http");
  expect(forwardedValue(["https"], 2)).toBe("https");
  expect(forwardedValue(["https"], 0)).toBeUndefined();
  expect(forwardedValue([], 1)).toBeUndefined();
  expect(forwardedValue([""], 1)).toBeUndefined();
});

test("an absurd address takes no time", () => {
  const startMs = performance.now();
  for (const text of [":", "f", "1.", "[::"]) expect(toAddress(`${text.repeat(100_000)}x`)).toBeUndefined();
  expect(performance.now() - startMs).toBeLessThan(500);
});
