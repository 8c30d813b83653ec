import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { never, pause, startDeliveries, startDelivery, statesOf } from "../../test/delivery.js";
import type { Context } from "../context.js";
import type { BatchHandler } from "../kinds/message-function.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import { ack, deadLetter, drop, retry } from "../outcome.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

test("a batch handler gets all messages at once and answers by index", async () => {
  const { batch } = startDelivery(["a", "b", "c"]);
  const seen: string[][] = [];
  const result = await batch(async (items) => {
    seen.push(items.map(({ event }) => event.id));
    return [undefined, retry(), ack()];
  });
  expect(seen).toEqual([["a", "b", "c"]]);
  expect(statesOf(result)).toBe("done retry done");
});

test("a batch result of another length, or no list, is a retry for all", async () => {
  for (const wrong of [[], [ack()], undefined, { length: 2 }]) {
    const { batch } = startDelivery(["a", "b"]);
    expect(statesOf(await batch(async () => wrong as never))).toBe("retry retry");
  }
});

test("a batch handler that throws or never settles is a retry for all", async () => {
  expect(statesOf(await startDelivery(["a", "b"]).batch(() => Promise.reject(new Error("x"))))).toBe("retry retry");
  expect(statesOf(await startDelivery(["a", "b"], { deadlineMs: 100 }).batch(() => new Promise(() => undefined)))).toBe(
    "retry retry",
  );
});

test("behind a failure in a group a batch is delivered again", async () => {
  const { batch } = startDelivery(["a1", "b1", "a2"], { groups: ["a", "b", "a"] });
  expect(statesOf(await batch(async () => [retry(), ack(), ack()]))).toBe("retry done retry");
});

test("middleware answers for single messages of a batch, and the handler gets the others", async () => {
  const { deliver } = startDelivery(["a", "b", "c"], { sink: async () => undefined });
  const fn = queue("q")
    .use(async (message, _context, next) => (message.id === "b" ? deadLetter("refused") : next({ seen: message.id })))
    .batch(async (items) => items.map(({ context }) => (context.seen === "a" ? retry() : ack())));
  expect(statesOf(await deliver(fn))).toBe("retry done done");
});

test("of a batch each message's own middleware decides its outcome", async () => {
  const fn = queue("q")
    .use((message, _context, next) => next().catch(() => (message.id === "b" ? retry() : drop("took too long"))))
    .batch(never as unknown as BatchHandler<QueueMessage, Context>);
  expect((await startDeliveries(fn).deliver("a", "b", "c")).states).toBe("done retry done");
});

test("a batch handler does not begin with messages that were abandoned while one's middleware hung", async () => {
  const handler = vi.fn(async (items: readonly unknown[]) => items.map(() => ack()));
  const fn = queue("q")
    .use((message, _context, next) => (message.id === "b" ? (never() as never) : next()))
    .batch(handler);
  expect((await startDeliveries(fn).deliver("a", "b", "c")).states).toBe("retry retry retry");
  await vi.advanceTimersByTimeAsync(5000);
  expect(handler).not.toHaveBeenCalled();
});

test("a group of a batch whose messages all end well is done, and so is one that shares nothing with a failure but its id", async () => {
  const grouped = startDelivery(["a1", "a2", "a3"], { groups: ["a", "a", "a"] });
  expect(statesOf(await grouped.batch(async () => [ack(), drop("old"), ack()]))).toBe("done done done");
  const sameId = startDelivery(["a", "a"]);
  expect(statesOf(await sameId.batch(async () => [retry(), ack()]))).toBe("retry done");
});

test("what stands behind a failure in its group says so in the log", async () => {
  const { batch, logs } = startDelivery(["a1", "a2"], { groups: ["a", "a"] });
  await batch(async () => [retry({ reason: "busy" }), ack()]);
  expect(logs().map(({ messageId, reason }) => [messageId, reason])).toEqual([
    ["a1", "busy"],
    ["a2", "it stands behind a failure in its group"],
  ]);
});

test("a batch of nothing is nothing to do", async () => {
  const handler = vi.fn(async () => []);
  expect(await startDelivery([]).batch(handler)).toEqual([]);
  const { begin } = startDeliveries(queue("q").batch(handler), { overlaps: true });
  expect(await begin().result).toBe("");
  expect(handler).not.toHaveBeenCalled();
});

