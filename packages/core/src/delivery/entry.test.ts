import { expect, test, vi } from "vitest";
import { testContext, testMessage } from "../../test/message.js";
import type { Context } from "../context.js";
import { HandlerError } from "../error.js";
import type { BatchHandler, MessageHandler } from "../kinds/message-function.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import { ack, deadLetter, drop, retry } from "../outcome.js";
import type { Settling } from "./delivery.js";
import { createMessageEntry, type MessageEntryOptions, toDeliveryError } from "./entry.js";

interface Given extends MessageEntryOptions<QueueMessage>, Settling<QueueMessage> {
  groups?: readonly (string | undefined)[];
  rejected?: readonly (HandlerError | undefined)[];
  deadlineMs?: number;
}

type AnyQueue = Parameters<typeof createMessageEntry>[1];

function start(ids: readonly string[], given: Given = {}) {
  const { groups = [], rejected = [], deadlineMs, ...options } = given;
  const { context, logs } = testContext(deadlineMs && Date.now() + deadlineMs);
  const records = ids.map((id, index) => ({
    event: testMessage(id),
    group: groups[index],
    rejected: rejected[index],
  }));
  const deliver = (fn: AnyQueue) => {
    const entry = createMessageEntry<QueueMessage>("queue", fn, options, { sources: [] });
    return entry.run(context, () => entry.deliver(context, records, options));
  };
  const run = (handler: MessageHandler<QueueMessage, Context>) => deliver(queue("q").handle(handler));
  const batch = (handler: BatchHandler<QueueMessage, Context>) => deliver(queue("q").batch(handler));
  return { deliver, run, batch, records, logs };
}
const states = (dispositions: readonly { state: string }[]) => dispositions.map(({ state }) => state).join(" ");
const never = () => new Promise<void>(() => undefined);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test("each message has its own disposition, and one that fails leaves its mates unharmed", async () => {
  const { run } = start(["a", "b", "c", "d", "e"]);
  const result = await run(({ id }) => {
    if (id === "a") return;
    if (id === "b") return ack();
    if (id === "c") return retry({ afterSeconds: 9 });
    if (id === "d") throw new Error("x");
    return drop("out of date");
  });
  expect(states(result)).toBe("done done retry retry done");
  expect(result[2]).toMatchObject({ afterSeconds: 9 });
  expect(result[3]).toMatchObject({ error: { message: "x" } });
});

