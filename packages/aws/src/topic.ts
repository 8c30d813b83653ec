import type { AnyTopicFunction, TopicMessage } from "@portico/core";
import { checkNames, LazyMessage, type OptionNames } from "@portico/core/adapter";
import {
  type Cell,
  createMessageHandler,
  type MessageHandler,
  type MessageOptions,
  messageNames,
  type PartialFailure,
  type RetryDelay,
} from "./messages.js";
import { piped } from "./pipes.js";
import { createSqs, sqs } from "./queue/sqs.js";
import { notification } from "./topic/notification.js";
import { sns } from "./topic/sns.js";
import { carried } from "./unwrap.js";

export type { LambdaContext } from "./context.js";
export type { MessageHandler, MessageOptions, PartialFailure, RetryDelay } from "./messages.js";
export type { SqsRecord } from "./queue/sqs-record.js";
export type { SnsNotification, SnsRecord } from "./topic/sns.js";

/** How a topic function runs on Lambda. `batchItemFailures` and `retryDelay` need `unwrap`: they are what SQS can do. */
export interface TopicOptions extends MessageOptions<TopicMessage>, PartialFailure, RetryDelay {
  /**
   * `sqs`: the topic's messages come through a queue, and are acknowledged as the queue's; `["pipes", "sqs"]`: through EventBridge Pipes
   * besides. A message of the queue that is no notification is dead-lettered.
   */
  readonly unwrap?: "sqs" | readonly ["pipes", "sqs"] | undefined;
  /**
   * Whether the queue's subscription has raw message delivery: the text is the topic's message, and its attributes are the queue's.
   * `source` is the queue then, since nothing names the topic. Default: false.
   */
  readonly rawDelivery?: boolean | undefined;
}

const names = {
  ...messageNames,
  batchItemFailures: true,
  retryDelay: true,
  unwrap: true,
  rawDelivery: true,
} satisfies OptionNames<TopicOptions>;

/**
 * Makes a Lambda handler of a topic function, for SNS. A message that is not done makes the handler reject: Lambda tries twice more, then
 * gives it to the failure destination or dead-letter queue of the function.
 *
 * @example
 * export const handler = topic(onOrderPlaced);
 * export const queued = topic(onOrderPlaced, { unwrap: "sqs", batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when it is not a topic function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function topic(fn: AnyTopicFunction, options: TopicOptions = {}): MessageHandler {
  checkNames(options, names);
  return createMessageHandler("topic", fn, [toCell(options)], options);
}

function toCell({ unwrap, rawDelivery }: TopicOptions): Cell<TopicMessage> {
  if (unwrap === undefined) return sns;
  const queued = rawDelivery ? createSqs("topic") : carried<TopicMessage>(sqs, [notification], standIn);
  return unwrap === "sqs" ? queued : piped(queued);
}

/** A message of the queue that is no notification. */
function standIn(carrier: LazyMessage<string>): TopicMessage {
  return Object.assign(new LazyMessage("topic", carrier["~source"]), { groupId: undefined, sequence: undefined });
}
