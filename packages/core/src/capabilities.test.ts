import { expect, test, vi } from "vitest";
import { type Capabilities, once, requireSink } from "./capabilities.js";

const row = { source: "Kinesis", deadLetter: "sink" } as Capabilities;

test("a source that demands a sink is refused without one", () => {
  expect(() => requireSink(row, undefined)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(() => requireSink(row, async () => undefined)).not.toThrow();
  expect(() => requireSink({ ...row, deadLetter: "native" }, undefined)).not.toThrow();
});

test("something is said once", () => {
  const say = vi.fn();
  const sayOnce = once(say);
  sayOnce();
  sayOnce();
  expect(say).toHaveBeenCalledOnce();
});
