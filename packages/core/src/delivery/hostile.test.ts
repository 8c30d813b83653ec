import { expect, test, vi } from "vitest";
import { testContext, testMessage } from "../../test/message.js";
import type { Context } from "../context.js";
import type { HandlerError } from "../error.js";
import type { BatchHandler, MessageHandler } from "../kinds/message-function.js";
import { type QueueMessage, queue } from "../kinds/queue.js";
import { ack, deadLetter, drop, retry } from "../outcome.js";
import type { Settling } from "./delivery.js";
import { createMessageEntry, type MessageEntryOptions } from "./entry.js";

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
const _never = () => new Promise<void>(() => undefined);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

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