test("a batch that waited for an earlier one does not begin once the signal has aborted", async () => {
  const handler = vi.fn(async () => {
    // Ends between the abort and the end of the second delivery.
    await pause(1870);
    return [ack()];
  });
  const { deliver } = startDeliveries(queue("q").batch(handler));
  expect((await deliver("a")).states).toBe("retry");
  expect((await deliver("a")).states).toBe("notRun");
  expect(handler).toHaveBeenCalledOnce();
});

test("a message that waits for its earlier handler until the time is up says why, and the others of its batch do not wait", async () => {
  const handler = vi.fn((items: readonly { readonly event: { readonly id: string } }[]) =>
    items[0]?.event.id === "a" ? new Promise<never>(() => undefined) : Promise.resolve([ack()]),
  );
  const { deliver } = startDeliveries(queue("q").batch(handler));
  await deliver("a");
  const { states, logs } = await deliver("a", "b");
  expect(states).toBe("retry done");
  expect(handler).toHaveBeenCalledTimes(2);
  expect(logs).toContainEqual(
    expect.objectContaining({
      message: "message will be redelivered",
      messageId: "a",
      error: expect.objectContaining({ code: "UNAVAILABLE" }),
    }),
  );
});

test("of a batch that may overlap with others, two messages of one key do not wait for each other", async () => {
  const fn = queue("q").batch(async (items) => items.map(() => ack()));
  const { deliver } = startDeliveries(fn, { overlaps: true });
  expect((await deliver("a", "a")).states).toBe("done done");
  expect((await deliver("a")).states).toBe("done");
});

test("the sink of a batch gets no more at once than `concurrency` says, and in the end all", async () => {
  const ids = Array.from({ length: 50 }, (_, index) => `${index}`);
  let now = 0;
  let most = 0;
  const kept: string[] = [];
  const sink = async ({ id }: { readonly id: string }) => {
    now += 1;
    most = Math.max(most, now);
    await pause(10);
    now -= 1;
    kept.push(id);
  };
  for (const concurrency of [undefined, 3]) {
    most = 0;
    kept.length = 0;
    const { batch } = startDelivery(ids, { sink, concurrency });
    expect(statesOf(await batch(async () => ids.map(() => deadLetter("bad"))))).toBe(ids.map(() => "done").join(" "));
    expect(kept).toEqual(ids);
    expect(most).toBe(concurrency ?? 10);
  }
});

test("sinks that hang give up their places at the deadline, and nothing waits for ever", async () => {
  const { batch } = startDelivery(["a", "b", "c"], { sink: never, concurrency: 1, deadlineMs: 1000 });
  expect(statesOf(await batch(async () => [deadLetter("x"), deadLetter("x"), deadLetter("x")]))).toBe(
    "retry retry retry",
  );
});

test("a batch handler gets its messages in the order of the delivery, whatever their groups are", async () => {
  const seen: string[] = [];
  const { batch } = startDelivery(["a1", "b1", "a2", "b2", "a3"], { groups: ["a", "b", "a", "b", "a"] });
  await batch(async (items) => {
    seen.push(...items.map(({ event }) => event.id));
    return items.map(() => ack());
  });
  expect(seen).toEqual(["a1", "b1", "a2", "b2", "a3"]);
});

test("a long group is disposed of to its end", async () => {
  const ids = Array.from({ length: 25 }, (_, index) => `${index}`);
  const { batch } = startDelivery(ids, { groups: ids.map(() => "g"), concurrency: 2 });
  expect(statesOf(await batch(async () => ids.map(() => ack())))).toBe(ids.map(() => "done").join(" "));
});

test("where batches may overlap, a message that comes again waits for the batch that has it", async () => {
  const running: string[] = [];
  const fn = queue("q").batch(async (items) => {
    const ids = items.map(({ event }) => event.id).join(" ");
    running.push(`begin ${ids}`);
    await pause(100);
    running.push(`end ${ids}`);
    return items.map(() => ack());
  });
  const { begin } = startDeliveries(fn, { overlaps: true });
  const first = begin("a").result;
  const second = begin("a", "b").result;
  await vi.advanceTimersByTimeAsync(300);
  expect([await first, await second]).toEqual(["done", "done done"]);
  expect(running.indexOf("end a")).toBeLessThan(running.lastIndexOf("begin a"));
  expect(running).toContain("begin b");
});
