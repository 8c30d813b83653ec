import { stream as declare, type StreamFunction, type StreamRecord } from "@portico/core";
import { checkNames, type OptionNames, requireOption, toText, unencodable } from "@portico/core/adapter";
import { createCall, pubSubAcknowledges } from "./call.js";
import type { GoogleRequest } from "./google-request.js";
import type { NativeHandler } from "./options.js";
import { encodePubSub, type PubSubOrigin, toAttributes } from "./pubsub.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

/** As what request a record of a stream is sent. */
export interface EncodeStreamOptions extends PubSubOrigin {
  /** The name of the stream. Default: `stream`. */
  readonly stream?: string | undefined;
}

/** How a Google function for Pub/Sub with message ordering is wrapped. */
export interface WrapStreamOptions extends EncodeStreamOptions {
  /** The stream that the function is declared for. */
  readonly stream: string;
}

const names = {
  signature: true,
  projectId: true,
  topic: true,
  subscription: true,
  stream: true,
} satisfies OptionNames<WrapStreamOptions>;

/**
 * Makes a portable stream function of one for a Pub/Sub subscription with message ordering: the partition is the ordering key. What it
 * throws is `retry`, and the later records of its partition wait.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const track = google.stream(handler, { stream: "clicks", signature: "http" });
 */
export function stream(handler: NativeHandler, options: WrapStreamOptions): StreamFunction {
  checkNames(options, names);
  requireOption("stream", options, "stream", '"clicks"');
  const call = createCall(handler, options.signature ?? "cloudevent", pubSubAcknowledges);
  return declare(options.stream).handle(async (record, context) => call(await encodeStream(record, options), context));
}

/**
 * A record as Pub/Sub would send it. Pub/Sub numbers nothing, and knows one key alone: `sequence` and a `partitionKey` beside the partition
 * are left out.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried, such as a record of Kafka with headers, or a key that is no text.
 */
export async function encodeStream(record: StreamRecord, options: EncodeStreamOptions = {}): Promise<GoogleRequest> {
  const { id, source, time, attempt, partition, partitionKey, key, headers, tombstone } = record;
  const carrier = "A Pub/Sub message";
  // A key of Kafka's that is text is the partition key, in bytes; an empty one is a key too, and no text stands for it.
  if (key !== undefined && (key.byteLength === 0 || toText(key) !== partitionKey))
    throw unencodable(carrier, "key", "it has no place for a record's key of bytes");
  if (headers.length > 0) throw unencodable(carrier, "headers", "it has no place for values of bytes");
  if (tombstone) throw unencodable(carrier, "tombstone", "it cannot say that there is no value");
  const orderingKey = partition === "" ? undefined : partition;
  const facts = { id, source, time, attempt, orderingKey, attributes: toAttributes(record) };
  const signature = options.signature ?? "cloudevent";
  return encodePubSub({ ...facts, data: await record.bytes() }, signature, options.stream ?? "stream", options);
}
