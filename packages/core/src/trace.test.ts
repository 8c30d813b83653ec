import { expect, test } from "vitest";
import { newTrace, parseTraceparent, toTraceparent } from "./trace.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

test("a traceparent is read and written", () => {
  const trace = parseTraceparent(`00-${traceId}-${spanId}-01`, "vendor=1");
  expect(trace).toEqual({ traceId, spanId, sampled: true, traceState: "vendor=1" });
  expect(toTraceparent(trace!)).toBe(`00-${traceId}-${spanId}-01`);
  expect(parseTraceparent(`00-${traceId}-${spanId}-00`)?.sampled).toBe(false);
});

test("a later version is read as far as it is known", () => {
  expect(parseTraceparent(`01-${traceId}-${spanId}-01-more`)).toMatchObject({ traceId, spanId });
});

test.each([
  undefined,
  null,
  "",
  "garbage",
  `ff-${traceId}-${spanId}-01`,
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
])("%s is no trace", (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

test("a new trace is valid, and differs from the next", () => {
  const trace = newTrace();
  expect(parseTraceparent(toTraceparent(trace))).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId });
  expect(newTrace().traceId).not.toBe(trace.traceId);
});
