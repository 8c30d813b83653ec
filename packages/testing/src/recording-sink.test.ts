import type { Context, QueueMessage, Sink } from "@portico/core";
import { expect, test } from "vitest";
import { fake } from "./fake.js";
import { recordingSink } from "./recording-sink.js";

const give = (sink: Sink, seed: number) =>
  sink(fake.queue({ seed }), "never", fake.context({ key: `fake-queue#${seed}` }) as Context & { key: string });

test("a recording sink remembers the message, the reason and the key", async () => {
  const sink = recordingSink();
  await give(sink, 1);
  await give(sink, 1);
  expect(sink.taken).toMatchObject([
    { message: { kind: "queue" }, reason: "never", key: "fake-queue#1" },
    { key: "fake-queue#1" },
  ]);
  expect(sink.taken[0]?.context.functionName).toBe("fake");
  expect(sink.refused).toEqual([]);
});

test("a recording sink fails when it is told to, and works again", async () => {
  const sink = recordingSink({ fails: true });
  await expect(give(sink, 1)).rejects.toThrow("as the test wants it to");
  sink.fails = new Error("the store is down");
  await expect(give(sink, 2)).rejects.toThrow("the store is down");
  sink.fails = false;
  await give(sink, 3);
  expect(sink.taken).toHaveLength(1);
  expect(sink.refused.map(({ key }) => key)).toEqual(["fake-queue#1", "fake-queue#2"]);
});

test("a slow sink takes its time, by a clock of the test", async () => {
  const clock = fake.clock();
  const sink = recordingSink({ delayMs: 500, clock });
  const given = give(sink, 1);
  await clock.advance(499);
  expect(sink.taken).toEqual([]);
  await clock.advance(1);
  await given;
  expect(sink.taken).toHaveLength(1);
});

test("a slow sink takes its time by the system's clock, too", async () => {
  const sink = recordingSink({ delayMs: 5 });
  const before = performance.now();
  await give(sink, 1);
  expect(performance.now() - before).toBeGreaterThan(3);
  expect(() => recordingSink({ delayMs: -1 })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("a recording sink fits the option of any kind", () => {
  const forQueues: Sink<QueueMessage> = recordingSink();
  const typed: Sink<QueueMessage> = recordingSink<QueueMessage>();
  expect([typeof forQueues, typeof typed]).toEqual(["function", "function"]);
});
