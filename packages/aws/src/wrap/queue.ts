import { HandlerError, queue as portable, type QueueMessage, type QueueTrigger } from "@portico/core";
import type { OptionNames } from "@portico/core/adapter";
import { callNames } from "./lambda/context.js";
import { type Encoder, encodeTogether, type HomeMapping, type WrapBatched, wrapBatched } from "./messages.js";
import type { Origin } from "./origin.js";
import { type ActiveMqEvent, activeMqEncoder } from "./queue/active-mq.js";
import { type RabbitMqEvent, rabbitMqEncoder } from "./queue/rabbit-mq.js";
import { type SqsEvent, sqsEncoder } from "./queue/sqs.js";

export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";
export type { HomeMapping, WrapBatched } from "./messages.js";
export type { ActiveMqEvent, ActiveMqEventMessage } from "./queue/active-mq.js";
export type { RabbitMqEvent, RabbitMqEventMessage } from "./queue/rabbit-mq.js";
export type { SqsEvent, SqsEventRecord } from "./queue/sqs.js";

/** Which event the messages of a queue become. */
export interface EncodeQueueOptions<S extends QueueSource = QueueSource> extends Origin {
  /** The queue at home. With SQS a name that ends in `.fifo` is a FIFO queue's. Default: `portico`. */
  readonly queue?: string | undefined;
  /** Default: `sqs`. */
  readonly source?: S | undefined;
}

/** What a queue function of Lambda is started by. */
export type QueueSource = "sqs" | "active-mq" | "rabbit-mq";

/** The native event of each source. */
export interface QueueEvents {
  readonly sqs: SqsEvent;
  readonly "active-mq": ActiveMqEvent;
  readonly "rabbit-mq": RabbitMqEvent;
}

/** How a Lambda function for a queue is wrapped. */
export interface WrapQueueOptions extends EncodeQueueOptions, HomeMapping {
  readonly queue: string;
}

const names = {
  ...callNames,
  batchItemFailures: true,
  queue: true,
  source: true,
} as const satisfies OptionNames<WrapQueueOptions>;

/**
 * Makes a portable function of a Lambda handler for SQS, ActiveMQ or RabbitMQ: it gets one message per event, or with `queue.batch` all of a
 * delivery. What it throws is `retry`, with the very same error. With `batchItemFailures` the messages that it reports are `retry`, and the
 * others `ack`. `receiptHandle` and `SenderId` are not live.
 *
 * @example
 * export const fulfil = queue(handler, { queue: "orders", batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const queue: WrapBatched<QueueTrigger, QueueMessage, WrapQueueOptions> = wrapBatched<
  QueueTrigger,
  QueueMessage,
  WrapQueueOptions
>("queue", "queue", names, (options) => portable(options.queue), toEncoder);

/**
 * The event in which Lambda gets these messages; inbound, it gives the same messages.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them.
 */
export async function encodeQueue<S extends QueueSource = "sqs">(
  messages: readonly QueueMessage[],
  options: EncodeQueueOptions<S> = {},
): Promise<QueueEvents[S]> {
  return (await encodeTogether(toEncoder(options), messages)) as QueueEvents[S];
}

function toEncoder({
  source = "sqs",
  queue: name = "portico",
  ...origin
}: EncodeQueueOptions): Encoder<QueueMessage, unknown> {
  switch (source) {
    case "sqs":
      return sqsEncoder(name, origin);
    case "active-mq":
      return activeMqEncoder(name, origin);
    case "rabbit-mq":
      return rabbitMqEncoder(name, origin);
    default:
      throw new HandlerError("CONFIG_INVALID", `No queue of Lambda is called ${JSON.stringify(source)}.`);
  }
}
