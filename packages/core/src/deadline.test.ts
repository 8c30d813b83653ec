import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { InvocationContext } from "./context.js";
import { Deadline, inTime } from "./deadline.js";
import { Watchdog } from "./watchdog.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function start(deadlineMs: number) {
  const context = new InvocationContext({ id: "1", functionName: "f", platform: "test", deadlineMs });
  new Deadline(context, new Watchdog());
  return context;
}
const never = () => new Promise<string>(() => undefined);

test("the signal aborts first, then the innermost wait is given up, then all", async () => {
  const context = start(1000);
  const seen: string[] = [];
  context.signal.addEventListener("abort", () => seen.push(`abort ${Date.now()}`));
  const note = (name: string) => () => void seen.push(`${name} ${Date.now()}`);
  const outer = inTime(async () => {
    await Promise.resolve(inTime(never, context)).catch(note("inner"));
    return never();
  }, context);
  Promise.resolve(outer).catch(note("outer"));
  await vi.advanceTimersByTimeAsync(2000);
  // The first five milliseconds pass before anybody looks at the clock.
  expect(seen).toEqual(["abort 851", "inner 901", "outer 951"]);
});

test("the steps of a long invocation are a quarter of a second apart", async () => {
  const context = start(60_000);
  Promise.resolve(inTime(never, context)).catch(() => undefined);
  const abort = vi.fn();
  context.signal.addEventListener("abort", abort);
  await vi.advanceTimersByTimeAsync(59_249);
  expect(abort).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(abort).toHaveBeenCalledOnce();
});

test("what settled in time is not given up, and what goes on beside it is, in the end", async () => {
  const context = start(1000);
  const outer = inTime(never, context);
  const inner = inTime(async () => "done", context);
  const result = expect(Promise.resolve(outer)).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(await inner).toBe("done");
  await vi.advanceTimersByTimeAsync(952);
  await result;
});

test("values and failures pass through, also without a deadline", async () => {
  const free = new InvocationContext({ id: "1", functionName: "f", platform: "test" });
  for (const context of [free, start(1000)]) {
    expect(await inTime(() => "value", context)).toBe("value");
    expect(await inTime(async () => "value", context)).toBe("value");
    await expect(Promise.resolve(inTime(() => Promise.reject(new Error("x")), context))).rejects.toThrow("x");
  }
  const fail = () => {
    throw new Error("x");
  };
  for (const context of [free, start(1000)]) expect(() => inTime(fail, context)).toThrow("x");
});

test("what would begin after the last step does not: nobody would give it up", async () => {
  const context = start(1000);
  Promise.resolve(inTime(never, context)).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(952);
  const begin = vi.fn(never);
  await expect(inTime(begin, context)).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(begin).not.toHaveBeenCalled();
});

test("what is there at once needs no clock, and no timer", () => {
  const context = start(1000);
  expect(inTime(() => "value", context)).toBe("value");
  expect(vi.getTimerCount()).toBe(0);
});
