import { object as declare, type ObjectAction, type ObjectEvent, type ObjectFunction } from "@portico/core";
import { checkNames, type OptionNames, requireOption, toBytes, unencodable } from "@portico/core/adapter";
import { anySuccess, createCall, pubSubAcknowledges } from "./call.js";
import { checkText, toHeaderText, toTimeText } from "./carry.js";
import { encodeCloudEvent } from "./cloud-event.js";
import type { GoogleRequest } from "./google-request.js";
import type { NativeHandler, NativeOptions } from "./options.js";
import { encodePubSub, type PubSubOrigin } from "./pubsub.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

/** As what request what happened to an object is sent. */
export interface EncodeObjectOptions extends NativeOptions {
  /** The generation for an event whose `version` is not Google's, a number: undefined for none. Default: such an event is refused. */
  readonly generation?: ((event: ObjectEvent) => string | undefined) | undefined;
  /** `pubsub`: for a function that takes the notifications of a bucket from a topic. */
  readonly unwrap?: "pubsub" | undefined;
  /** With `unwrap`: the topic, in full or its last part. Default: `notifications`. */
  readonly topic?: string | undefined;
  /** With `unwrap`: the subscription, in full or its last part. Default: as for the topic. */
  readonly subscription?: string | undefined;
}

/** How a Google function for Cloud Storage is wrapped. */
export interface WrapObjectOptions extends EncodeObjectOptions {
  /** The bucket that the function is declared for. */
  readonly bucket: string;
  /** Only keys that start with this. */
  readonly prefix?: string | undefined;
  /** Only keys that end with this. */
  readonly suffix?: string | undefined;
  /** Only these, as a trigger of one type brings them. Default: all. */
  readonly actions?: readonly ObjectAction[] | undefined;
}

const names = {
  signature: true,
  projectId: true,
  generation: true,
  unwrap: true,
  topic: true,
  subscription: true,
  bucket: true,
  prefix: true,
  suffix: true,
  actions: true,
} satisfies OptionNames<WrapObjectOptions>;

/**
 * Makes a portable object function of one for Cloud Storage: of an event trigger, or of the notifications of a bucket. What it throws is
 * `retry`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const onFile = google.object(handler, { bucket: "invoices", actions: ["created"] });
 */
export function object(handler: NativeHandler, options: WrapObjectOptions): ObjectFunction {
  checkNames(options, names);
  requireOption("object", options, "bucket", '"uploads"');
  const { bucket, unwrap, prefix, suffix, actions } = options;
  const call = createCall(handler, options.signature ?? "cloudevent", unwrap ? pubSubAcknowledges : anySuccess);
  return declare(bucket, { prefix, suffix, actions }).handle(async (event, context) =>
    call(encodeObject(event, options), context),
  );
}

const carrier = "An event of Cloud Storage";
const source = "//storage.googleapis.com/projects/_/buckets/";

const types: Readonly<Record<ObjectAction, readonly [event: string, notification: string] | undefined>> = {
  created: ["finalized", "OBJECT_FINALIZE"],
  deleted: ["deleted", "OBJECT_DELETE"],
  archived: ["archived", "OBJECT_ARCHIVE"],
  updated: ["metadataUpdated", "OBJECT_METADATA_UPDATE"],
  restored: undefined,
};

/**
 * An event as Cloud Storage would send it. Of the object's resource it has what the event tells: no checksums, no metadata of the object's
 * own, no storage class. `sequence` is left out unless it is Google's own.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried.
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects#resource
 */
