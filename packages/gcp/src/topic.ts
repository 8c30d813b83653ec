import type { AnyTopicFunction, TopicMessage } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type MessageOptions, messageNames, registerMessages } from "./messages.js";
import { createPubSub, type PubSubOptions } from "./pubsub/cell.js";
import { PubSubMessageEvent } from "./pubsub/message.js";
import type { GcpHandler } from "./registration.js";

export type { MessageOptions } from "./messages.js";
export type { PubSubOptions } from "./pubsub/cell.js";
export type { PubSubMessage } from "./pubsub/delivery.js";
export type { GcpHandler } from "./registration.js";

export interface TopicOptions extends MessageOptions<TopicMessage>, PubSubOptions {}

const names = { ...messageNames, noWrapper: true } satisfies OptionNames<TopicOptions>;

/**
 * Registers a topic function with the functions framework, under the name that is deployed as the entry point, for the messages of a
 * Pub/Sub topic: as an event trigger (Eventarc) delivers them, or pushed. A push does not name the topic: `source` is the subscription
 * then. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a topic function, the name is none that Google takes, or an option is wrong.
 * @see https://cloud.google.com/functions/docs/calling/pubsub
 * @example
 * gcp.topic("onOrderPlaced", onOrderPlaced, { redelivery: true });
 */
export function topic(name: string, fn: AnyTopicFunction, options: TopicOptions = {}): GcpHandler {
  checkNames(options, names);
  const cell = createPubSub<TopicMessage>("topic", (source) => new PubSubMessageEvent("topic", source), options);
  return registerMessages("topic", name, fn, [cell], options);
}
