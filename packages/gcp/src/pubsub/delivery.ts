import type { Bytes } from "@portico/core";
import type { ParsedCloudEvent } from "@portico/core/adapter";
import type { Arrival } from "../arrival.js";

/**
 * A message as Pub/Sub writes it in JSON. Emulators send the names with underscores alone.
 *
 * @see https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage
 */
export interface PubSubMessage {
  /** Base64. */
  readonly data?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | null | undefined;
  readonly messageId?: string | undefined;
  readonly message_id?: string | undefined;
  readonly publishTime?: string | undefined;
  readonly publish_time?: string | undefined;
  readonly orderingKey?: string | undefined;
  readonly ordering_key?: string | undefined;
}

/** A message, and how it came. */
export interface PubSubDelivery {
  readonly message: PubSubMessage;
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string | undefined;
  /** `//pubsub.googleapis.com/projects/P/topics/T`, where the request names it. */
  readonly topic: string | undefined;
  readonly attempt: number | undefined;
  /** The bytes, where they came as they are and not within JSON. */
  readonly payload: Bytes | undefined;
  readonly contentType: string | undefined;
  /** As it was delivered. */
  readonly native: unknown;
}

/** The type of the CloudEvents that hold a message of Pub/Sub. */
export const messagePublished = "google.cloud.pubsub.topic.v1.messagePublished";

/** Whether the body of a request is that of a push: it has a message with an id, and names its subscription. */
export function isPush(body: unknown): body is PushBody {
  const { message, subscription } = (body ?? {}) as { readonly message?: unknown; readonly subscription?: unknown };
  const { messageId, message_id } = (message ?? {}) as PubSubMessage;
  return typeof subscription === "string" && isText(messageId ?? message_id);
}

interface PushBody {
  readonly message: PubSubMessage;
  readonly subscription?: string | undefined;
  readonly deliveryAttempt?: number | undefined;
}

/** The delivery of a push, or of the data of a CloudEvent, which are alike. */
export function toDelivery(body: unknown, native: unknown, topic?: string): PubSubDelivery {
  const { message, subscription, deliveryAttempt } = body as PushBody;
  return {
    message,
    subscription: isText(subscription) ? subscription : undefined,
    topic,
    // Without a dead-letter policy it is absent, or 0.
    attempt: Number.isInteger(deliveryAttempt) && Number(deliveryAttempt) > 0 ? deliveryAttempt : undefined,
    payload: undefined,
    contentType: undefined,
    native,
  };
}

/** The delivery within a CloudEvent; undefined where it is none of Pub/Sub's. */
export function fromMessagePublished(event: ParsedCloudEvent): PubSubDelivery | undefined {
  if (event.type !== messagePublished) return undefined;
  const data = event.data.kind === "json" ? event.data.value : undefined;
  const { message } = (data ?? {}) as { readonly message?: unknown };
  const known = typeof message === "object" && message !== null ? (data as object) : { message: {} };
  const delivery = toDelivery(known, event, event.source);
  // Through Eventarc the id of the event is that of the message.
  const { messageId, message_id, publishTime, publish_time } = delivery.message;
  return {
    ...delivery,
    message: {
      ...delivery.message,
      messageId: isText(messageId ?? message_id) ? (messageId ?? message_id) : event.id,
      publishTime: publishTime ?? publish_time ?? event.time,
    },
  };
}

// What the way here added, and what must not end up in a log: the rest may be attributes.
const transport =
  /^(?:host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|content-.*|accept.*|user-agent|from|via|forwarded|authorization|cookie|cache-control|pragma|traceparent|tracestate|sec-.*|x-forwarded-.*|x-cloud-trace-context|x-goog-.*|x-serverless-.*|x-appengine-.*|x-cloudtasks-.*|x-cloudscheduler.*|function-execution-id|ce-.*)$/;

/** Whether a header field, in lower case, is one of the way here and none that somebody put there. */
export function isOnTheWay(name: string): boolean {
  return transport.test(name);
}

/** Header fields that somebody put there, and nothing on the way. */
export function otherHeaders({ source }: Arrival): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name] of source.headerEntries()) {
    if (!isOnTheWay(name)) attributes[name] = source.header(name) ?? "";
  }
  return attributes;
}

/**
 * A message whose payload is the body. With write metadata its facts are header fields, and its attributes are others among them; without,
 * there is nothing to know it by, and each delivery has an id of its own.
 *
 * @see https://cloud.google.com/pubsub/docs/payload-unwrapping
 */
export function withMetadata(arrival: Arrival): PubSubDelivery {
  const field = (name: string): string | undefined => arrival.header(`x-goog-pubsub-${name}`);
  return {
    message: {
      messageId: field("message-id") ?? arrival.source.id(),
      publishTime: field("publish-time"),
      orderingKey: field("ordering-key"),
      attributes: asWritten(arrival),
    },
    subscription: field("subscription-name"),
    topic: undefined,
    attempt: undefined,
    payload: arrival.body,
    contentType: arrival.header("content-type"),
    native: arrival.request,
  };
}

/** The attributes in the spelling in which they came: they are written with capitals, and read with them. */
function asWritten(arrival: Arrival): Readonly<Record<string, string>> {
  const { rawHeaders } = arrival.request;
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(otherHeaders(arrival))) {
    const written = rawHeaders.find((raw, place) => place % 2 === 0 && raw.toLowerCase() === name);
    attributes[written ?? name] = value;
  }
  return attributes;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
