import type { AnyQueueFunction, QueueMessage } from "@portico/core";
import { createMessageHandler, type MessageHandler, type MessageOptions, type PartialFailure } from "./messages.js";
import { sqs } from "./queue/sqs.js";

export interface QueueOptions extends MessageOptions<QueueMessage>, PartialFailure {}

/**
 * Makes a Lambda handler of a queue function, for SQS (standard and FIFO), ActiveMQ and RabbitMQ; it tells them apart by the event.
 *
 * @example
 * export const handler = queue(fulfil, { batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when it is not a queue function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function queue(fn: AnyQueueFunction, options: QueueOptions = {}): MessageHandler {
  return createMessageHandler("queue", fn, [sqs], options);
}
