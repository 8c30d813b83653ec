import { expect, test, vi } from "vitest";
import { testContext, testMessage } from "../test/message.js";
import type { Context } from "./context.js";
import { Deadline } from "./deadline.js";
import { type Delivery, type DeliveryOptions, deliver, type Unfinished } from "./delivery.js";
import { HandlerError } from "./error.js";
import type { MessageHandler } from "./kinds/message-function.js";
import { type QueueMessage, queue } from "./kinds/queue.js";
import { MessageContext } from "./message-context.js";
import { ack, deadLetter, drop, retry } from "./outcome.js";
import { Watchdog } from "./watchdog.js";

interface Given extends DeliveryOptions<QueueMessage> {
  groups?: readonly (string | undefined)[];
  timeoutMs?: number;
  unfinished?: Unfinished;
}

function start(ids: readonly string[], { groups = [], timeoutMs, unfinished = new Map(), ...options }: Given = {}) {
  const { context, logs } = testContext(timeoutMs && Date.now() + timeoutMs);
  new Deadline(context, new Watchdog());
  const deliveries: Delivery<QueueMessage>[] = ids.map((id, index) => ({
    event: testMessage(id),
    context: new MessageContext(context, { messageId: id }, {}),
    group: groups[index],
  }));
  const run = (handler: MessageHandler<QueueMessage, Context>) =>
    deliver(queue("q").handle(handler), deliveries, unfinished, options);
  return { run, deliveries, logs, options, unfinished };
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
  const { run, deliveries } = start(["a"], { sink });
  expect(states(await run(() => deadLetter("unreadable")))).toBe("done");
  expect(sink).toHaveBeenCalledWith(
    deliveries[0]?.event,
    "unreadable",
    expect.objectContaining({ key: "test-queue#a" }),
  );
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
  const hanging = start(["a"], { sink: never, timeoutMs: 150 });
  expect(states(await hanging.run(() => deadLetter("bad")))).toBe("retry");
});

test("the platform's own dead-letter queue goes before the sink", async () => {
  const sink = vi.fn();
  const native = vi.fn(async () => undefined);
  const { run, deliveries } = start(["a"], { sink, deadLetter: native });
  expect(states(await run(() => deadLetter("bad")))).toBe("done");
  expect(native).toHaveBeenCalledWith(deliveries[0], "bad");
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
  const hanging = start(["a", "b"], { timeoutMs: 150 });
  expect(states(await hanging.run(({ id }, { waitUntil }) => (id === "a" ? waitUntil(never()) : undefined)))).toBe(
    "retry done",
  );
});

test("what is finished at the deadline is done, the rest is to be delivered again", async () => {
  const { run } = start(["a", "b", "c"], { groups: ["g", "h", "h"], timeoutMs: 200 });
  const begun = Date.now();
  expect(states(await run(({ id }) => (id === "b" ? never() : undefined)))).toBe("done retry notRun");
  expect(Date.now() - begun).toBeLessThan(200);
});

test("nothing begins once the signal has fired", async () => {
  const seen: string[] = [];
  const { run } = start(["a", "b", "c"], { concurrency: 1, timeoutMs: 100 });
  const result = await run(async ({ id }) => {
    seen.push(id);
    await pause(90);
  });
  expect(seen).toEqual(["a"]);
  expect(states(result)).toMatch(/^(done|retry) notRun notRun$/);
});

test("a handler that goes on after the deadline is waited for when its message comes again", async () => {
  const unfinished: Unfinished = new Map();
  const seen: string[] = [];
  const slow = async ({ attempt }: { attempt: number | undefined }) => {
    seen.push(`begin ${attempt}`);
    await pause(attempt === 1 ? 250 : 1);
    seen.push(`end ${attempt}`);
  };
  const first = start(["a"], { timeoutMs: 120, unfinished });
  let attempt = 1;
  expect(states(await first.run(() => slow({ attempt })))).toBe("retry");
  attempt = 2;
  const second = start(["a"], { timeoutMs: 1000, unfinished });
  expect(states(await second.run(() => slow({ attempt })))).toBe("done");
  expect(seen).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  await pause(1);
  expect(unfinished.size).toBe(0);
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

function startBatch(ids: readonly string[], given: Given = {}) {
  const started = start(ids, given);
  const batch = (handler: Parameters<ReturnType<typeof queue>["batch"]>[0]) =>
    deliver(queue("q").batch(handler), started.deliveries, started.unfinished, started.options);
  return { ...started, batch };
}

test("a batch handler gets all messages at once and answers by index", async () => {
  const { batch } = startBatch(["a", "b", "c"]);
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
    const { batch } = startBatch(["a", "b"]);
    expect(states(await batch(async () => wrong as never))).toBe("retry retry");
  }
});

test("a batch handler that throws or never settles is a retry for all", async () => {
  expect(states(await startBatch(["a", "b"]).batch(() => Promise.reject(new Error("x"))))).toBe("retry retry");
  expect(states(await startBatch(["a", "b"], { timeoutMs: 100 }).batch(() => new Promise(() => undefined)))).toBe(
    "retry retry",
  );
});

test("behind a failure in a group a batch is delivered again", async () => {
  const { batch } = startBatch(["a1", "b1", "a2"], { groups: ["a", "b", "a"] });
  expect(states(await batch(async () => [retry(), ack(), ack()]))).toBe("retry done retry");
});

test("layers answer for single messages of a batch, and the handler gets the others", async () => {
  const { deliveries, options, unfinished } = startBatch(["a", "b", "c"]);
  const fn = queue("q")
    .use(async (message, _context, next) => (message.id === "b" ? deadLetter("refused") : next({ seen: message.id })))
    .batch(async (items) => items.map(({ context }) => (context.seen === "a" ? retry() : ack())));
  expect(states(await deliver(fn, deliveries, unfinished, { ...options, sink: async () => undefined }))).toBe(
    "retry done done",
  );
});

test("what is refused never reaches the function, and ends as if the function had thrown it", async () => {
  const handler = vi.fn();
  const sink = vi.fn(async () => undefined);
  const given = start(["a", "b", "c"], { sink });
  const refused = (permanent: boolean) => new HandlerError("EVENT_MALFORMED", "no such thing", { permanent });
  const [a, b, c] = given.deliveries as [Delivery<QueueMessage>, Delivery<QueueMessage>, Delivery<QueueMessage>];
  const deliveries = [{ ...a, refused: refused(true) }, { ...b, refused: refused(false) }, c];
  const result = await deliver(queue("q").handle(handler), deliveries, new Map(), { sink });
  expect(states(result)).toBe("done retry done");
  expect(handler.mock.calls.map(([{ id }]) => id)).toEqual(["c"]);
  expect(sink).toHaveBeenCalledWith(a.event, "EVENT_MALFORMED: no such thing", expect.anything());
  const together = queue("q").batch(async (items) => items.map(({ event }) => (event.id === "c" ? retry() : ack())));
  expect(states(await deliver(together, deliveries, new Map(), { sink }))).toBe("done retry retry");
});

test("what is refused stops its group where it is to come again", async () => {
  const { deliveries, run } = start(["a", "b", "c"], { groups: ["g", "g", "h"] });
  Object.assign(deliveries[0] as object, { refused: new HandlerError("EVENT_MALFORMED", "x", { permanent: false }) });
  expect(states(await run(() => undefined))).toBe("retry notRun done");
});