test("at most so many run at once, and all of them do", async () => {
  let now = 0;
  let most = 0;
  const { run } = start(
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
  const { run } = start(["a1", "b1", "a2", "b2", "a3"], { groups: ["a", "b", "a", "b", "a"] });
  const result = await run(async ({ id }) => {
    await pause(id === "b1" ? 5 : 1);
    seen.push(id);
    return id === "a2" ? retry() : ack();
  });
  expect(states(result)).toBe("done done retry done notRun");
  expect(seen.filter((id) => id.startsWith("a"))).toEqual(["a1", "a2"]);
  expect(seen.filter((id) => id.startsWith("b"))).toEqual(["b1", "b2"]);
});

test("nothing of a group begins before its predecessor was disposed of", async () => {
  const seen: string[] = [];
  const { run } = start(["1", "2"], {
    groups: ["g", "g"],
    sink: async ({ id }) => {
      await pause(5);
      seen.push(`sunk ${id}`);
    },
    onDisposed: async ({ event }) => {
      await pause(5);
      seen.push(`settled ${event.id}`);
    },
  });
  await run(({ id }) => {
    seen.push(`run ${id}`);
    return deadLetter("bad");
  });
  expect(seen).toEqual(["run 1", "sunk 1", "settled 1", "run 2", "sunk 2", "settled 2"]);
});

test("a dead letter goes to the sink, with its reason and a key that stays the same", async () => {
  const sink = vi.fn(async () => undefined);
  const { run, records } = start(["a"], { sink });
  expect(states(await run(() => deadLetter("unreadable")))).toBe("done");
  expect(sink).toHaveBeenCalledWith(records[0]?.event, "unreadable", expect.objectContaining({ key: "test-queue#a" }));
});

test("a permanent error is a dead letter, without its text being lost", async () => {
  const sink = vi.fn(async () => undefined);
  const { run } = start(["a"], { sink });
  await run(() => {
    throw new HandlerError("INPUT_INVALID", "no sku");
  });
  expect(sink).toHaveBeenCalledWith(expect.anything(), "INPUT_INVALID: no sku", expect.anything());
});

test("without a sink a dead letter is retried, and said so", async () => {
  const { run, logs } = start(["a"]);
  expect(states(await run(() => deadLetter("bad")))).toBe("retry");
  expect(logs().at(-1)).toMatchObject({ level: "error", reason: "bad", messageId: "a" });
});

test("a sink that fails, or hangs, makes it a retry and never a success", async () => {
  const failing = start(["a"], { sink: () => Promise.reject(new Error("sink down")) });
  expect(states(await failing.run(() => deadLetter("bad")))).toBe("retry");
  const hanging = start(["a"], { sink: never, deadlineMs: 150 });
  expect(states(await hanging.run(() => deadLetter("bad")))).toBe("retry");
});

test("the platform's own dead-letter queue goes before the sink", async () => {
  const sink = vi.fn();
  const native = vi.fn(async () => undefined);
  const { run, records } = start(["a"], { sink, deadLetter: native });
  expect(states(await run(() => deadLetter("bad")))).toBe("done");
  expect(native).toHaveBeenCalledWith(expect.objectContaining({ event: records[0]?.event }), "bad");
  expect(sink).not.toHaveBeenCalled();
});

test("background work is waited for before a message is done, and its time-out makes it a retry", async () => {
  let finished = false;
  const { run } = start(["a"]);
  const work = async () => {
    await pause(5);
    finished = true;
  };
  expect(states(await run((_message, { waitUntil }) => waitUntil(work())))).toBe("done");
  expect(finished).toBe(true);
  const hanging = start(["a", "b"], { deadlineMs: 150 });
  expect(states(await hanging.run(({ id }, { waitUntil }) => (id === "a" ? waitUntil(never()) : undefined)))).toBe(
    "retry done",
  );
});

test("what is finished at the deadline is done, the rest is to be delivered again", async () => {
  vi.useFakeTimers();
  const { run } = start(["a", "b", "c"], { groups: ["g", "h", "h"], deadlineMs: 200 });
  const result = run(({ id }) => (id === "b" ? never() : undefined));
  await vi.advanceTimersByTimeAsync(199);
  expect(states(await result)).toBe("done retry notRun");
  vi.useRealTimers();
});

test("nothing begins once the signal has fired", async () => {
  const seen: string[] = [];
  const { run } = start(["a", "b", "c"], { concurrency: 1, deadlineMs: 100 });
  const result = await run(async ({ id }) => {
    seen.push(id);
    await pause(90);
  });
  expect(seen).toEqual(["a"]);
  expect(states(result)).toMatch(/^(done|retry) notRun notRun$/);
});

test("a settlement that the platform refuses makes it a retry", async () => {
  const { run } = start(["a"], { onDisposed: () => Promise.reject(new Error("lock lost")) });
  expect(states(await run(ack))).toBe("retry");
});

test("what a handler returns is an outcome or nothing, else the message comes again", async () => {
  const { run } = start(["a", "b", "c"]);
  const wrong = [42, { batchItemFailures: [] }, "ack"];
  expect(states(await run(({ id }) => wrong["abc".indexOf(id)] as unknown as undefined))).toBe("retry retry retry");
});

test.each([undefined, null, "text", 0])("throwing %j is a retry", async (value) => {
  const { run } = start(["a"]);
  expect(
    states(
      await run(() => {
        throw value;
      }),
    ),
  ).toBe("retry");
});

test("an empty delivery is nothing to do", async () => {
  expect(await start([]).run(ack)).toEqual([]);
});

test("a batch handler gets all messages at once and answers by index", async () => {
  const { batch } = start(["a", "b", "c"]);
  const seen: string[][] = [];
  const result = await batch(async (items) => {
    seen.push(items.map(({ event }) => event.id));
    return [undefined, retry(), ack()];
  });
  expect(seen).toEqual([["a", "b", "c"]]);
  expect(states(result)).toBe("done retry done");
});

test("a batch result of another length, or no list, is a retry for all", async () => {
  for (const wrong of [[], [ack()], undefined, { length: 2 }]) {
    const { batch } = start(["a", "b"]);
    expect(states(await batch(async () => wrong as never))).toBe("retry retry");
  }
});

test("a batch handler that throws or never settles is a retry for all", async () => {
  expect(states(await start(["a", "b"]).batch(() => Promise.reject(new Error("x"))))).toBe("retry retry");
  expect(states(await start(["a", "b"], { deadlineMs: 100 }).batch(() => new Promise(() => undefined)))).toBe(
    "retry retry",
  );
});

test("behind a failure in a group a batch is delivered again", async () => {
  const { batch } = start(["a1", "b1", "a2"], { groups: ["a", "b", "a"] });
  expect(states(await batch(async () => [retry(), ack(), ack()]))).toBe("retry done retry");
});

test("middleware answers for single messages of a batch, and the handler gets the others", async () => {
  const { deliver } = start(["a", "b", "c"], { sink: async () => undefined });
  const fn = queue("q")
    .use(async (message, _context, next) => (message.id === "b" ? deadLetter("refused") : next({ seen: message.id })))
    .batch(async (items) => items.map(({ context }) => (context.seen === "a" ? retry() : ack())));
  expect(states(await deliver(fn))).toBe("retry done done");
});

test("what is rejected never reaches the function, and ends as if the function had thrown it", async () => {
  const handler = vi.fn();
  const sink = vi.fn(async () => undefined);
  const malformed = (permanent: boolean) => new HandlerError("EVENT_MALFORMED", "no such thing", { permanent });
  const given = { sink, rejected: [malformed(true), malformed(false)] };
  const { run, batch, records } = start(["a", "b", "c"], given);
  expect(states(await run(handler))).toBe("done retry done");
  expect(handler.mock.calls.map(([{ id }]) => id)).toEqual(["c"]);
  expect(sink).toHaveBeenCalledWith(records[0]?.event, "EVENT_MALFORMED: no such thing", expect.anything());
  const together = await batch(async (items) => items.map(({ event }) => (event.id === "c" ? retry() : ack())));
  expect(states(together)).toBe("done retry retry");
});

test("what is rejected stops its group where it is delivered again", async () => {
  const rejected = [new HandlerError("EVENT_MALFORMED", "x", { permanent: false })];
  const { run } = start(["a", "b", "c"], { groups: ["g", "g", "h"], rejected });
  expect(states(await run(() => undefined))).toBe("retry notRun done");
});

test("every outcome but ack leaves a line with id, outcome and reason; ack leaves none", async () => {
  const { run, logs } = start(["a", "b", "c", "d", "e"], { sink: async () => undefined });
  await run(({ id }) => {
    if (id === "a") return retry({ reason: "out of stock", afterSeconds: 5 });
    if (id === "b") return drop("out of date");
    if (id === "c") return deadLetter("unreadable");
    if (id === "d") throw new Error("db down");
  });
  const told = logs().filter(({ outcome }) => outcome !== undefined);
  expect(told).toHaveLength(4);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ messageId: "a", outcome: "retry", reason: "out of stock", afterSeconds: 5 }),
      expect.objectContaining({ messageId: "b", outcome: "drop", reason: "out of date" }),
      expect.objectContaining({ messageId: "c", outcome: "deadLetter", reason: "unreadable" }),
      expect.objectContaining({
        messageId: "d",
        outcome: "retry",
        error: expect.objectContaining({ message: "db down" }),
      }),
    ]),
  );
  expect(logs().some(({ messageId }) => messageId === "e")).toBe(false);
});

