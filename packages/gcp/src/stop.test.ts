import type { Request } from "@google-cloud/functions-framework";
import type { InvocationContext } from "@portico/core/adapter";
import { afterEach, expect, test, vi } from "vitest";

const signals = ["SIGTERM", "SIGINT"] as const;
const before = signals.map((signal) => process.listeners(signal));

afterEach(() => {
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal))
      if (!before[index]?.includes(listener)) process.off(signal, listener);
  }
});

test("the first invocation of a process makes the framework's end wait for those under way, and only the first", async () => {
  const { begin, end, isStopping } = await import("./stop.js");
  const ended = vi.fn();
  // As the framework's own listeners do, by which they are known.
  const sendCrashResponse = (signal: string): void => ended(signal);
  const theirs = (signal: string): void => sendCrashResponse(signal);
  for (const signal of signals) process.on(signal, theirs);
  const context = { "~abort": vi.fn() } as Partial<InvocationContext> as InvocationContext;
  const request = { socket: {} } as Partial<Request> as Request;

  begin(context, request);
  const [listener] = process.listeners("SIGTERM").filter((one) => !before[0]?.includes(one));
  for (const signal of signals) expect(process.listeners(signal)).not.toContain(theirs);
  begin(context, request);
  expect(process.listeners("SIGTERM").filter((one) => !before[0]?.includes(one))).toEqual([listener]);

  expect(isStopping()).toBe(false);
  listener?.("SIGTERM");
  expect([isStopping(), ended.mock.calls]).toEqual([true, []]);
  end(context);
  await vi.waitFor(() => expect(ended.mock.calls).toEqual([["SIGTERM"]]), 10_000);
  expect(context["~abort"]).not.toHaveBeenCalled();
});
