import type { AnyEventFunction, CloudEvent } from "@portico/core";
import { byteCount, checkNames, checkNumbers, type LazyMessage, type OptionNames } from "@portico/core/adapter";
import { structured } from "./event/cloud-event.js";
import { eventBridge } from "./event/event-bridge.js";
import { createLogs } from "./event/logs.js";
import { createRaw, type RawEvent } from "./event/raw.js";
import { codeCommit, s3, ses } from "./event/records.js";
import { toEvent } from "./event/simple.js";
import {
  type Cell,
  createMessageHandler,
  type MessageHandler,
  type MessageOptions,
  messageNames,
  type PartialFailure,
  type RetryDelay,
} from "./messages.js";
import { type Unwrap, unwrap } from "./unwrap.js";

export type { LambdaContext } from "./context.js";
export type { EventBridgeEvent } from "./event/envelope.js";
export type { RawEvent } from "./event/raw.js";
export type { MessageHandler, MessageOptions, PartialFailure, RetryDelay } from "./messages.js";
export type { SqsRecord } from "./queue/sqs-record.js";
export type { Unwrap } from "./unwrap.js";

/** How an event function runs on Lambda. `batchItemFailures` and `retryDelay` need `unwrap`: they are what SQS can do. */
export interface EventOptions extends MessageOptions<CloudEvent>, PartialFailure, RetryDelay {
  /** What the events come in. The stand-in that a sink may get has the type `aws.message` and the message's text as its data. */
  readonly unwrap?: Exclude<Unwrap, "pipes"> | undefined;
  /**
   * Takes any JSON that is nobody else's, and says what it is called: what rules of IoT send, or EventBridge with an input transformer.
   * Without it such JSON is taken only by a function that is declared without `types` and `sources`.
   */
  readonly raw?: RawEvent | undefined;
  /** Log data over this is not unpacked. Bytes; default 32 MiB. */
  readonly unpackedLimit?: number | undefined;
}

const names = {
  ...messageNames,
  batchItemFailures: true,
  retryDelay: true,
  unwrap: true,
  raw: true,
  unpackedLimit: true,
} satisfies OptionNames<EventOptions>;

/**
 * Makes a Lambda handler of an event function, for EventBridge, CloudWatch Logs, SES, IoT, CodeCommit, S3 and CloudEvents in the JSON
 * format; it tells them apart by the event. An event that is not done makes the handler reject: Lambda tries twice more, then gives it to
 * the failure destination or dead-letter queue of the function.
 *
 * @example
 * export const handler = event(onOrderPlaced);
 * @throws {HandlerError} CONFIG_INVALID when it is not an event function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge.html
 */
export function event(fn: AnyEventFunction, options: EventOptions = {}): MessageHandler {
  checkNames(options, names);
  checkNumbers(options, { unpackedLimit: byteCount });
  const { raw, unpackedLimit = 32 * 2 ** 20 } = options;
  const { types, sources } = fn?.trigger ?? {};
  const cells: Cell<CloudEvent>[] = [eventBridge, structured, createLogs(unpackedLimit), ses, s3, codeCommit];
  if (raw) cells.push(createRaw(raw, true));
  else if (types === undefined && sources === undefined) cells.push(createRaw({}, false));
  return createMessageHandler("event", fn, unwrap(options.unwrap, cells, standIn), options);
}

/** A message that holds no event. */
function standIn({ id, source, time, native, "~source": carrier }: LazyMessage<string>): CloudEvent {
  return toEvent({ id, source, type: "aws.message", time, data: { kind: "text", text: textOf(carrier) }, native });
}

function textOf(carrier: { body(): unknown }): string {
  try {
    return String(carrier.body());
  } catch {
    return "";
  }
}
