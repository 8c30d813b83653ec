import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { never, pause, startDelivery, statesOf, testDelivery } from "../../test/delivery.js";
import { testContext, testMessage } from "../../test/message.js";
import { HandlerError } from "../error.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import { ack, deadLetter, drop, type Outcome, retry } from "../outcome.js";
import { type Disposal, dispose, fromThrown } from "./disposal.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("nothing of a group begins before its predecessor was disposed of", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["1", "2"], {
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
  const { run, records } = startDelivery(["a"], { sink });
  expect(statesOf(await run(() => deadLetter("unreadable")))).toBe("done");
  expect(sink).toHaveBeenCalledWith(records[0]?.event, "unreadable", expect.objectContaining({ key: "test-queue#a" }));
});

test("a permanent error is a dead letter, without its text being lost", async () => {
  const sink = vi.fn(async () => undefined);
  const { run } = startDelivery(["a"], { sink });
  await run(() => {
    throw new HandlerError("INPUT_INVALID", "no sku");
  });
  expect(sink).toHaveBeenCalledWith(expect.anything(), "INPUT_INVALID: no sku", expect.anything());
});

test("without a sink a dead letter is retried, and said so", async () => {
  const { run, logs } = startDelivery(["a"]);
  expect(statesOf(await run(() => deadLetter("bad")))).toBe("retry");
  expect(logs().at(-1)).toMatchObject({ level: "error", reason: "bad", messageId: "a" });
});

test("a sink that fails, or hangs, makes it a retry and never a success", async () => {
  const failing = startDelivery(["a"], { sink: () => Promise.reject(new Error("sink down")) });
  expect(statesOf(await failing.run(() => deadLetter("bad")))).toBe("retry");
  const hanging = startDelivery(["a"], { sink: never, deadlineMs: 150 });
  expect(statesOf(await hanging.run(() => deadLetter("bad")))).toBe("retry");
});

test("the platform's own dead-letter queue goes before the sink", async () => {
  const sink = vi.fn();
  const native = vi.fn(async () => undefined);
  const { run, records } = startDelivery(["a"], { sink, deadLetter: native });
  expect(statesOf(await run(() => deadLetter("bad")))).toBe("done");
  expect(native).toHaveBeenCalledWith(expect.objectContaining({ event: records[0]?.event }), "bad");
  expect(sink).not.toHaveBeenCalled();
});

test("background work is waited for before a message is done, and its time-out makes it a retry", async () => {
  let finished = false;
  const { run } = startDelivery(["a"]);
  const work = async () => {
    await pause(5);
    finished = true;
  };
  expect(statesOf(await run((_message, { waitUntil }) => waitUntil(work())))).toBe("done");
  expect(finished).toBe(true);
  const hanging = startDelivery(["a", "b"], { deadlineMs: 150 });
  expect(statesOf(await hanging.run(({ id }, { waitUntil }) => (id === "a" ? waitUntil(never()) : undefined)))).toBe(
    "retry done",
  );
});

test("a settlement that the platform refuses makes it a retry", async () => {
  const { run } = startDelivery(["a"], { onDisposed: () => Promise.reject(new Error("lock lost")) });
  expect(statesOf(await run(ack))).toBe("retry");
});

