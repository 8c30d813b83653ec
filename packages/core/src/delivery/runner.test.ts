import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { never, pause, startDeliveries, startDelivery, statesOf } from "../../test/delivery.js";
import { testContext, testMessage } from "../../test/message.js";
import type { Context } from "../context.js";
import { HandlerError } from "../error.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import type { Logger } from "../log.js";
import type { Middleware, None } from "../middleware.js";
import { ack, drop, type Outcome, retry } from "../outcome.js";
import { createMessageEntry } from "./entry.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("each message has its own disposition, and one that fails leaves its mates unharmed", async () => {
  const { run } = startDelivery(["a", "b", "c", "d", "e"]);
  const result = await run(({ id }) => {
    if (id === "a") return;
    if (id === "b") return ack();
    if (id === "c") return retry({ afterSeconds: 9 });
    if (id === "d") throw new Error("x");
    return drop("out of date");
  });
  expect(statesOf(result)).toBe("done done retry retry done");
  expect(result[2]).toMatchObject({ afterSeconds: 9 });
  expect(result[3]).toMatchObject({ error: { message: "x" } });
});

test("at most so many run at once, and all of them do", async () => {
  let now = 0;
  let most = 0;
  const { run } = startDelivery(
    Array.from({ length: 25 }, (_, index) => `m${index}`),
    { concurrency: 4 },
  );
  const result = await run(async () => {
    most = Math.max(most, ++now);
    await pause(1);
    now -= 1;
  });
  expect(most).toBe(4);
  expect(result.every(({ state }) => state === "done")).toBe(true);
});

test("a group runs in order, stops at its first failure, and leaves other groups alone", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["a1", "b1", "a2", "b2", "a3"], { groups: ["a", "b", "a", "b", "a"] });
  const result = await run(async ({ id }) => {
    await pause(id === "b1" ? 5 : 1);
    seen.push(id);
    return id === "a2" ? retry() : ack();
  });
  expect(statesOf(result)).toBe("done done retry done notRun");
  expect(seen.filter((id) => id.startsWith("a"))).toEqual(["a1", "a2"]);
  expect(seen.filter((id) => id.startsWith("b"))).toEqual(["b1", "b2"]);
});

test("what is finished at the deadline is done, the rest is to be delivered again", async () => {
  const { run } = startDelivery(["a", "b", "c"], { groups: ["g", "h", "h"], deadlineMs: 200 });
  const result = run(({ id }) => (id === "b" ? never() : undefined));
  await vi.advanceTimersByTimeAsync(199);
  expect(statesOf(await result)).toBe("done retry notRun");
});

test("nothing begins once the signal has fired", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["a", "b", "c"], { concurrency: 1, deadlineMs: 100 });
  const result = await run(async ({ id }) => {
    seen.push(id);
    await pause(90);
  });
  expect(seen).toEqual(["a"]);
  expect(statesOf(result)).toMatch(/^(done|retry) notRun notRun$/);
});

test("what a handler returns is an outcome or nothing, else the message comes again", async () => {
  const { run } = startDelivery(["a", "b", "c"]);
  const wrong = [42, { batchItemFailures: [] }, "ack"];
  expect(statesOf(await run(({ id }) => wrong["abc".indexOf(id)] as unknown as undefined))).toBe("retry retry retry");
});

test.each([undefined, null, "text", 0])("throwing %j is a retry", async (value) => {
  const { run } = startDelivery(["a"]);
  expect(
    statesOf(
      await run(() => {
        throw value;
      }),
    ),
  ).toBe("retry");
});

test("what is rejected stops its group where it is delivered again", async () => {
  const rejected = [new HandlerError("EVENT_MALFORMED", "x", { permanent: false })];
  const { run } = startDelivery(["a", "b", "c"], { groups: ["g", "g", "h"], rejected });
  expect(statesOf(await run(() => undefined))).toBe("retry notRun done");
});

test("each message's own middleware decides its outcome", async () => {
  const fn = queue("q")
    .use((_message, _context, next) => next().catch(() => drop("took too long")))
    .handle(never);
  expect((await startDeliveries(fn).deliver("a", "b", "c", "d")).states).toBe("done done done done");
});

