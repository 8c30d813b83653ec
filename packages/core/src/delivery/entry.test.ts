import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { never, pause, startDeliveries, startDelivery, statesOf } from "../../test/delivery.js";
import { testContext, testMessage } from "../../test/message.js";
import type { Context } from "../context.js";
import { HandlerError } from "../error.js";
import type { MessageHandler } from "../kinds/message-function.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import { ack, retry } from "../outcome.js";
import { newTrace } from "../trace.js";
import { createMessageEntry, longestDelay, toDeliveryError } from "./entry.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("an empty delivery is nothing to do", async () => {
  expect(await startDelivery([]).run(ack)).toEqual([]);
});

test("what is rejected never reaches the function, and ends as if the function had thrown it", async () => {
  const handler = vi.fn();
  const sink = vi.fn(async () => undefined);
  const malformed = (permanent: boolean) => new HandlerError("EVENT_MALFORMED", "no such thing", { permanent });
  const given = { sink, rejected: [malformed(true), malformed(false)] };
  const { run, batch, records } = startDelivery(["a", "b", "c"], given);
  expect(statesOf(await run(handler))).toBe("done retry done");
  expect(handler.mock.calls.map(([{ id }]) => id)).toEqual(["c"]);
  expect(sink).toHaveBeenCalledWith(records[0]?.event, "EVENT_MALFORMED: no such thing", expect.anything());
  const together = await batch(async (items) => items.map(({ event }) => (event.id === "c" ? retry() : ack())));
  expect(statesOf(together)).toBe("done retry retry");
});

test("what stands behind a failure in its group is counted in the log", async () => {
  const { run, logs } = startDelivery(["a", "b", "c"], { groups: ["g", "g", "g"] });
  await run(() => retry());
  expect(logs().at(-1)).toMatchObject({ count: 2, reason: "they stand behind a failure in their group" });
});

test("work that the report passes to the invocation's waitUntil is settled before the invocation ends", async () => {
  const { context } = testContext();
  const entry = createMessageEntry<QueueMessage>("queue", queue("q").handle(ack), {}, { sources: [] });
  let done = false;
  const ended = entry.run(context, () => {
    const work = async () => {
      await pause(5);
      done = true;
    };
    context.waitUntil(work());
  });
  await vi.runAllTimersAsync();
  await ended;
  expect(done).toBe(true);
});

test("save gives the sink each record, whatever becomes of the others", async () => {
  const { context, logs } = testContext();
  const sink = vi.fn(async ({ id }: QueueMessage) => {
    if (id === "b") throw new Error("full");
  });
  const entry = createMessageEntry<QueueMessage>("queue", queue("q").handle(ack), { sink }, { sources: [] });
  const records = ["a", "b", "c"].map((id) => ({ event: testMessage(id), group: "g" }));
  const result = await entry.run(context, () => entry.save(context, records, "left"));
  expect(statesOf(result)).toBe("done retry done");
  expect(sink).toHaveBeenCalledWith(records[2]?.event, "left", expect.anything());
  expect(logs()).toContainEqual(expect.objectContaining({ messageId: "b", level: "error" }));
});

test("a delay that the platform cannot keep is logged once per entry", async () => {
  const { run, logs } = startDelivery(["a", "b"]);
  await run(() => retry({ afterSeconds: 5 }));
  expect(logs().filter(({ message }) => String(message).includes("plain retry"))).toHaveLength(1);
});

test("what was not begun because the time was up is counted in the log, in one line of the delivery", async () => {
  const { run, logs } = startDelivery(["a", "b", "c"], { concurrency: 1, deadlineMs: 1000 });
  await run(() => pause(900));
  expect(logs().filter(({ count }) => count !== undefined)).toEqual([
    {
      level: "warn",
      message: "messages did not begin, and will be redelivered",
      outcome: "retry",
      count: 2,
      messageIds: ["b", "c"],
      reason: "The function did not answer in time.",
    },
  ]);
});

test("of a long batch that was not begun the line names twenty, and counts all", async () => {
  const ids = Array.from({ length: 31 }, (_, index) => `${index}`);
  const { run, logs } = startDelivery(ids, { concurrency: 1, deadlineMs: 1000 });
  await run(() => pause(900));
  const line = logs().find(({ message }) => message === "messages did not begin, and will be redelivered");
  expect(line).toMatchObject({ count: 30, messageIds: ids.slice(1, 21) });
});

