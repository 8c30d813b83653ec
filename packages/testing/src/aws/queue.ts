import { type EncodeQueueOptions, encodeQueue, type QueueEvents, type QueueSource } from "@portico/aws/wrap";
import type { QueueMessage } from "@portico/core";
import { type FakeQueueInit, fakeQueue } from "../fake-message.js";
import { type Faked, type Seeded, type Several, toEvents } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";
import { Draw, nextSeed } from "../seed.js";

/**
 * A batch of messages as Lambda gets it: of SQS, where the name of the queue ends in `.fifo` of a FIFO queue, or of a broker by `source`.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @example
 * await handler(await aws.queue([{ json: { sku: "a" } }, { json: { sku: "b" } }], { queue: "orders" }), aws.context());
 */
export async function queue<S extends QueueSource = "sqs">(
  messages: Several<Faked<QueueMessage, FakeQueueInit>> = {},
  options: EncodeQueueOptions<S> & Seeded = {},
  overrides?: Overrides<QueueEvents[S]>,
): Promise<QueueEvents[S]> {
  return merge(
    await encodeQueue(toEvents(options.queue?.endsWith(".fifo") ? fakeFifo : fakeQueue, messages, options), options),
    overrides,
  );
}

/** In a FIFO queue every message has a group, and a number. */
function fakeFifo(init: FakeQueueInit): QueueMessage {
  const { seed = nextSeed() } = init;
  const sequence = String(18_849_496_460_467_696_128n + BigInt(new Draw("sequence", seed).sequence()));
  return fakeQueue({ seed, groupId: "fake-group", sequence, ...init });
}
