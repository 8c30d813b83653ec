import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { never, pause, testDelivery } from "../../test/delivery.js";
import { testContext } from "../../test/message.js";
import { Deadline } from "../deadline.js";
import { Watchdog } from "../watchdog.js";
import { InFlight, keyOf } from "./in-flight.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("whoever gives up waiting for what is only busy does not let the next one pass it", async () => {
  const inFlight = new InFlight(true);
  const running = inFlight.enter("k", testContext().context);
  const waits = async (timeMs: number) => {
    const { context, logs } = testContext(Date.now() + timeMs);
    const before = inFlight.get("k");
    const own = inFlight.enter("k", context);
    const error = before && (await Promise.race([inFlight.wait(before, { key: "k", own, context, fields: {} })]));
    own.leave();
    return { error, logs: logs() };
  };
  const { context } = testContext(Date.now() + 500);
  new Deadline(context, new Watchdog());
  const own = inFlight.enter("k", context);
  const busy = inFlight.wait(running, { key: "k", own, context, fields: {} });
  await vi.advanceTimersByTimeAsync(500);
  expect(await busy).toMatchObject({ code: "UNAVAILABLE" });
  own.leave();
  let passed = false;
  const third = waits(10_000).then(() => {
    passed = true;
  });
  await vi.advanceTimersByTimeAsync(100);
  expect(passed).toBe(false);
  running.leave();
  await vi.advanceTimersByTimeAsync(1);
  await third;
  expect(passed).toBe(true);
  expect(inFlight.get("k")).toBeUndefined();
});