export function encodeObject(event: ObjectEvent, options: EncodeObjectOptions = {}): GoogleRequest {
  const { id, key, action, permanent } = event;
  const [type, eventType] = types[action] ?? [];
  if (type === undefined || eventType === undefined) {
    throw unencodable(carrier, "action", "it has no type for an object that was restored");
  }
  if (permanent === false) {
    throw unencodable(carrier, "permanent", "an object that leaves a version behind is archived, and not deleted");
  }
  const bucket = checkText(carrier, "bucket", event.bucket, { maxBytes: 222 });
  if (/[\s/]/.test(bucket)) throw unencodable(carrier, "bucket", "it has a space or a slash");
  checkText(carrier, "key", key, { maxBytes: 1024 });
  if (/[\r\n]/.test(key)) throw unencodable(carrier, "key", "it has a line break");
  const time = toTimeText(carrier, "time", event.time);
  const resource = toResource(event, bucket, time, options);
  if (options.unwrap) return notification(event, eventType, resource, options);
  const extensions = { bucket: toHeaderText(carrier, "bucket", bucket) };
  return encodeCloudEvent({
    carrier,
    attributes: {
      id,
      source: source + bucket,
      type: `google.cloud.storage.object.v1.${type}`,
      subject: `objects/${key}`,
      time,
      ...extensions,
    },
    contentType: "application/json; charset=utf-8",
    body: toBytes(JSON.stringify(resource)),
  });
}

function toResource(event: ObjectEvent, bucket: string, time: string, options: EncodeObjectOptions) {
  const { key: name, size, etag, contentType } = event;
  const { generation, metageneration } = toVersion(event, options);
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0))) {
    throw unencodable(carrier, "size", "it is no whole number of bytes");
  }
  const at = `${bucket}/o/${encodeURIComponent(name)}`;
  const media = generation === undefined ? "?alt=media" : `?generation=${generation}&alt=media`;
  return {
    kind: "storage#object",
    id: generation === undefined ? `${bucket}/${name}` : `${bucket}/${name}/${generation}`,
    selfLink: `https://www.googleapis.com/storage/v1/b/${at}`,
    name,
    bucket,
    generation,
    metageneration,
    contentType: contentType && checkText(carrier, "contentType", contentType),
    timeCreated: event.action === "created" ? time : undefined,
    updated: time,
    size: size === undefined ? undefined : String(size),
    mediaLink: `https://storage.googleapis.com/download/storage/v1/b/${at}${media}`,
    etag: etag && checkText(carrier, "etag", etag),
    ...(contentType === "" && { contentType }),
    ...(etag === "" && { etag }),
  };
}

/** The generation, and the metageneration where the event's sequence is Google's own. */
function toVersion(event: ObjectEvent, { generation: choose }: EncodeObjectOptions) {
  const { version, sequence } = event;
  const isOwn = version === undefined || /^\d{1,19}$/.test(version);
  if (!isOwn && !choose) {
    throw unencodable(
      carrier,
      "version",
      "a generation is a number",
      "Give the option `generation`, such as () => undefined, to do without.",
    );
  }
  const generation = isOwn ? version : choose?.(event);
  const [, first, second] = /^(\d{20})\.(\d{20})$/.exec(sequence ?? "") ?? [];
  const isOwnSequence = generation !== undefined && first === generation.padStart(20, "0");
  return { generation, metageneration: isOwnSequence ? second?.replace(/^0+(?=\d)/, "") : undefined };
}

function notification(
  event: ObjectEvent,
  eventType: string,
  resource: ReturnType<typeof toResource>,
  options: EncodeObjectOptions & PubSubOrigin,
): GoogleRequest {
  const { id, time } = event;
  const { bucket, name, generation } = resource;
  const attributes = {
    bucketId: bucket,
    eventTime: time.toISOString(),
    eventType,
    notificationConfig: `projects/_/buckets/${bucket}/notificationConfigs/1`,
    objectId: name,
    ...(generation !== undefined && { objectGeneration: generation }),
    payloadFormat: "JSON_API_V1",
  };
  const facts = { id, source: "", time, attributes, data: toBytes(JSON.stringify(resource)) };
  return encodePubSub(facts, options.signature ?? "cloudevent", "notifications", options);
}
