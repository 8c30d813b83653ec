import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pause, startDeliveries, statesOf } from "../../test/delivery.js";
import { testContext, testMessage } from "../../test/message.js";
import type { Context } from "../context.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import type { Middleware, None } from "../middleware.js";
import { ack, type Outcome, retry } from "../outcome.js";
import { createMessageEntry } from "./entry.js";
import { InFlight } from "./in-flight.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<undefined>(() => undefined);
describe("a handler that a middleware races", () => {
  /** As a time-out of the user's own does. */
  const racing =
    (ms: number, outcome: () => Outcome): Middleware<QueueMessage, Context, None, Outcome> =>
    (_message, _context, next) =>
      Promise.race([next(), new Promise<Outcome>((resolve) => setTimeout(() => resolve(outcome()), ms))]);

  test.each([[false], [true]])(
    "is in flight after its message was decided: the redelivery waits (batch: %s)",
    async (isBatch) => {
      let running = 0;
      let most = 0;
      const work = async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 300));
        running -= 1;
        return ack();
      };
      const base = queue("q").use(racing(50, () => retry()));
      const fn = isBatch ? base.batch((items) => Promise.all(items.map(work))) : base.handle(work);
      const { begin } = startDeliveries(fn, { group: "g" });
      const first = begin("a").result;
      await vi.advanceTimersByTimeAsync(60);
      expect(await first).toBe("retry");
      const second = begin("a").result;
      await vi.advanceTimersByTimeAsync(900);
      expect(await second).toBe("retry");
      expect(most).toBe(1);
    },
  );

  test.each([[false], [true]])("does not begin once its message is decided (batch: %s)", async (isBatch) => {
    const handler = vi.fn();
    const slow: Middleware<QueueMessage, Context, None, Outcome> = (message, _context, next) =>
      new Promise((resolve) => setTimeout(resolve, message.id === "a" ? 100 : 200)).then(() => next());
    const base = queue("q")
      .use((message, context, next) => racing(message.id === "a" ? 20 : 900, () => retry())(message, context, next))
      .use(slow);
    const fn = isBatch
      ? base.batch(async (items) => items.map(({ event }) => handler(event.id)))
      : base.handle(({ id }) => handler(id));
    expect((await startDeliveries(fn).deliver("a", "b")).states).toBe("retry done");
    expect(handler.mock.calls).toEqual([["b"]]);
  });
});

test("work and sinks that go on after the deadline are in flight, too", async () => {
  const seen: string[] = [];
  let count = 0;
  const fn = queue("q").handle((_message, { waitUntil }) => {
    const name = ++count;
    seen.push(`begin ${name}`);
    const work = new Promise<void>((resolve) => setTimeout(resolve, name === 1 ? 1500 : 1));
    waitUntil(work.then(() => void seen.push(`work ${name}`)));
  });
  const { deliver } = startDeliveries(fn);
  expect((await deliver("a")).states).toBe("retry");
  expect((await deliver("a")).states).toBe("done");
  expect(seen).toEqual(["begin 1", "work 1", "begin 2", "work 2"]);
});

test("one group of a batch that is in flight holds up none of the others", async () => {
  let hangs = true;
  const calls: string[][] = [];
  const fn = queue("q").batch((items) => {
    calls.push(items.map(({ event }) => event.id));
    return hangs ? (never() as never) : Promise.resolve(items.map(() => ack()));
  });
  const { deliver } = startDeliveries(fn);
  expect((await deliver("a")).states).toBe("retry");
  hangs = false;
  expect((await deliver("a", "b", "c")).states).toBe("retry done done");
  expect(calls).toEqual([["a"], ["b", "c"]]);
});

