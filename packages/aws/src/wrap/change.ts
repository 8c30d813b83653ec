import { type ChangeEvent, type ChangeTrigger, HandlerError, change as portable } from "@portico/core";
import type { ChangeFacts, OptionNames } from "@portico/core/adapter";
import { type DocumentDbEvent, documentDbEncoder } from "./change/document-db.js";
import { type DynamoDbEvent, dynamoDbEncoder } from "./change/dynamo-db.js";
import { callNames } from "./lambda/context.js";
import { type Encoder, encodeTogether, type HomeMapping, type WrapBatched, wrapBatched } from "./messages.js";
import type { Origin } from "./origin.js";

export type { AttributeValue } from "./change/attribute-value.js";
export type { DocumentDbChange, DocumentDbEvent } from "./change/document-db.js";
export type { DynamoDbEvent, DynamoDbRecord } from "./change/dynamo-db.js";
export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";
export type { HomeMapping, WrapBatched } from "./messages.js";

/** What a change function of Lambda is started by. */
export type ChangeSource = "dynamo-db" | "document-db";

/** The native event of each source. */
export interface ChangeEvents {
  readonly "dynamo-db": DynamoDbEvent;
  readonly "document-db": DocumentDbEvent;
}

/** Which event the changes of a table become. */
export interface EncodeChangeOptions<S extends ChangeSource = ChangeSource> extends Origin, ChangeFacts {
  /** Default: `dynamo-db`. */
  readonly source?: S | undefined;
  /** Of DocumentDB. Default: `portico`. */
  readonly database?: string | undefined;
}

/** How a Lambda function for a table is wrapped. */
export interface WrapChangeOptions extends EncodeChangeOptions, HomeMapping {
  /** The table or collection at home. The event names the one that changed. */
  readonly table: string;
}

const names = {
  ...callNames,
  batchItemFailures: true,
  table: true,
  source: true,
  database: true,
  keys: true,
  upsertAs: true,
} as const satisfies OptionNames<WrapChangeOptions>;

/**
 * Makes a portable function of a Lambda handler for DynamoDB streams or DocumentDB: it gets one change per event, or with `change.batch`
 * all of a delivery, one event for each shard. What it throws is `retry`, with the very same error. With `batchItemFailures` the lowest
 * change that it reports and all behind it are `retry`.
 *
 * @example
 * export const index = change(handler, { table: "Orders", batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export const change: WrapBatched<ChangeTrigger, ChangeEvent, WrapChangeOptions> = wrapBatched<
  ChangeTrigger,
  ChangeEvent,
  WrapChangeOptions
>("change", "table", names, (options) => portable(options.table), toEncoder);

/**
 * The event in which Lambda gets these changes; inbound, it gives the same changes.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them.
 */
export async function encodeChange<S extends ChangeSource = "dynamo-db">(
  changes: readonly ChangeEvent[],
  options: EncodeChangeOptions<S> = {},
): Promise<ChangeEvents[S]> {
  return (await encodeTogether(toEncoder(options), changes)) as ChangeEvents[S];
}

function toEncoder(options: EncodeChangeOptions): Encoder<ChangeEvent, unknown> {
  const { source = "dynamo-db", database = "portico" } = options;
  switch (source) {
    case "dynamo-db":
      return dynamoDbEncoder(options);
    case "document-db":
      return documentDbEncoder(database, options);
    default:
      throw new HandlerError("CONFIG_INVALID", `No table of Lambda is called ${JSON.stringify(source)}.`);
  }
}
