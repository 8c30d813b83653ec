import { topic as declare, type TopicFunction, type TopicMessage } from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import { createCall, pubSubAcknowledges } from "./call.js";
import type { GoogleRequest } from "./google-request.js";
import type { NativeHandler } from "./options.js";
import { encodePubSub, type PubSubOrigin, toAttributes } from "./pubsub.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

/** As what request a message of a topic is sent. */
export interface EncodeTopicOptions extends PubSubOrigin {}

/** How a Google function for a topic of Pub/Sub is wrapped. */
export interface WrapTopicOptions extends EncodeTopicOptions {
  /** The topic that the function is declared for; `projects/P/topics/T`, or the last part alone. */
  readonly topic: string;
}

const names = {
  signature: true,
  projectId: true,
  topic: true,
  subscription: true,
} satisfies OptionNames<WrapTopicOptions>;

/**
 * Makes a portable topic function of one for Pub/Sub: of an event trigger, or of a push subscription (`signature: "http"`). What it throws
 * is `retry`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const onOrderPlaced = google.topic(handler, { topic: "orders" });
 */
export function topic(handler: NativeHandler, options: WrapTopicOptions): TopicFunction {
  checkNames(options, names);
  requireOption("topic", options, "topic", '"orders"');
  const call = createCall(handler, options.signature ?? "cloudevent", pubSubAcknowledges);
  return declare(options.topic).handle(async (message, context) => call(await encodeTopic(message, options), context));
}

/**
 * A message as Pub/Sub would send it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried.
 */
export async function encodeTopic(message: TopicMessage, options: EncodeTopicOptions = {}): Promise<GoogleRequest> {
  const { id, source, time, attempt, groupId } = message;
  const facts = { id, source, time, attempt, orderingKey: groupId, attributes: toAttributes(message) };
  const signature = options.signature ?? "cloudevent";
  return encodePubSub({ ...facts, data: await message.bytes() }, signature, "topic", options);
}