test("where everything was begun no line says otherwise", async () => {
  const { run, logs } = startDelivery(["a", "b"]);
  await run(ack);
  expect(logs()).toEqual([]);
});

test("a function of another kind, and a limit that is none, is refused when the entry is made", () => {
  const make = (kind: string, options = {}) =>
    createMessageEntry<QueueMessage>(kind, queue("q").handle(ack), options, { sources: [] });
  expect(() => make("topic")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(() => make("queue", { concurrency: 0 })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(() => make("queue", { timeoutMs: -1 })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("a function whose result alone is known is called as any caller calls it", async () => {
  const { context } = testContext();
  const handler = vi.fn(async () => ack());
  const plain = Object.assign(handler, { trigger: queue("q").handle(ack).trigger }) as never;
  const entry = createMessageEntry<QueueMessage>("queue", plain, {}, { sources: [] });
  const event = testMessage("a");
  expect(statesOf(await entry.deliver(context, [{ event }]))).toBe("done");
  expect(handler).toHaveBeenCalledWith(event, expect.objectContaining({ id: "1" }));
});

test("what the sink does not take when it is saved is not said to come again", async () => {
  const sink = () => Promise.reject(new Error("full"));
  const entry = createMessageEntry<QueueMessage>(
    "queue",
    queue("q").handle(() => undefined),
    { sink },
    { sources: [] },
  );
  const { context, logs } = testContext();
  await entry.run(context, () => entry.save(context, [{ event: testMessage("a") }], "left"));
  expect(logs()).toEqual([
    {
      level: "error",
      message: "the message could not be settled, and is not redelivered",
      messageId: "a",
      error: expect.objectContaining({ message: "full" }),
    },
  ]);
});

test("what is saved keeps its fields, its name in the log and its trace", async () => {
  const { context, logs } = testContext();
  const trace = newTrace();
  const traces: unknown[] = [];
  const sink = async (_message: QueueMessage, _reason: string, context: Context) => void traces.push(context.trace);
  const entry = createMessageEntry<QueueMessage>("queue", queue("q").handle(ack), { sink }, { sources: [] });
  const record = { event: testMessage("a"), id: "handle-1", fields: { queue: "q" }, trace: () => trace };
  await entry.save(context, [record, { event: testMessage("b") }], "left");
  expect(traces).toEqual([trace, expect.objectContaining({ traceId: expect.any(String) })]);
  expect(logs()[0]).toMatchObject({ messageId: "handle-1", queue: "q", reason: "left" });
});

test("the delay of a whole delivery is the longest that a retry asks for, in whole seconds; none where none asks", () => {
  const retryAfter = (afterSeconds?: number) => ({ state: "retry", afterSeconds }) as const;
  expect(longestDelay([retryAfter(1.2), retryAfter(30), retryAfter(), retryAfter(5)])).toBe(30);
  expect(longestDelay([retryAfter(1.2)])).toBe(2);
  expect(longestDelay([retryAfter(0)])).toBe(0);
  expect(longestDelay([retryAfter(), { state: "done", outcome: "ack" }, { state: "notRun" }])).toBeUndefined();
});

test("the error of a whole delivery is the only record's own, or says how many failed", () => {
  const error = new Error("x");
  expect(toDeliveryError("records", 1, 1, [{ state: "retry", error }])).toBe(error);
  expect(
    toDeliveryError("records", 1, 2, [
      { state: "done", outcome: "ack" },
      { state: "retry", error },
    ]),
  ).toMatchObject({
    message: "1 of 2 records failed or did not begin. The whole delivery will be redelivered.",
    cause: error,
  });
});

test("the error of a delivery whose messages left none says how many failed; what is thrown is made an error", () => {
  const [retried, thrown] = [{ state: "retry" }, { state: "retry", error: "down" }] as const;
  expect(toDeliveryError("records", 1, 1, [retried])).toMatchObject({
    code: "UNAVAILABLE",
    message: "1 of 1 records failed or did not begin. The whole delivery will be redelivered.",
    cause: undefined,
  });
  expect(toDeliveryError("records", 2, 2, [retried, thrown]).cause).toBeInstanceOf(Error);
  expect(toDeliveryError("records", 1, 1, [thrown])).toBeInstanceOf(Error);
});

describe.each([
  ["each by itself", (handler: MessageHandler<QueueMessage, Context>) => queue("q").handle(handler)],
  [
    "together",
    (handler: MessageHandler<QueueMessage, Context>) =>
      queue("q").batch((items) => Promise.all(items.map(({ event, context }) => handler(event, context)))),
  ],
  [
    "inside middleware",
    (handler: MessageHandler<QueueMessage, Context>) =>
      queue("q")
        .use((_m, _c, next) => next())
        .handle(handler),
  ],
])("messages that run %s", (_name, make) => {
  describe.each([
    ["of their own", undefined],
    ["of a group", "g"],
  ])("%s", (_of, group) => {
    test.each([false, true])(
      "a handler that hangs once holds up one more delivery, and no other (overlaps: %s)",
      async (overlaps) => {
        let calls = 0;
        const { deliver } = startDeliveries(
          make(() => (calls++ === 0 ? never() : undefined)),
          { group, overlaps },
        );
        expect((await deliver("a")).states).toBe("retry");
        const second = await deliver("a");
        expect(second.states).toBe("retry");
        expect(calls).toBe(1);
        expect(second.logs).toContainEqual(
          expect.objectContaining({
            level: "error",
            message: "an earlier handler does not end, and is no longer waited for",
            id: "a",
          }),
        );
        expect(second.logs).not.toContainEqual(
          expect.objectContaining({ message: expect.stringContaining("in time") }),
        );
        expect((await deliver("a")).states).toBe("done");
        expect((await deliver("a")).states).toBe("done");
        expect(calls).toBe(3);
      },
    );

    test("a handler that always hangs runs in every other delivery, and each time it is logged", async () => {
      let calls = 0;
      const { deliver } = startDeliveries(
        make(() => {
          calls += 1;
          return never();
        }),
        { group },
      );
      let told = 0;
      for (let count = 0; count < 6; count += 1) {
        const { states, logs } = await deliver("a");
        expect(states).toBe("retry");
        told += logs.filter(({ message }) => String(message).includes("no longer waited for")).length;
      }
      expect(calls).toBe(3);
      expect(told).toBe(3);
    });
  });

  test("a handler that ends late is waited for: its message runs after it, and never beside it", async () => {
    const seen: string[] = [];
    let calls = 0;
    const { deliver } = startDeliveries(
      make(async () => {
        const name = ++calls;
        seen.push(`begin ${name}`);
        if (name === 1) await new Promise((resolve) => setTimeout(resolve, 1400));
        seen.push(`end ${name}`);
      }),
    );
    expect((await deliver("a")).states).toBe("retry");
    expect((await deliver("a")).states).toBe("done");
    expect(seen).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });
});

test("of several groups the one that hangs holds up itself alone", async () => {
  let hangs = true;
  const fn = queue("q").handle(({ id }) => (id === "a" && hangs ? never() : undefined));
  const { deliver } = startDeliveries(fn);
  expect((await deliver("a", "b")).states).toBe("retry done");
  hangs = false;
  expect((await deliver("a", "c")).states).toBe("retry done");
  expect((await deliver("a", "d")).states).toBe("done done");
});

test("two messages with the same id in one delivery do not run at once, and each has its own outcome", async () => {
  let running = 0;
  const outcomes = [retry(), ack()];
  const fn = queue("q").handle(async ({ id }) => {
    if (id === "b") return ack();
    expect(++running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running -= 1;
    return outcomes.shift();
  });
  expect((await startDeliveries(fn).deliver("a", "a", "b")).states).toBe("retry done done");
});

test("of two messages with the same id the one that hangs holds up the other, once", async () => {
  let calls = 0;
  const { deliver } = startDeliveries(queue("q").handle(() => (++calls === 1 ? never() : undefined)));
  expect((await deliver("a", "a", "b")).states).toBe("retry notRun done");
  expect((await deliver("a", "a")).states).toBe("retry notRun");
  expect((await deliver("a", "a")).states).toBe("done done");
});

test("where deliveries overlap, the second waits for the first, busy or not, and the third for both", async () => {
  const seen: string[] = [];
  const fn = queue("q").handle(async ({ id }) => {
    seen.push(`begin ${id}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen.push(`end ${id}`);
  });
  const { begin } = startDeliveries(fn, { overlaps: true, group: "g" });
  const results = [begin("a"), begin("b"), begin("c")].map(({ result }) => result);
  await vi.advanceTimersByTimeAsync(400);
  expect(await Promise.all(results)).toEqual(["done", "done", "done"]);
  expect(seen).toEqual(["begin a", "end a", "begin b", "end b", "begin c", "end c"]);
});