test("a middleware that does not end itself is abandoned with its message, and the others decide", async () => {
  const fn = queue("q")
    .use(
      (message, _context, next) => next().catch(() => (message.id === "b" ? never() : drop("took too long"))) as never,
    )
    .handle(never);
  expect((await startDeliveries(fn).deliver("a", "b", "c")).states).toBe("done retry done");
});

test("a handler does not begin behind middleware that took all the time there was", async () => {
  const handler = vi.fn();
  const slow: Middleware<QueueMessage, Context, None, Outcome> = (_message, _context, next) =>
    new Promise((resolve) => setTimeout(resolve, 870)).then(() => next());
  expect((await startDeliveries(queue("q").use(slow).handle(handler)).deliver("a")).states).toBe("retry");
  const batch = queue("q")
    .use(slow)
    .batch(async () => handler() ?? []);
  expect((await startDeliveries(batch).deliver("a")).states).toBe("retry");
  expect(handler).not.toHaveBeenCalled();
});

test("a message that waited for an earlier one does not begin once the signal has aborted", async () => {
  const seen: string[] = [];
  const fn = queue("q").handle(async () => {
    seen.push("begin");
    // Ends between the abort and the end of the second delivery.
    await new Promise((resolve) => setTimeout(resolve, 1870));
  });
  const { deliver } = startDeliveries(fn);
  expect((await deliver("a")).states).toBe("retry");
  expect((await deliver("a")).states).toBe("notRun");
  expect(seen).toEqual(["begin"]);
});

test("ten groups, or messages without one, run at once where nothing else is said", async () => {
  let now = 0;
  let most = 0;
  const { run } = startDelivery(Array.from({ length: 12 }, (_, index) => `m${index}`));
  await run(async () => {
    most = Math.max(most, ++now);
    await pause(1);
    now -= 1;
  });
  expect(most).toBe(10);
});

test("no more workers start than there are groups", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["1", "2", "3"], { groups: ["g", "g", "g"], concurrency: 3 });
  await run(async ({ id }) => {
    seen.push(`begin ${id}`);
    await pause(1);
    seen.push(`end ${id}`);
  });
  expect(seen).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
});

test("handlers that answer at once run one after the other in the delivery's order", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["a", "b", "c"]);
  const result = await run(({ id }) => void seen.push(id));
  expect(seen).toEqual(["a", "b", "c"]);
  expect(statesOf(result)).toBe("done done done");
});

test("a worker whose group has failed takes another", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["a1", "a2", "b1", "b2"], { groups: ["a", "a", "b", "b"], concurrency: 1 });
  const result = await run(async ({ id }) => {
    seen.push(id);
    return id === "a1" ? retry() : ack();
  });
  expect(seen).toEqual(["a1", "b1", "b2"]);
  expect(statesOf(result)).toBe("retry notRun done done");
});

test("a failure that nothing was waited for stops its group as well", async () => {
  const { run } = startDelivery(["a1", "a2", "b1"], { groups: ["a", "a", "b"] });
  expect(statesOf(await run(({ id }) => (id === "a1" ? retry() : ack())))).toBe("retry notRun done");
});

test("a promise of any library is waited for", async () => {
  const { run } = startDelivery(["a"]);
  class Deferred {
    // biome-ignore lint/suspicious/noThenProperty: it is what makes it a promise.
    then(resolve: (outcome: Outcome) => void) {
      setTimeout(() => resolve(drop("old")), 5);
    }
  }
  expect(await run(() => new Deferred() as Promise<Outcome>)).toEqual([{ state: "done", outcome: "drop" }]);
});

test("an async handler's failure, and a result that is no outcome, is a retry with its error", async () => {
  const { run } = startDelivery(["a", "b"]);
  const result = await run(async ({ id }) => {
    if (id === "a") throw new Error("db down");
    return 42 as never;
  });
  expect(result).toEqual([
    { state: "retry", error: expect.objectContaining({ message: "db down" }) },
    { state: "retry", error: expect.objectContaining({ code: "REPLY_INVALID" }) },
  ]);
});

