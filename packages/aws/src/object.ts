import type { AnyObjectFunction, ObjectEvent } from "@portico/core";
import { checkNames, type LazyMessage, type OptionNames } from "@portico/core/adapter";
import {
  type Cell,
  createMessageHandler,
  type MessageHandler,
  type MessageOptions,
  messageNames,
  type PartialFailure,
  type RetryDelay,
} from "./messages.js";
import { eventBridge } from "./object/event-bridge.js";
import { notification, testEvent } from "./object/notification.js";
import { S3Object } from "./object/s3-object.js";
import { type Unwrap, unwrap } from "./unwrap.js";

export type { LambdaContext } from "./context.js";
export type { MessageHandler, MessageOptions, PartialFailure, RetryDelay } from "./messages.js";
export type { S3Record } from "./object/notification.js";
export type { SqsRecord } from "./queue/sqs-record.js";
export type { Unwrap } from "./unwrap.js";

/** How an object function runs on Lambda. `batchItemFailures` and `retryDelay` need `unwrap`: they are what SQS can do. */
export interface ObjectOptions extends MessageOptions<ObjectEvent>, PartialFailure, RetryDelay {
  /** What the events come in. The stand-in that a sink may get has an empty `bucket` and `key`. */
  readonly unwrap?: Exclude<Unwrap, "pipes"> | undefined;
}

/** The sources of object events. */
const cells: readonly Cell<ObjectEvent>[] = [notification, eventBridge, testEvent];

const names = {
  ...messageNames,
  batchItemFailures: true,
  retryDelay: true,
  unwrap: true,
} satisfies OptionNames<ObjectOptions>;

/**
 * Makes a Lambda handler of an object function, for S3's own notifications and S3's events on EventBridge; it tells them apart by the
 * event. An event that is not done makes the handler reject: Lambda tries twice more, then gives it to the failure destination or
 * dead-letter queue of the function. The test event that S3 sends once is logged.
 *
 * @example
 * export const handler = object(onUpload);
 * export const queued = object(onUpload, { unwrap: "sqs", batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when it is not an object function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
 */
export function object(fn: AnyObjectFunction, options: ObjectOptions = {}): MessageHandler {
  checkNames(options, names);
  return createMessageHandler("object", fn, unwrap(options.unwrap, cells, standIn), options);
}

/** A message that holds no object event. */
function standIn({ id, source, time, native }: LazyMessage<string>): ObjectEvent {
  const nothing = { permanent: undefined, size: undefined, etag: undefined, version: undefined, sequence: undefined };
  return new S3Object({
    ...nothing,
    id,
    source,
    time,
    native,
    bucket: "",
    key: "",
    action: "updated",
    contentType: undefined,
  });
}
