import { queue as declare, type QueueFunction, type QueueMessage } from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import { anySuccess, createCall, pubSubAcknowledges } from "./call.js";
import type { GoogleRequest } from "./google-request.js";
import type { NativeHandler, Signature } from "./options.js";
import { encodePubSub, type PubSubOrigin, toAttributes } from "./pubsub.js";
import { createTask, encodeTask } from "./queue/cloud-tasks.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

/** As what request a message of a queue is sent. */
export interface EncodeQueueOptions extends PubSubOrigin {
  /** The name of the queue. Default: `queue`. */
  readonly queue?: string | undefined;
  /** What the queue was at home: a Pub/Sub subscription (`pubsub`), or a queue of Cloud Tasks (`cloud-tasks`). Default: `pubsub`. */
  readonly from?: "pubsub" | "cloud-tasks" | undefined;
}

/** How a Google function for Pub/Sub or Cloud Tasks is wrapped. */
export interface WrapQueueOptions extends EncodeQueueOptions {
  /** The queue that the function is declared for. */
  readonly queue: string;
}

const names = {
  signature: true,
  projectId: true,
  topic: true,
  subscription: true,
  queue: true,
  from: true,
} satisfies OptionNames<WrapQueueOptions>;

/**
 * Makes a portable queue function of one for Pub/Sub or Cloud Tasks. It gets one message a call, as at home. What it throws is `retry`; as
 * an HTTP function it acknowledges by the statuses that its source takes for that, and `Retry-After` of a task is honoured.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function, or Cloud Tasks is to call another than an HTTP function.
 * @example
 * export const fulfil = google.queue(handler, { queue: "orders" });
 */
export function queue(handler: NativeHandler, options: WrapQueueOptions): QueueFunction {
  checkNames(options, names);
  requireOption("queue", options, "queue", '"orders"');
  const isTask = options.from === "cloud-tasks";
  const acknowledges = isTask ? anySuccess : pubSubAcknowledges;
  const call = createCall(handler, signatureOf(options), acknowledges, isTask ? ["http"] : undefined);
  return declare(options.queue).handle(async (message, context) =>
    call(await (isTask ? createTask(message, options.queue) : encodeQueue(message, options)), context),
  );
}

/**
 * A message as Pub/Sub or Cloud Tasks would send it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried.
 */
export async function encodeQueue(message: QueueMessage, options: EncodeQueueOptions = {}): Promise<GoogleRequest> {
  const { queue: name = "queue" } = options;
  if (options.from === "cloud-tasks") return encodeTask(message, name);
  const { id, source, time, attempt, groupId } = message;
  const facts = { id, source, time, attempt, orderingKey: groupId, attributes: toAttributes(message) };
  return encodePubSub({ ...facts, data: await message.bytes() }, signatureOf(options), name, options);
}

function signatureOf({ signature, from }: EncodeQueueOptions): Signature {
  return signature ?? (from === "cloud-tasks" ? "http" : "cloudevent");
}
