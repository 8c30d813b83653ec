import type { Capabilities, TopicMessage } from "@portico/core";
import { LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { asyncInvoke } from "../async-invoke.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { isRecords } from "../records.js";

/**
 * A notification of SNS: what Lambda gets in `Records[].Sns`, and what a queue gets as its text, where the names of the two URLs are
 * written in another case.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export interface SnsNotification {
  readonly Type: string;
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  readonly Subject?: string | null | undefined;
  readonly Timestamp: string;
  /** Of FIFO topics, in their queues. */
  readonly SequenceNumber?: string | undefined;
  readonly MessageAttributes?: Readonly<Record<string, SnsAttribute>> | null | undefined;
}

interface SnsAttribute {
  readonly Type: string;
  /** Base64 where the type is Binary. */
  readonly Value: string;
}

export interface SnsRecord {
  readonly EventSource: string;
  readonly EventSubscriptionArn: string;
  readonly Sns: SnsNotification;
}

export const capabilities: Capabilities = { ...asyncInvoke, kind: "topic", source: "SNS" };

export const sns: Cell<SnsMessage> = {
  capabilities,
  matches: (event) => isRecords<SnsRecord>(event, "aws:sns"),
  read: (event) => (event as { Records: SnsRecord[] }).Records.map((record) => toRecord(record?.Sns, record)),
};

type Carrier = LazyMessage<string> & { readonly groupId?: string | undefined };

/** A notification on its own is a record too; `carrier` is the message of a queue that held it. */
export function toRecord(notification: SnsNotification, native: unknown, carrier?: Carrier): NativeRecord<SnsMessage> {
  const { MessageId: id, Message: text, MessageAttributes: attributes } = notification ?? {};
  if (typeof id !== "string" || id === "") throw malformed("SNS", "MessageId", id);
  return {
    events: [new SnsMessage(notification, native, carrier)],
    id,
    native,
    trace: () => parseTraceparent(attributes?.traceparent?.Value, attributes?.tracestate?.Value),
    rejected: typeof text === "string" ? undefined : malformed("SNS", "Message", text),
  };
}

/** A message of SNS. */
export class SnsMessage extends LazyMessage<"topic"> implements TopicMessage {
  /** A FIFO topic tells the group to its queues alone, beside the notification. */
  readonly groupId: string | undefined;

  constructor(notification: SnsNotification, native: unknown, carrier: Carrier | undefined) {
    super("topic", new SnsSource(notification, native, carrier));
    this.groupId = carrier?.groupId;
  }

  get sequence(): string | undefined {
    return (this["~source"] as SnsSource).notification.SequenceNumber;
  }
}

class SnsSource implements MessageSource {
  readonly native: unknown;
  readonly notification: SnsNotification;
  private readonly carrier: Carrier | undefined;

  constructor(notification: SnsNotification, native: unknown, carrier: Carrier | undefined) {
    this.native = native;
    this.carrier = carrier;
    this.notification = notification;
  }

  id(): string {
    return this.notification.MessageId;
  }

  source(): string {
    return this.notification.TopicArn;
  }

  time(): Date {
    const date = new Date(this.notification.Timestamp);
    return Number.isNaN(date.getTime()) ? new Date() : date;
  }

  body(): string {
    const { Message: text } = this.notification;
    if (typeof text !== "string") throw malformed("SNS", "Message", text);
    return text;
  }

  /** Binary values stay base64, lists stay JSON, as they came. */
  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.notification.MessageAttributes ?? {}))
      all[name] = value?.Value ?? "";
    return all;
  }

  contentType(): string | undefined {
    return this.attribute("contentType") ?? this.attribute("Content-Type");
  }

  correlationId(): string | undefined {
    return this.attribute("correlationId");
  }

  subject(): string | undefined {
    return this.notification.Subject ?? undefined;
  }

  replyTo(): string | undefined {
    return this.attribute("replyTo");
  }

  /** Queues count; asynchronous invocations do not tell. */
  attempt(): number | undefined {
    return this.carrier?.attempt;
  }

  private attribute(name: string): string | undefined {
    return this.notification.MessageAttributes?.[name]?.Value;
  }
}
