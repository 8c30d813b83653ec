import { HandlerError, type Trace } from "@portico/core";
import { LazyMessage, type MessageSource, parseTimestamp, parseTraceparent } from "@portico/core/adapter";
import type { PubSubDelivery } from "./delivery.js";

const service = "//pubsub.googleapis.com/";

/** What a message of Pub/Sub tells. */
export class PubSubSource implements MessageSource {
  readonly delivery: PubSubDelivery;
  readonly arrived: Date;

  constructor(delivery: PubSubDelivery, arrived: Date) {
    this.delivery = delivery;
    this.arrived = arrived;
  }

  get native(): unknown {
    return this.delivery.native;
  }

  id(): string {
    const { messageId, message_id } = this.delivery.message;
    return messageId ?? message_id ?? "";
  }

  /** The topic where the request names it, else the subscription. */
  source(): string {
    const { topic, subscription } = this.delivery;
    return topic ?? (subscription === undefined ? service : service + subscription);
  }

  time(): Date {
    const { publishTime, publish_time } = this.delivery.message;
    return parseTimestamp(String(publishTime ?? publish_time)) ?? this.arrived;
  }

  body(): Uint8Array {
    const { message, payload } = this.delivery;
    if (payload) return payload;
    // Attributes may be all there is.
    if (message.data === undefined || message.data === null) return new Uint8Array();
    const rejected = refusal(this.delivery);
    if (rejected) throw rejected;
    return Buffer.from(message.data, "base64");
  }

  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.delivery.message.attributes ?? {})) all[name] = String(value);
    return all;
  }

  contentType(): string | undefined {
    return this.delivery.contentType ?? this.attribute("content-type") ?? this.attribute("contentType");
  }

  correlationId(): string | undefined {
    return this.attribute("correlationId");
  }

  subject(): string | undefined {
    return this.attribute("subject");
  }

  replyTo(): string | undefined {
    return this.attribute("replyTo");
  }

  /** Known where the subscription has a dead-letter policy; approximate. */
  attempt(): number | undefined {
    return this.delivery.attempt;
  }

  attribute(name: string): string | undefined {
    const { message, payload } = this.delivery;
    const { attributes } = message;
    if (!attributes) return undefined;
    if (Object.hasOwn(attributes, name)) return String(attributes[name]);
    // Header fields, which a proxy may have written in lower case.
    const field = name.toLowerCase();
    return payload && Object.hasOwn(attributes, field) ? String(attributes[field]) : undefined;
  }
}

/** The key within which order holds. */
export function orderingKey({ message }: PubSubDelivery): string | undefined {
  return message.orderingKey || message.ordering_key || undefined;
}

/** The group for the delivery: keys of other topics are other groups. */
export function groupOf(source: PubSubSource): string | undefined {
  const key = orderingKey(source.delivery);
  return key === undefined ? undefined : `${source.source()}#${key}`;
}

/** The producer's trace; client libraries of Google write it with a prefix. */
export function traceOf(source: PubSubSource): Trace | undefined {
  return (
    parseTraceparent(source.attribute("traceparent"), source.attribute("tracestate")) ??
    parseTraceparent(source.attribute("googclient_traceparent"), source.attribute("googclient_tracestate"))
  );
}

const base64 = /^[A-Za-z\d+/_-]*={0,2}$/;

/** Why a message cannot be read; undefined when it can. */
export function refusal({ message, payload }: PubSubDelivery): HandlerError | undefined {
  const { data } = message;
  if (payload || data === undefined || data === null || (typeof data === "string" && base64.test(data)))
    return undefined;
  return new HandlerError("EVENT_MALFORMED", "The data of the Pub/Sub message is not Base64.");
}

/** A message of Pub/Sub for one consumer, or for one of many. */
export class PubSubMessageEvent<K extends "queue" | "topic"> extends LazyMessage<K> {
  readonly sequence: string | undefined = undefined;

  constructor(kind: K, source: PubSubSource) {
    super(kind, source);
  }

  get groupId(): string | undefined {
    return orderingKey((this["~source"] as PubSubSource).delivery);
  }
}
