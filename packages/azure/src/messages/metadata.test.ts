import { InvocationContext } from "@azure/functions";
import { expect, test } from "vitest";
import { toAttributes } from "./attributes.js";
import { checkCount, lookUp, lookUpAt, toCount, toDigits, toText, toTime } from "./metadata.js";

const contextOf = (triggerMetadata: Record<string, unknown>) => new InvocationContext({ triggerMetadata });

test("integers of 64 bits keep every digit, however they arrive", () => {
  const long = (low: number, high: number, unsigned = false) => ({ low, high, unsigned });
  expect(toDigits(long(41, 0))).toBe("41");
  expect(toDigits(long(-1, 0))).toBe("4294967295");
  expect(toDigits(long(1, 6553600))).toBe("28147497671065601");
  expect(toDigits(long(-2, -1))).toBe("-2");
  expect(toDigits(long(-1, -1, true))).toBe("18446744073709551615");
  expect(toDigits("28147497671065601")).toBe("28147497671065601");
  expect(toDigits(28147497671065601n)).toBe("28147497671065601");
  expect(toDigits(901)).toBe("901");
  // Rounded already: better unknown than wrong.
  expect(toDigits(28147497671065600)).toBeUndefined();
  for (const other of [undefined, null, "x", {}, true, 1.5]) expect(toDigits(other)).toBeUndefined();
});

test("a date without a zone is UTC", () => {
  expect(toTime("2026-03-05T10:15:30.123")?.toISOString()).toBe("2026-03-05T10:15:30.123Z");
  expect(toTime("2026-03-05T10:15:30.1234567Z")?.toISOString()).toBe("2026-03-05T10:15:30.123Z");
  expect(toTime("2026-03-05T10:15:30")?.toISOString()).toBe("2026-03-05T10:15:30.000Z");
  expect(toTime("2022-03-28T15:45:00-05:00")?.toISOString()).toBe("2022-03-28T20:45:00.000Z");
  for (const other of [undefined, null, 5, "soon", new Date(Number.NaN)]) expect(toTime(other)).toBeUndefined();
});

test("text that the library took for a number is text again, where no digit is lost", () => {
  expect([toText(123), toText(1.5), toText(true), toText("x")]).toEqual(["123", "1.5", "true", "x"]);
  expect([toText(""), toText(null), toText({}), toText(2 ** 64)]).toEqual(Array(4).fill(undefined));
});

test("counts are whole, from one", () => {
  expect([toCount(3), toCount(0), toCount(-1), toCount("3"), toCount(1.5)]).toEqual([
    3,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("an entry of a list is known only where the list has one for each message", () => {
  const context = contextOf({ correlationIdArray: ["corr-2"], deliveryCountArray: [1, 2, 3] });
  expect(lookUpAt(context, 1, 3)("correlationId")).toBeUndefined();
  expect(lookUpAt(context, 1, 3)("deliveryCount")).toBe(2);
});

test("members that a JSON payload has are not believed of the metadata, whatever their case", () => {
  const context = contextOf({ id: "spoofed", popReceipt: "x", dequeueCount: 2 });
  const lookup = lookUp(context, { Id: "spoofed", POPRECEIPT: "x", dequeueCount: [9] });
  expect([lookup("id"), lookup("popReceipt")]).toEqual([undefined, undefined]);
  // Lists are not copied.
  expect(lookup("dequeueCount")).toBe(2);
  expect(lookUp(context, Buffer.from('{"id":1}'))("id")).toBe("spoofed");
  expect(lookUp(new InvocationContext({}), "x")("id")).toBeUndefined();
  expect(lookUp(context, "x")("toString")).toBeUndefined();
});

test("a batch with fewer payloads than messages is refused: one of them would be lost", () => {
  expect(() => checkCount("Service Bus", ["a", "c"], [1, 1, 1])).toThrow("2 payloads for 3 messages");
  checkCount("Service Bus", ["a"], [1]);
  checkCount("Service Bus", ["a"], undefined);
});

test("an attribute is found in any case, because Azure changes the first letter", () => {
  const attributes = toAttributes({ "diagnostic-Id": "x", n: 5, none: null, deep: { a: 1 }, yes: true });
  expect(attributes["Diagnostic-Id"]).toBe("x");
  expect(attributes["diagnostic-Id"]).toBe("x");
  expect("DIAGNOSTIC-ID" in attributes).toBe(true);
  expect({ ...attributes }).toEqual({ "diagnostic-Id": "x", n: "5", deep: '{"a":1}', yes: "true" });
  expect(Object.getPrototypeOf(attributes)).toBeNull();
});

test("attributes have no member that nobody sent, and keep one named __proto__", () => {
  const attributes = toAttributes(JSON.parse('{"__proto__":"x","constructor":"y"}'));
  expect(Object.keys(attributes)).toEqual(["__proto__", "constructor"]);
  expect(attributes.toString).toBeUndefined();
  expect(toAttributes(undefined)).toEqual({});
  expect(toAttributes("text")).toEqual({});
});
