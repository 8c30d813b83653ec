import type { AnyQueueFunction, QueueMessage } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type Cell, type MessageOptions, messageNames, registerMessages } from "./messages.js";
import { createPubSub, type PubSubOptions } from "./pubsub/cell.js";
import { PubSubMessageEvent } from "./pubsub/message.js";
import { cloudTasks } from "./queue/cloud-tasks.js";
import type { GcpHandler } from "./registration.js";

export type { MessageOptions } from "./messages.js";
export type { PubSubOptions } from "./pubsub/cell.js";
export type { PubSubMessage } from "./pubsub/delivery.js";
export type { GcpHandler } from "./registration.js";

export interface QueueOptions extends MessageOptions<QueueMessage>, PubSubOptions {
  /**
   * What the queue is: a Pub/Sub subscription (`pubsub`), or a queue of Cloud Tasks (`cloud-tasks`), which demands a sink. There
   * `retry({ afterSeconds })` holds, and slows the whole queue. Default: `pubsub`.
   */
  readonly from?: "pubsub" | "cloud-tasks" | undefined;
}

const names = { ...messageNames, noWrapper: true, from: true } satisfies OptionNames<QueueOptions>;

/**
 * Registers a queue function with the functions framework, under the name that is deployed as the entry point, for the messages of a
 * Pub/Sub subscription, pushed or as an event trigger delivers them, or for Cloud Tasks. Success is answered with 204, and what is to be
 * delivered again with 500. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a queue function, the name is none that Google takes, an option is wrong, or Cloud
 *   Tasks has no sink.
 * @see https://cloud.google.com/pubsub/docs/push
 * @example
 * gcp.queue("fulfil", fulfil, { redelivery: true });
 */
export function queue(name: string, fn: AnyQueueFunction, options: QueueOptions = {}): GcpHandler {
  checkNames(options, names);
  return registerMessages("queue", name, fn, [toCell(options)], options);
}

function toCell(options: QueueOptions): Cell<QueueMessage> {
  if (options.from === "cloud-tasks") return cloudTasks;
  return createPubSub<QueueMessage>("queue", (source) => new PubSubMessageEvent("queue", source), options);
}