test("every outcome but ack leaves a line with id, outcome and reason; ack leaves none", async () => {
  const { run, logs } = startDelivery(["a", "b", "c", "d", "e"], { sink: async () => undefined });
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
  const { deliver, logs } = startDelivery(["a"]);
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

test("work that a sink or a delay passes to waitUntil is settled before the message is; a sink has the message's trace", async () => {
  const done: string[] = [];
  const later = async (what: string) => {
    await pause(5);
    done.push(what);
  };
  let traces: unknown[] = [];
  const { run } = startDelivery(["a", "b"], {
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
  const { run } = startDelivery(["a"], { sink: async (_m, _r, { waitUntil }) => waitUntil(never()), deadlineMs: 150 });
  expect(statesOf(await run(() => deadLetter("bad")))).toBe("retry");
});

test("what needs no wait is disposed of at once, and what does gives a promise", async () => {
  expect(dispose(testDelivery("a"), ack(), {})).toEqual({ state: "done", outcome: "ack" });
  expect(dispose(testDelivery("a"), drop("old"), {})).toEqual({ state: "done", outcome: "drop" });
  expect(dispose(testDelivery("a"), retry(), {})).toEqual({ state: "retry" });
  expect(dispose(testDelivery("a"), retry({ afterSeconds: 1 }), {})).toBeInstanceOf(Promise);
  expect(dispose(testDelivery("a"), deadLetter("bad"), {})).toBeInstanceOf(Promise);
  expect(dispose(testDelivery("a"), ack(), { onDisposed: async () => undefined })).toBeInstanceOf(Promise);
  const delivery = testDelivery("a");
  delivery.context.waitUntil(Promise.resolve());
  expect(dispose(delivery, ack(), {})).toBeInstanceOf(Promise);
});

test("each line names the outcome, the attempt and the reason, at the level that it is worth", async () => {
  const sink = async () => undefined;
  const given = { sink, attempt: 3 };
  const lines = async (outcome: Outcome, options: Parameters<typeof startDelivery>[1] = given) => {
    const { run, logs } = startDelivery(["a"], options);
    await run(() => outcome);
    return logs();
  };
  const all = { messageId: "a", attempt: 3 };
  expect(await lines(retry({ reason: "busy" }))).toEqual([
    { level: "warn", message: "message will be redelivered", outcome: "retry", reason: "busy", ...all },
  ]);
  expect(await lines(drop("old"))).toEqual([
    { level: "warn", message: "message dropped", outcome: "drop", reason: "old", ...all },
  ]);
  expect(await lines(deadLetter("bad"))).toEqual([
    { level: "error", message: "message dead-lettered", outcome: "deadLetter", reason: "bad", ...all },
  ]);
  expect(await lines(deadLetter("bad"), { attempt: 3 })).toEqual([
    {
      level: "error",
      message: "the message cannot be handled, and there is no sink: left to the platform's own redelivery",
      outcome: "retry",
      reason: "bad",
      ...all,
    },
  ]);
  expect(await lines(deadLetter("bad"), { attempt: 3, sink: () => Promise.reject(new Error("full")) })).toEqual([
    {
      level: "error",
      message: "the message could not be settled, and will be redelivered",
      outcome: "retry",
      error: expect.objectContaining({ message: "full" }),
      ...all,
    },
  ]);
  expect(await lines(ack(), { attempt: 3, onDisposed: () => Promise.reject(new Error("lock lost")) })).toEqual([
    {
      level: "error",
      message: "the platform did not take the outcome of a message, which will be redelivered",
      outcome: "retry",
      error: expect.objectContaining({ message: "lock lost" }),
      ...all,
    },
  ]);
});

test("what a handler throws is logged once: a HandlerError by its own text, anything else as a failure of the handler", async () => {
  const permanent = startDelivery(["a"], { attempt: 2 });
  const error = new HandlerError("INPUT_INVALID", "no sku");
  const [result] = await permanent.run(() => {
    throw error;
  });
  // Without a sink: the platform redelivers it, and shows why.
  expect(result).toEqual({ state: "retry", error });
  expect(permanent.logs()[0]).toEqual({
    level: "error",
    message: "no sku",
    messageId: "a",
    attempt: 2,
    outcome: "deadLetter",
    error: expect.objectContaining({ message: "no sku" }),
  });
  const unknown = startDelivery(["a"], { attempt: 2 });
  await unknown.run(() => {
    throw new Error("db down");
  });
  expect(unknown.logs()).toEqual([
    {
      level: "error",
      message: "the handler failed",
      messageId: "a",
      attempt: 2,
      outcome: "retry",
      error: expect.objectContaining({ message: "db down" }),
    },
  ]);
});

test("a HandlerError that trying again may help is a retry", async () => {
  const error = new HandlerError("UNAVAILABLE", "db down");
  expect(fromThrown(error, testMessage("a"), testContext().context)).toEqual({ outcome: "retry", error });
  const input = new HandlerError("INPUT_INVALID", "no sku", { permanent: false });
  expect(fromThrown(input, testMessage("a"), testContext().context)).toEqual({ outcome: "retry", error: input });
});

test("an outcome is kept with its delay, its error, and what the platform was asked for", async () => {
  const onDelay = vi.fn(async () => undefined);
  const told: Record<string, unknown> = {};
  const onDisposed: Disposal<QueueMessage>["onDisposed"] = async ({ event }, disposition) => {
    told[event.id] = disposition;
  };
  const error = new Error("x");
  const { run } = startDelivery(["a", "b", "c"], { onDelay, onDisposed });
  const outcomes: Outcome[] = [{ outcome: "retry", afterSeconds: 0, error }, retry(), ack()];
  const result = await run(({ id }) => outcomes["abc".indexOf(id)]);
  expect(result).toEqual([
    { state: "retry", afterSeconds: 0, error },
    { state: "retry" },
    { state: "done", outcome: "ack" },
  ]);
  expect(onDelay.mock.calls).toEqual([[expect.objectContaining({ event: expect.objectContaining({ id: "a" }) }), 0]]);
  expect(told).toEqual({ a: result[0], b: result[1], c: result[2] });
});

test("a delay that the platform refuses leaves a plain retry, and says so", async () => {
  const { run, logs } = startDelivery(["a"], { onDelay: () => Promise.reject(new Error("no such receipt")) });
  const [result] = await run(() => retry({ afterSeconds: 5 }));
  expect(result).toEqual({ state: "retry", error: expect.objectContaining({ message: "no such receipt" }) });
  expect(logs()).toContainEqual(
    expect.objectContaining({ error: expect.objectContaining({ message: "no such receipt" }) }),
  );
});

test("the platform is told of a message only once its background work is settled", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["a"], { onDisposed: async () => void seen.push("disposed") });
  await run((_message, { waitUntil }) => {
    waitUntil(pause(20).then(() => seen.push("work")));
    return drop("old");
  });
  expect(seen).toEqual(["work", "disposed"]);
});

test("work that the platform's own dead-lettering passes to waitUntil is settled before the outcome is", async () => {
  const seen: string[] = [];
  const { run } = startDelivery(["a"], {
    deadLetter: async ({ context }) => context.waitUntil(pause(20).then(() => seen.push("work"))),
    onDisposed: async ({ context }) => {
      seen.push("disposed");
      context.waitUntil(pause(20).then(() => seen.push("more work")));
    },
  });
  await run(() => deadLetter("bad")).then(() => seen.push("done"));
  expect(seen).toEqual(["work", "disposed", "more work", "done"]);
});

test.each(["deadLetter", "onDelay", "onDisposed"] as const)(
  "a platform that hangs in %s makes it a retry at the deadline",
  async (step) => {
    const { run } = startDelivery(["a"], { [step]: never, deadlineMs: 1000 });
    const result = await run(() => (step === "onDelay" ? retry({ afterSeconds: 1 }) : deadLetter("bad")));
    expect(result).toEqual([{ state: "retry", error: expect.objectContaining({ code: "TIMEOUT" }) }]);
  },
);