test("an error that a middleware made an outcome is logged once, by whoever has not logged it yet", async () => {
  const { deliver, logs } = start(["a"]);
  const fn = queue("q")
    .use((_message, _context, next) => next().catch((error) => ({ outcome: "retry" as const, error })))
    .handle(() => {
      throw new Error("db down");
    });
  await deliver(fn);
  expect(logs()).toEqual([
    expect.objectContaining({
      message: "message will be redelivered",
      error: expect.objectContaining({ message: "db down" }),
    }),
  ]);
});

test("what stands behind a failure in its group is counted in the log", async () => {
  const { run, logs } = start(["a", "b", "c"], { groups: ["g", "g", "g"] });
  await run(() => retry());
  expect(logs().at(-1)).toMatchObject({ count: 2, reason: "they stand behind a failure in their group" });
});

test("work that a sink or a delay passes to waitUntil is settled before the message is; a sink has the message's trace", async () => {
  const done: string[] = [];
  const later = async (what: string) => {
    await pause(5);
    done.push(what);
  };
  let traces: unknown[] = [];
  const { run } = start(["a", "b"], {
    sink: async (_message, _reason, { waitUntil, trace }) => {
      traces = [...traces, trace.traceId];
      waitUntil(later("sink"));
    },
    onDelay: async ({ context }) => context.waitUntil(later("delay")),
    onDisposed: async ({ event }) => void done.push(`disposed ${event.id}`),
  });
  await run(({ id }, { trace }) => {
    if (id === "b") return retry({ afterSeconds: 1 });
    traces = [trace.traceId];
    return deadLetter("bad");
  });
  expect(done.indexOf("sink")).toBeLessThan(done.indexOf("disposed a"));
  expect(done).toContain("delay");
  expect(traces[0]).toBe(traces[1]);
});

