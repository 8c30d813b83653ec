import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pause } from "../../test/delivery.js";
import { testContext } from "../../test/message.js";
import { Deadline } from "../deadline.js";
import { HandlerError } from "../error.js";
import { ack, drop, retry } from "../outcome.js";
import { Watchdog } from "../watchdog.js";
import { BatchCall } from "./batch-call.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("the handler is called once, when the last event has come or has been answered for, in the events' order", async () => {
  const handler = vi.fn(async (items: readonly unknown[]) => items.map(() => ack()));
  const call = new BatchCall<string>(3, handler);
  const { context } = testContext();
  const last = call.join(2)("c", context);
  const first = call.join(0)("a", context);
  await vi.runAllTimersAsync();
  expect(handler).not.toHaveBeenCalled();
  call.leave(1);
  expect(await Promise.all([first, last])).toEqual([ack(), ack()]);
  for (const index of [0, 1, 2]) call.leave(index);
  expect(handler).toHaveBeenCalledOnce();
  expect(handler).toHaveBeenCalledWith([
    { event: "a", context },
    { event: "c", context },
  ]);
});

test("a handler whose events were all answered for is not called", async () => {
  const handler = vi.fn(async () => []);
  const call = new BatchCall<string>(2, handler);
  call.leave(0);
  call.leave(1);
  await vi.runAllTimersAsync();
  expect(handler).not.toHaveBeenCalled();
});

test("each event gets its own outcome, and ack() where the handler gave nothing", async () => {
  const call = new BatchCall<string>(3, async () => [retry(), undefined, drop("old")]);
  const { context } = testContext();
  const results = ["a", "b", "c"].map((event, index) => call.join(index)(event, context));
  expect(await Promise.all(results)).toEqual([retry(), ack(), drop("old")]);
});

test.each([
  [[ack()], "The batch handler got 2 events and returned 1 outcomes."],
  [[ack(), ack(), ack()], "The batch handler got 2 events and returned 3 outcomes."],
  [undefined, "The batch handler got 2 events and returned undefined."],
  [{ length: 2 }, "The batch handler got 2 events and returned an object."],
])("a result of another length, or no list, is each event's failure: %j", async (result, message) => {
  const call = new BatchCall<string>(2, async () => result as never);
  const { context } = testContext();
  const results = await Promise.allSettled(["a", "b"].map((event, index) => call.join(index)(event, context)));
  for (const one of results) {
    expect(one).toMatchObject({
      status: "rejected",
      reason: { code: "REPLY_INVALID", message, hint: expect.stringContaining("by index") },
    });
  }
});

test("what was abandoned before the handler began is not given to it", async () => {
  const handler = vi.fn(async (items: readonly unknown[]) => items.map(() => ack()));
  const call = new BatchCall<string>(2, handler);
  const { context } = testContext(1000);
  new Deadline(context, new Watchdog());
  const late = expect(call.join(0)("a", context)).rejects.toMatchObject({ code: "TIMEOUT" });
  await vi.advanceTimersByTimeAsync(1000);
  await late;
  const { context: fresh } = testContext();
  expect(await call.join(1)("b", fresh)).toEqual(ack());
  expect(handler).toHaveBeenCalledWith([{ event: "b", context: fresh }]);
});

test("a handler does not begin when the signal of one of its events has aborted", async () => {
  const handler = vi.fn(async () => []);
  const call = new BatchCall<string>(2, handler);
  const { context } = testContext();
  context["~abort"](new HandlerError("TIMEOUT", "The function did not answer in time."));
  const results = await Promise.allSettled([call.join(0)("a", testContext().context), call.join(1)("b", context)]);
  for (const one of results) expect(one).toMatchObject({ status: "rejected", reason: { code: "TIMEOUT" } });
  expect(handler).not.toHaveBeenCalled();
});

test("the handler's work is known to the context of each of its events while it runs", async () => {
  const call = new BatchCall<string>(2, async () => {
    await pause(10);
    return [ack(), ack()];
  });
  const contexts = [testContext().context, testContext().context] as const;
  const results = contexts.map((context, index) => call.join(index)(String(index), context));
  await vi.advanceTimersByTimeAsync(9);
  for (const context of contexts) expect(context["~running"]).toBeInstanceOf(Promise);
  await vi.advanceTimersByTimeAsync(1);
  await Promise.all(results);
  for (const context of contexts) expect(context["~running"]).toBeUndefined();
});

test("a handler that throws at once fails each of its events", async () => {
  const call = new BatchCall<string>(1, () => {
    throw new Error("db down");
  });
  await expect(call.join(0)("a", testContext().context)).rejects.toThrow("db down");
});
