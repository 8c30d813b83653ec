import { type AnyChangeFunction, type ChangeEvent, HandlerError } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { documentDb } from "./change/document-db.js";
import { dynamoDb, dynamoDbThroughKinesis, dynamoDbThroughPipes } from "./change/dynamo-db.js";
import {
  type Cell,
  createMessageHandler,
  type MessageHandler,
  type MessageOptions,
  messageNames,
  type PartialFailure,
} from "./messages.js";
import { type WindowOptions, withWindow } from "./window.js";

export type { DocumentDbChangeEvent } from "./change/document-db.js";
export type { DynamoDbEventRecord } from "./change/dynamo-db.js";
export type { LambdaContext } from "./context.js";
export type { MessageHandler, MessageOptions, PartialFailure } from "./messages.js";
export type { ReduceWindow, TumblingWindow, WindowOptions } from "./window.js";

export interface ChangeOptions extends MessageOptions<ChangeEvent>, PartialFailure, WindowOptions<ChangeEvent> {
  /**
   * `pipes` for a function that is the target or the enrichment of an EventBridge pipe, which sends a bare list of records; `kinesis` for a
   * table that writes its changes to a Kinesis data stream.
   */
  readonly unwrap?: "pipes" | "kinesis" | undefined;
}

const names = {
  ...messageNames,
  batchItemFailures: true,
  window: true,
  unwrap: true,
} satisfies OptionNames<ChangeOptions>;

/**
 * Makes a Lambda handler of a change function, for DynamoDB streams and DocumentDB; it tells them apart by the event. Changes of one
 * shard run in order, and the first failure stops them. With `batchItemFailures` DynamoDB's come again from there; without it the whole
 * delivery does, and DocumentDB's always do.
 *
 * @example
 * export const handler = change(index, { batchItemFailures: true, sink: (event, reason, { key }) => save(key, event, reason) });
 * @throws {HandlerError} CONFIG_INVALID when it is not a change function, or there is no sink, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function change(fn: AnyChangeFunction, options: ChangeOptions = {}): MessageHandler {
  checkNames(options, names);
  const [first, ...others] = toCells(options.unwrap);
  return createMessageHandler("change", fn, [withWindow(first, options.window), ...others], options);
}

function toCells(unwrap: ChangeOptions["unwrap"]): readonly [Cell<ChangeEvent>, ...Cell<ChangeEvent>[]] {
  switch (unwrap) {
    case undefined:
      return [dynamoDb, documentDb];
    case "pipes":
      return [dynamoDbThroughPipes];
    case "kinesis":
      return [dynamoDbThroughKinesis];
    default:
      throw new HandlerError("CONFIG_INVALID", `The option unwrap is ${JSON.stringify(unwrap)}, which is not known.`, {
        hint: 'A change comes through "pipes" or "kinesis".',
      });
  }
}