test("what a handler gives after it was abandoned changes nothing, and its group goes no further", async () => {
  const seen: string[] = [];
  const { run, logs } = startDelivery(["a", "b"], { groups: ["g", "g"], deadlineMs: 1000 });
  const result = await run(async ({ id }) => {
    seen.push(id);
    await pause(5000);
    return drop("too late");
  });
  expect(result).toEqual([
    { state: "retry", error: expect.objectContaining({ code: "TIMEOUT" }) },
    { state: "notRun" },
  ]);
  expect(seen).toEqual(["a"]);
  expect(logs().map(({ message }) => message)).toEqual([
    "The function did not answer in time.",
    "messages were not begun, and will be redelivered",
  ]);
});

test("a handler that failed after it was abandoned is no unhandled rejection", async () => {
  const { run } = startDelivery(["a"], { deadlineMs: 1000 });
  const result = await run(async () => {
    await pause(5000);
    throw new Error("too late");
  });
  expect(statesOf(result)).toBe("retry");
});

test("of the handlers that are waited for at the deadline each is abandoned, and what is done stays done", async () => {
  const { run } = startDelivery(["a", "b", "c"], { deadlineMs: 1000 });
  const result = await run(({ id }) => (id === "b" ? pause(10) : never()));
  expect(statesOf(result)).toBe("retry done retry");
});

test("a handler that goes on though its middleware has ended is waited for by the next delivery of its message", async () => {
  let calls = 0;
  const fn = queue("q")
    .use((_message, _context, next) => next().catch(() => retry()))
    .handle(async () => {
      calls += 1;
      if (calls === 1) await pause(1500);
    });
  const { deliver } = startDeliveries(fn);
  expect((await deliver("a")).states).toBe("retry");
  const second = deliver("a");
  await vi.advanceTimersByTimeAsync(400);
  expect(calls).toBe(1);
  expect((await second).states).toBe("done");
  expect(calls).toBe(2);
});

test.each([
  ["the outcome of a handler that was waited for", () => pause(1).then(() => drop("old"))],
  ["a failure that was waited for", () => pause(1).then(() => Promise.reject(new Error("x")))],
  ["an outcome that was there at once", () => drop("old")],
  ["a message behind one that was settled", (waitUntil: Context["waitUntil"]) => waitUntil(pause(1))],
  ["a handler that was abandoned", never],
])("a log that throws fails the delivery, which must not hang: at %s", async (_at, handle) => {
  const { deliver, context } = startDelivery(["a", "b"], { groups: ["g", "g"], deadlineMs: 1000 });
  const fail = () => {
    throw new Error("disk full");
  };
  const log: Logger = { ...context.log, child: () => log, warn: fail, error: fail };
  Object.defineProperty(context, "log", { value: log });
  const fn = queue("q").handle((message, { waitUntil }) => (message.id === "b" ? drop("old") : handle(waitUntil)));
  await expect(deliver(fn)).rejects.toThrow("disk full");
});

test("a log that throws while an earlier handler is waited for fails the delivery as well", async () => {
  const entry = createMessageEntry<QueueMessage>("queue", queue("q").handle(never), {}, { sources: [] });
  const deliver = async (fails: boolean) => {
    const { context } = testContext(Date.now() + 1000);
    const fail = () => {
      throw new Error("disk full");
    };
    const log: Logger = { ...context.log, child: () => log, error: fail };
    if (fails) Object.defineProperty(context, "log", { value: log });
    const result = entry.run(context, () => entry.deliver(context, [{ event: testMessage("a") }]));
    const [dispositions] = await Promise.all([result, vi.runAllTimersAsync()]);
    return dispositions;
  };
  expect(statesOf(await deliver(false))).toBe("retry");
  await expect(deliver(true)).rejects.toThrow("disk full");
});

test("where deliveries overlap the messages of one group do not wait for their own delivery", async () => {
  const { deliver } = startDeliveries(queue("q").handle(ack), { overlaps: true, group: "g" });
  expect((await deliver("a", "b", "c")).states).toBe("done done done");
});

test("a message that did not begin because an earlier one still runs is a retry that says why", async () => {
  const { deliver } = startDeliveries(queue("q").handle(never));
  await deliver("a");
  expect((await deliver("a")).logs).toContainEqual(
    expect.objectContaining({
      message: "message will be redelivered",
      messageId: "a",
      outcome: "retry",
      error: expect.objectContaining({ code: "UNAVAILABLE" }),
    }),
  );
});