test("work that a sink passes to waitUntil and that hangs makes it a retry", async () => {
  const { run } = start(["a"], { sink: async (_m, _r, { waitUntil }) => waitUntil(never()), deadlineMs: 150 });
  expect(states(await run(() => deadLetter("bad")))).toBe("retry");
});

test("work that the report passes to the invocation's waitUntil is settled before the invocation ends", async () => {
  const { context } = testContext();
  const entry = createMessageEntry<QueueMessage>("queue", queue("q").handle(ack), {}, { sources: [] });
  let done = false;
  await entry.run(context, () => {
    const work = async () => {
      await pause(5);
      done = true;
    };
    context.waitUntil(work());
  });
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
  expect(states(result)).toBe("done retry done");
  expect(sink).toHaveBeenCalledWith(records[2]?.event, "left", expect.anything());
  expect(logs()).toContainEqual(expect.objectContaining({ messageId: "b", outcome: "retry" }));
});

test("a delay that the platform cannot keep is logged once per entry", async () => {
  const { run, logs } = start(["a", "b"]);
  await run(() => retry({ afterSeconds: 5 }));
  expect(logs().filter(({ message }) => String(message).includes("plain retry"))).toHaveLength(1);
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

test.each([
  ["a proxy that throws", () => new Proxy({}, { getPrototypeOf: () => fail() })],
  ["an error whose name throws", () => Object.defineProperty(new Error("x"), "name", { get: fail })],
  [
    "an error whose message is a symbol",
    () => Object.defineProperty(new Error("x"), "message", { value: Symbol("s") }),
  ],
])("throwing %s is a retry, at once or later, and ends the delivery", async (_, make) => {
  for (const isLate of [false, true]) {
    const { run } = start(["a", "b"], { groups: ["g", "h"], deadlineMs: 5000 });
    const result = await run(({ id }) => {
      if (id === "b") return;
      if (!isLate) throw make();
      return pause(1).then(() => {
        throw make();
      });
    });
    expect(states(result)).toBe("retry done");
  }
});

function fail(): never {
  throw new Error("a getter");
}

test("a sink whose work behind waitUntil fails makes it a retry", async () => {
  const { run } = start(["a"], { sink: async (_m, _r, { waitUntil }) => waitUntil(Promise.reject(new Error("full"))) });
  expect(states(await run(() => deadLetter("bad")))).toBe("retry");
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, "5"])(
  "retry({ afterSeconds: %j }) is no outcome",
  async (value) => {
    const onDelay = vi.fn(async () => undefined);
    const { run, logs } = start(["a"], { onDelay });
    expect(states(await run(() => retry({ afterSeconds: value as number })))).toBe("retry");
    expect(onDelay).not.toHaveBeenCalled();
    expect(logs()).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "REPLY_INVALID" }) }),
    );
  },
);

test("a middleware of a batch sees an invalid outcome as a failure, and next() twice at once as one answer twice", async () => {
  const { deliver } = start(["a", "b"]);
  const fn = queue("q")
    .use(async (_message, _context, next) => {
      const [one, two] = await Promise.all([next(), next()].map((each) => each.catch(() => drop("invalid"))));
      expect(two).toEqual(one);
      return one as never;
    })
    .batch(async (items) => items.map(({ event }) => (event.id === "a" ? ("bad" as never) : ack())));
  expect(states(await deliver(fn))).toBe("done done");
});
