import { HandlerError, type ObjectEvent, type ObjectFunction, object as portable } from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import type { CallOptions } from "./lambda/context.js";
import { callNames } from "./lambda/context.js";
import type { NativeHandler } from "./lambda/handler.js";
import { wrapSingle } from "./messages.js";
import { type S3BusEvent, toS3BusEvent } from "./object/event-bridge.js";
import { type S3Event, toS3Event } from "./object/s3.js";
import type { Origin } from "./origin.js";

export type { EventBridgeEnvelope } from "./envelope.js";
export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";
export type { S3BusDetail, S3BusEvent } from "./object/event-bridge.js";
export type { S3Event, S3EventRecord } from "./object/s3.js";

/** What an object function of Lambda is started by: S3's own notification, or S3 by way of EventBridge. */
export type ObjectSource = "s3" | "event-bridge";

/** The native event of each source. */
export interface ObjectEvents {
  readonly s3: S3Event;
  readonly "event-bridge": S3BusEvent;
}

/** Which event becomes of what happened to an object. */
export interface EncodeObjectOptions<S extends ObjectSource = ObjectSource> extends Origin {
  /** Default: `s3`. */
  readonly source?: S | undefined;
}

/** How a Lambda function for S3 is wrapped. */
export interface WrapObjectOptions extends EncodeObjectOptions, CallOptions {
  /** The bucket at home. The event names the bucket that the object is in. */
  readonly bucket: string;
  /** As the notification's filter at home: only keys that start with this. */
  readonly prefix?: string | undefined;
  /** As the notification's filter at home: only keys that end with this. */
  readonly suffix?: string | undefined;
}

const names = {
  ...callNames,
  source: true,
  bucket: true,
  prefix: true,
  suffix: true,
} satisfies OptionNames<WrapObjectOptions>;

/**
 * Makes a portable function of a Lambda handler for S3, by notification or on EventBridge. What it throws is `retry`, with the very same
 * error; its result means nothing. Clients of S3 in it keep talking to S3, where the object of another cloud is not.
 *
 * @example
 * export const onUpload = object(handler, { bucket: "uploads" });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
 */
export function object(handler: NativeHandler, options: WrapObjectOptions): ObjectFunction {
  checkNames(options, names);
  requireOption("object", options, "bucket", '"uploads"');
  const { bucket, prefix, suffix, source } = options;
  checkSource(source);
  const pipeline = portable(bucket, { prefix, suffix });
  return wrapSingle(pipeline, (event) => encodeObject(event, options), handler, options);
}

/**
 * The event in which Lambda gets this; inbound, it says the same.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when S3 cannot carry it.
 */
export function encodeObject<S extends ObjectSource = "s3">(
  event: ObjectEvent,
  options: EncodeObjectOptions<S> = {},
): ObjectEvents[S] {
  checkSource(options.source);
  const native = options.source === "event-bridge" ? toS3BusEvent(event, options) : toS3Event(event, options);
  return native as ObjectEvents[S];
}

function checkSource(source: ObjectSource | undefined): void {
  if (source === undefined || source === "s3" || source === "event-bridge") return;
  throw new HandlerError("CONFIG_INVALID", `No events of objects on Lambda are called ${JSON.stringify(source)}.`);
}
