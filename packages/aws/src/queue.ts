import type { AnyQueueFunction, QueueMessage } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
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
import { activeMq } from "./queue/active-mq.js";
import { rabbitMq } from "./queue/rabbit-mq.js";
import { sqs } from "./queue/sqs.js";

export type { LambdaContext } from "./context.js";
export type { MessageHandler, MessageOptions, PartialFailure, RetryDelay } from "./messages.js";
export type { ActiveMqMessage } from "./queue/active-mq.js";
export type { RabbitMqMessage } from "./queue/rabbit-mq.js";
export type { SqsRecord } from "./queue/sqs-record.js";

/** How a queue function runs on Lambda. `batchItemFailures` and `retryDelay` are for SQS; brokers take neither. */
export interface QueueOptions extends MessageOptions<QueueMessage>, PartialFailure, RetryDelay {
  /** `pipes`: the messages come through EventBridge Pipes. */
  readonly unwrap?: "pipes" | undefined;
}

/** The sources of queue messages. */
const cells: readonly Cell<QueueMessage>[] = [sqs, activeMq, rabbitMq];

const names = {
  ...messageNames,
  batchItemFailures: true,
  retryDelay: true,
  unwrap: true,
} satisfies OptionNames<QueueOptions>;

/**
 * Makes a Lambda handler of a queue function, for SQS (standard and FIFO), ActiveMQ and RabbitMQ; it tells them apart by the event.
 * A message that is not done comes again: alone with `batchItemFailures: true`, else the handler rejects and the whole batch does.
 *
 * @example
 * export const handler = queue(fulfil, { batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when it is not a queue function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function queue(fn: AnyQueueFunction, options: QueueOptions = {}): MessageHandler {
  checkNames(options, names);
  return createMessageHandler("queue", fn, options.unwrap ? cells.map(piped) : cells, options);
}