test("where deliveries overlap, a later one does not pass a group that was accepted and has not begun", async () => {
  const seen: string[] = [];
  const fn = queue("q").handle(async ({ id }) => {
    seen.push(id);
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
  const entry = createMessageEntry<QueueMessage>("queue", fn, { concurrency: 1 }, { sources: [], overlaps: true });
  const deliver = (...ids: string[]) => {
    const { context } = testContext(Date.now() + 1000);
    const records = ids.map((id) => ({ event: testMessage(id), group: id.charAt(0) }));
    return entry.run(context, () => entry.deliver(context, records));
  };
  const both = [deliver("y1", "x1"), deliver("x2")];
  await vi.advanceTimersByTimeAsync(200);
  await Promise.all(both);
  expect(seen.filter((id) => id.startsWith("x"))).toEqual(["x1", "x2"]);
});

test("two deliveries that wait for the same abandoned handler do not begin beside each other", async () => {
  let running = 0;
  let most = 0;
  let calls = 0;
  const fn = queue("q").handle(async () => {
    calls += 1;
    running += 1;
    if (calls > 1) most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, calls === 1 ? 1200 : 100));
    running -= 1;
  });
  const { begin, deliver } = startDeliveries(fn, { group: "g" });
  expect((await deliver("a")).states).toBe("retry");
  const results = [begin("a").result, begin("a").result];
  await vi.advanceTimersByTimeAsync(900);
  expect(await Promise.all(results)).toEqual(["done", "done"]);
  expect(most).toBe(1);
});

test("messages that let no timer run are reported in time all the same", async () => {
  const fn = queue("q").handle(async () => {
    vi.setSystemTime(Date.now() + 200);
  });
  const { context } = testContext(Date.now() + 1000);
  const entry = createMessageEntry<QueueMessage>("queue", fn, {}, { sources: [] });
  const records = Array.from({ length: 10 }, (_, index) => ({ event: testMessage(`m${index}`) }));
  const result = statesOf(await entry.run(context, () => entry.deliver(context, records)));
  expect(result).toBe("done done done done done notRun notRun notRun notRun notRun");
});

test("why an abandoned handler failed in the end is in the log", async () => {
  const fn = queue("q").handle(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    throw new Error("connection lost");
  });
  const { begin } = startDeliveries(fn);
  const { result, logs } = begin("a");
  await vi.advanceTimersByTimeAsync(2000);
  expect(await result).toBe("retry");
  expect(logs()).toContainEqual(
    expect.objectContaining({ level: "warn", error: expect.objectContaining({ message: "connection lost" }) }),
  );
});

test("handlers that hang and whose messages never come back are not kept for ever", async () => {
  const inFlight = new InFlight(false, 1000);
  const { context } = testContext();
  for (let count = 0; count < 5; count += 1) {
    inFlight.abandon(`m${count}`, never(), context);
    await vi.advanceTimersByTimeAsync(600);
  }
  expect(["m0", "m1", "m2", "m3", "m4"].map((key) => inFlight.get(key) !== undefined)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});

test("what is well within its time is waited for, however long that is", async () => {
  const inFlight = new InFlight(true, 1000);
  const running = inFlight.enter("k", testContext(Date.now() + 3_600_000).context);
  const { context } = testContext();
  const own = inFlight.enter("k", context);
  let passed = false;
  const wait = inFlight.wait(running, { key: "k", own, context, fields: {} }).then(() => {
    passed = true;
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(passed).toBe(false);
  running.leave();
  await wait;
});

test("work that an abandoned handler left is in flight, though the handler itself has ended", async () => {
  const handler = vi.fn(async (_message: unknown, { waitUntil }: Context) => {
    waitUntil(pause(2500));
    await pause(1100);
  });
  const { deliver } = startDeliveries(queue("q").handle(handler));
  expect((await deliver("a")).states).toBe("retry");
  expect((await deliver("a")).states).toBe("retry");
  expect(handler).toHaveBeenCalledOnce();
});

test("where deliveries overlap, what was accepted and did not begin is not in the way of those that come later", async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `${index}`);
  const handler = vi.fn(({ id }: { readonly id: string }) => (id === "11" ? undefined : never()));
  const { deliver } = startDeliveries(queue("q").handle(handler), { overlaps: true });
  expect((await deliver(...ids)).states).toBe(`${"retry ".repeat(10)}notRun notRun`);
  expect((await deliver("11")).states).toBe("done");
});
