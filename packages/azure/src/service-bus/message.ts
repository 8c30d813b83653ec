import type { QueueMessage, TopicMessage, Trace } from "@portico/core";
import { type Buffered, LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { toAttributes } from "../messages/attributes.js";
import { fingerprint, toBody } from "../messages/body.js";
import { type Lookup, toCount, toDigits, toText, toTime } from "../messages/metadata.js";

export type BusKind = "queue" | "topic";

/** The events of both kinds of entity. */
export interface BusEvents {
  readonly queue: QueueMessage;
  readonly topic: TopicMessage;
}

/** A message of Service Bus, whichever way the host delivered it. */
export class ServiceBusMessage<K extends BusKind> extends LazyMessage<K> {
  private readonly "~field": Lookup;

  constructor(kind: K, source: ServiceBusSource) {
    super(kind, source);
    this["~field"] = source.field;
  }

  /** The session. */
  get groupId(): string | undefined {
    return toText(this["~field"]("sessionId"));
  }

  get sequence(): string | undefined {
    return toDigits(this["~field"]("sequenceNumber"));
  }
}

/** `field` looks the broker's properties up; `place` is the entity's name within its namespace. */
export class ServiceBusSource implements MessageSource {
  readonly native: unknown;
  readonly field: Lookup;
  private readonly payload: unknown;
  private readonly place: string;
  private readonly arrived = new Date();

  constructor(native: unknown, payload: unknown, field: Lookup, place: string) {
    this.native = native;
    this.payload = payload;
    this.field = field;
    this.place = place;
  }

  id(): string {
    return (
      toText(this.field("messageId")) ?? toDigits(this.field("sequenceNumber")) ?? fingerprint(String(this.body()))
    );
  }

  source(): string {
    return this.place;
  }

  time(): Date {
    return toTime(this.field("enqueuedTimeUtc")) ?? toTime(this.field("enqueuedTime")) ?? this.arrived;
  }

  body(): Buffered {
    return toBody(this.payload);
  }

  attributes(): Readonly<Record<string, string>> {
    return toAttributes(this.field("applicationProperties") ?? this.field("userProperties"));
  }

  contentType(): string | undefined {
    return toText(this.field("contentType"));
  }

  correlationId(): string | undefined {
    return toText(this.field("correlationId"));
  }

  subject(): string | undefined {
    return toText(this.field("subject")) ?? toText(this.field("label"));
  }

  replyTo(): string | undefined {
    return toText(this.field("replyTo"));
  }

  attempt(): number | undefined {
    return toCount(this.field("deliveryCount"));
  }

  trace(): Trace | undefined {
    const { traceparent, tracestate, "Diagnostic-Id": diagnosticId } = this.attributes();
    return parseTraceparent(traceparent ?? diagnosticId, tracestate);
  }
}
