import { vi } from "vitest";
import type { Delivery, MessageRecord, Settling } from "../src/delivery/delivery.js";
import { createMessageEntry, type MessageEntryOptions } from "../src/delivery/entry.js";
import { MessageContext } from "../src/delivery/message-context.js";
import {
  type BatchHandler,
  type Context,
  type HandlerError,
  type MessageHandler,
  type QueueMessage,
  queue,
} from "../src/index.js";
import { testContext, testMessage } from "./message.js";

/** A queue function, with whatever its middleware adds. */
type AnyQueue = Parameters<typeof createMessageEntry>[1];

/** What one delivery is made of, and how it is settled. */
interface Given extends MessageEntryOptions<QueueMessage>, Settling<QueueMessage> {
  readonly groups?: readonly (string | undefined)[];
  readonly rejected?: readonly (HandlerError | undefined)[];
  /** How often each was delivered. Default: not told. */
  readonly attempt?: number;
  /** Milliseconds from now. Default: none. */
  readonly deadlineMs?: number;
}

/** One delivery to an entry of its own. The clock is a fake one, and runs until nothing is planned any more. */
export function startDelivery(ids: readonly string[], given: Given = {}) {
  const { groups = [], rejected = [], attempt, deadlineMs, ...options } = given;
  const { context, logs } = testContext(deadlineMs && Date.now() + deadlineMs);
  const records = ids.map((id, index) => ({
    event: testMessage(id, "{}", attempt),
    group: groups[index],
    rejected: rejected[index],
  }));
  const deliver = async (fn: AnyQueue) => {
    const entry = createMessageEntry<QueueMessage>("queue", fn, options, { sources: [] });
    const result = entry.run(context, () => entry.deliver(context, records, options));
    // In one step, so that a rejection is never without somebody who waits for it.
    const [dispositions] = await Promise.all([result, vi.runAllTimersAsync()]);
    return dispositions;
  };
  const run = (handler: MessageHandler<QueueMessage, Context>) => deliver(queue("q").handle(handler));
  const batch = (handler: BatchHandler<QueueMessage, Context>) => deliver(queue("q").batch(handler));
  return { deliver, run, batch, context, records, logs };
}

/** An entry, and deliveries to it of a second each. The clock is a fake one. */
export function startDeliveries(
  fn: AnyQueue,
  { overlaps = false, group = undefined as string | undefined, timeMs = 1000 } = {},
) {
  const entry = createMessageEntry<QueueMessage>("queue", fn, {}, { sources: [], overlaps });
  const begin = (...ids: string[]) => {
    const { context, logs } = testContext(Date.now() + timeMs);
    const records = ids.map((id) => ({ event: testMessage(id), group }));
    const result = entry.run(context, () => entry.deliver(context, records)).then(statesOf);
    return { result, logs };
  };
  const deliver = async (...ids: string[]) => {
    const { result, logs } = begin(...ids);
    await vi.advanceTimersByTimeAsync(timeMs);
    return { states: await result, logs: logs() };
  };
  return { begin, deliver };
}

/** One message on its way. */
export function testDelivery(id: string, group?: string): Delivery<QueueMessage> {
  const event = testMessage(id);
  const record: MessageRecord<QueueMessage> = { event, group };
  return { record, event, context: new MessageContext(testContext().context, event, record) };
}

/** What became of each message, in one line. */
export function statesOf(dispositions: readonly { readonly state: string }[]): string {
  return dispositions.map(({ state }) => state).join(" ");
}

/** A promise that hangs. */
export function never(): Promise<undefined> {
  return new Promise(() => undefined);
}

/** Resolves after so many milliseconds of the fake clock. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