test("without a deadline it is waited for as long as is stated, and then passed in the same delivery", async () => {
  const inFlight = new InFlight(true, 60_000);
  const hung = inFlight.enter("k", testContext().context);
  const { context, logs } = testContext();
  const own = inFlight.enter("k", context);
  const wait = inFlight.wait(hung, { key: "k", own, context, fields: { id: "a" } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await wait).toBeUndefined();
  expect(logs()).toContainEqual(expect.objectContaining({ level: "error", id: "a", waitedMs: 60_000 }));
});

/** Waits under the key "k" for what is there, with a deadline of its own. */
function waitBehind(inFlight: InFlight, { timeMs, isOwn = false }: { timeMs?: number; isOwn?: boolean } = {}) {
  const { context, logs } = testContext(timeMs && Date.now() + timeMs);
  if (timeMs) new Deadline(context, new Watchdog());
  const before = inFlight.get("k");
  if (!before) throw new Error("nothing is in flight");
  const own = isOwn ? inFlight.enter("k", context) : undefined;
  const result = inFlight.wait(before, { key: "k", own, context, fields: { id: "a" } });
  return { result, own, before, logs };
}

test("nothing in flight needs no look, unless every message is tracked", () => {
  const inFlight = new InFlight();
  expect(inFlight.isIdle).toBe(true);
  inFlight.abandon("k", never(), testContext().context);
  expect(inFlight.isIdle).toBe(false);
  expect(new InFlight(true).isIdle).toBe(false);
});

test("what is over is forgotten", async () => {
  const inFlight = new InFlight();
  inFlight.abandon("k", pause(10), testContext().context);
  expect(inFlight.get("k")).toBeDefined();
  await vi.advanceTimersByTimeAsync(10);
  expect(inFlight.get("k")).toBeUndefined();
  expect(inFlight.isIdle).toBe(true);
});

test("a handler that fails late is over as well", async () => {
  const inFlight = new InFlight();
  inFlight.abandon(
    "k",
    pause(10).then(() => Promise.reject(new Error("x"))),
    testContext().context,
  );
  await vi.advanceTimersByTimeAsync(10);
  expect(inFlight.isIdle).toBe(true);
});

test("of two handlers abandoned under one key the next waits for both", async () => {
  const inFlight = new InFlight();
  inFlight.abandon("k", pause(100), testContext().context);
  inFlight.abandon("k", pause(10), testContext().context);
  const { result, logs } = waitBehind(inFlight);
  const done = vi.fn();
  void result.then(done);
  await vi.advanceTimersByTimeAsync(99);
  expect(done).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toHaveBeenCalledWith(undefined);
  expect(logs()).toEqual([]);
  expect(inFlight.isIdle).toBe(true);
});

test("what is over when another stands under its key leaves that one", async () => {
  const inFlight = new InFlight(true);
  const first = inFlight.enter("k", testContext().context);
  const second = inFlight.enter("k", testContext().context);
  first.leave();
  await vi.advanceTimersByTimeAsync(1);
  expect(inFlight.get("k")).toBe(second);
});

test("a wait leaves no timer behind", async () => {
  const inFlight = new InFlight();
  inFlight.abandon("k", pause(10), testContext().context);
  const { result } = waitBehind(inFlight);
  await vi.advanceTimersByTimeAsync(10);
  expect(await result).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

test("a handler that used up the wait's whole delivery is logged with how long, and with the error, and is forgotten", async () => {
  const inFlight = new InFlight();
  inFlight.abandon("k", never(), testContext().context);
  const { result, logs } = waitBehind(inFlight, { timeMs: 10_000 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toMatchObject({
    code: "UNAVAILABLE",
    message: "An earlier delivery of this message, or of its group, is still running.",
    hint: "The function did not begin this time.",
    cause: { code: "TIMEOUT" },
  });
  expect(logs()).toEqual([
    {
      level: "error",
      message: "an earlier handler does not end, and is no longer waited for",
      id: "a",
      waitedMs: 9500,
      error: expect.objectContaining({ code: "UNAVAILABLE" }),
    },
  ]);
  expect(inFlight.isIdle).toBe(true);
});

test("the stated time counts from the end of the handler's own, so that a later delivery does not wait for it all again", async () => {
  const inFlight = new InFlight(false, 60_000);
  await vi.advanceTimersByTimeAsync(1000);
  inFlight.abandon("k", never(), testContext().context);
  await vi.advanceTimersByTimeAsync(45_000);
  const soon = waitBehind(inFlight);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await soon.result).toBeUndefined();
  expect(soon.logs()).toEqual([expect.objectContaining({ level: "error", waitedMs: 15_000 })]);
  expect(soon.logs()[0]).not.toHaveProperty("error");

  inFlight.abandon("k", never(), testContext().context);
  await vi.advanceTimersByTimeAsync(86_400_000);
  const nextDay = waitBehind(inFlight);
  await vi.advanceTimersByTimeAsync(0);
  expect(await nextDay.result).toBeUndefined();
});

test("by default a handler is waited for as long as the longest that Lambda gives a function", async () => {
  const inFlight = new InFlight(true);
  inFlight.enter("k", testContext().context);
  const { result } = waitBehind(inFlight);
  const done = vi.fn();
  void result.then(done);
  await vi.advanceTimersByTimeAsync(899_999);
  expect(done).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toHaveBeenCalledOnce();
});

test("what is only busy stays when a wait for it ends; who waited without a place of its own adds none", async () => {
  const inFlight = new InFlight(true);
  const busy = inFlight.enter("k", testContext().context);
  const { result, logs } = waitBehind(inFlight, { timeMs: 1000 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(await result).toMatchObject({ code: "UNAVAILABLE" });
  expect(logs()).toEqual([]);
  expect(inFlight.get("k")).toBe(busy);
});

test("whoever stands behind what hangs is hung with it, and whoever stands behind what is busy is not", async () => {
  const inFlight = new InFlight(true);
  const hung = inFlight.enter("k", testContext().context);
  const first = waitBehind(inFlight, { timeMs: 1000, isOwn: true });
  await vi.advanceTimersByTimeAsync(1000);
  await first.result;
  first.own?.leave();
  const second = waitBehind(inFlight, { timeMs: 1000, isOwn: true });
  expect(second.before.isHung).toBe(false);
  hung.abandon(never());
  expect(second.before.isHung).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await second.result).toMatchObject({ code: "UNAVAILABLE" });
  expect(second.logs()).toEqual([expect.objectContaining({ level: "error", id: "a" })]);
});

test("a stay is hung once its signal has aborted, or a handler of it was abandoned", () => {
  const { context } = testContext();
  const stay = new InFlight(true).enter("k", context);
  expect(stay.isHung).toBe(false);
  expect(stay.abandonedMs).toBeUndefined();
  context["~abort"](new Error("over"));
  expect(stay.isHung).toBe(true);
});

test("the first of a stay's handlers to be abandoned says since when", async () => {
  const stay = new InFlight(true).enter("k", testContext().context);
  stay.abandon(never());
  const { abandonedMs } = stay;
  await vi.advanceTimersByTimeAsync(100);
  stay.abandon(never());
  expect(stay.abandonedMs).toBe(abandonedMs);
});

test("a stay is over when it was left and none of its handlers runs", async () => {
  const over = vi.fn();
  const stay = new InFlight(true).enter("k", testContext().context);
  void stay.over.then(over);
  stay.abandon(pause(10));
  await vi.advanceTimersByTimeAsync(20);
  expect(over).not.toHaveBeenCalled();
  stay.leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(over).toHaveBeenCalledOnce();
});

test("messages are kept apart by source and id, and groups by name", () => {
  const of = (id: string, group?: string) => keyOf(testDelivery(id, group));
  expect(of("a")).toBe("message test-queue a");
  expect(of("a", "g")).toBe("group g");
  expect(of("a", "")).toBe("group ");
});
