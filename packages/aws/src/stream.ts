import { type AnyStreamFunction, HandlerError, type StreamRecord } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import {
  type Cell,
  createMessageHandler,
  type MessageHandler,
  type MessageOptions,
  messageNames,
  type PartialFailure,
} from "./messages.js";
import { kafka, kafkaThroughPipes } from "./stream/kafka.js";
import { kinesis, kinesisThroughPipes } from "./stream/kinesis.js";
import { type WindowOptions, withWindow } from "./window.js";

export type { LambdaContext } from "./context.js";
export type { MessageHandler, MessageOptions, PartialFailure } from "./messages.js";
export type { KafkaEventRecord } from "./stream/kafka.js";
export type { KinesisEventRecord } from "./stream/kinesis.js";
export type { ReduceWindow, TumblingWindow, WindowOptions } from "./window.js";

export interface StreamOptions extends MessageOptions<StreamRecord>, PartialFailure, WindowOptions<StreamRecord> {
  /** `pipes` for a function that is the target or the enrichment of an EventBridge pipe, which sends a bare list of records. */
  readonly unwrap?: "pipes" | undefined;
}

const names = {
  ...messageNames,
  batchItemFailures: true,
  window: true,
  unwrap: true,
} satisfies OptionNames<StreamOptions>;

/**
 * Makes a Lambda handler of a stream function, for Kinesis and Kafka (Amazon MSK and self-managed); it tells them apart by the event.
 * Records of one shard or partition run in order, and the first failure stops them. With `batchItemFailures` they come again from
 * there; without it the whole delivery does. Records that KPL has aggregated come as they are: one record, still packed.
 *
 * @example
 * export const handler = stream(index, { batchItemFailures: true, sink: (record, reason, { key }) => save(key, record, reason) });
 * @throws {HandlerError} CONFIG_INVALID when it is not a stream function, or there is no sink, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function stream(fn: AnyStreamFunction, options: StreamOptions = {}): MessageHandler {
  checkNames(options, names);
  const [first, ...others] = toCells(options.unwrap);
  return createMessageHandler("stream", fn, [withWindow(first, options.window), ...others], options);
}

function toCells(unwrap: StreamOptions["unwrap"]): readonly [Cell<StreamRecord>, ...Cell<StreamRecord>[]] {
  switch (unwrap) {
    case undefined:
      return [kinesis, kafka];
    case "pipes":
      return [kinesisThroughPipes, kafkaThroughPipes];
    default:
      throw new HandlerError("CONFIG_INVALID", `The option unwrap is ${JSON.stringify(unwrap)}, which is not known.`, {
        hint: 'Records of a stream come through "pipes", or as they are.',
      });
  }
}
