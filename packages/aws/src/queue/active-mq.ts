import type { Capabilities, QueueMessage } from "@portico/core";
import { LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { fromBase64 } from "../records.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface ActiveMqMessage {
  readonly messageID: string;
  readonly messageType?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly correlationID?: string | null | undefined;
  /** The text `null` where there is none. */
  readonly replyTo?: string | null | undefined;
  /** Two spellings are seen. */
  readonly destination?: { readonly physicalName?: string | undefined; readonly physicalname?: string | undefined };
  readonly type?: string | null | undefined;
  /** Base64. */
  readonly data?: string | null | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | null | undefined;
}

interface ActiveMqEvent {
  readonly eventSource: string;
  readonly eventSourceArn: string;
  readonly messages: readonly ActiveMqMessage[];
}

export const capabilities: Capabilities = {
  kind: "queue",
  source: "ActiveMQ",
  batch: true,
  redelivery: "delivery",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html",
};

export const activeMq: Cell<QueueMessage> = {
  capabilities,
  matches: (event) => {
    const { eventSource, messages } = (event ?? {}) as { eventSource?: unknown; messages?: unknown };
    // AWS writes `aws:amq`; its own samples have `aws:mq`.
    return (eventSource === "aws:amq" || eventSource === "aws:mq") && Array.isArray(messages);
  },
  read: (event) => {
    const { eventSourceArn, messages } = event as ActiveMqEvent;
    return messages.map((message) => toRecord(eventSourceArn, message));
  },
};

function toRecord(arn: string, message: ActiveMqMessage): NativeRecord<QueueMessage> {
  if (typeof message?.messageID !== "string" || message.messageID === "")
    throw malformed("ActiveMQ", "messageID", message?.messageID);
  const { data, properties } = message;
  const wrong = data !== undefined && data !== null && typeof data !== "string";
  return {
    events: [new MqMessage(new ActiveMqSource(arn, message))],
    id: message.messageID,
    trace: () => parseTraceparent(toText(properties?.traceparent), toText(properties?.tracestate)),
    rejected: wrong ? malformed("ActiveMQ", "data", data) : undefined,
  };
}

/** A message of a broker: it has no order, and nothing to order it by. */
export class MqMessage extends LazyMessage<"queue"> implements QueueMessage {
  readonly groupId: string | undefined = undefined;
  readonly sequence: string | undefined = undefined;

  constructor(source: MessageSource) {
    super("queue", source);
  }
}

class ActiveMqSource implements MessageSource {
  readonly native: ActiveMqMessage;
  private readonly arn: string;

  constructor(arn: string, message: ActiveMqMessage) {
    this.arn = arn;
    this.native = message;
  }

  id(): string {
    return this.native.messageID;
  }

  /** The broker, and the queue behind a slash. */
  source(): string {
    const { physicalName, physicalname = "" } = this.native.destination ?? {};
    return `${this.arn}/${physicalName ?? physicalname}`;
  }

  time(): Date {
    return new Date(this.native.timestamp ?? Date.now());
  }

  body(): Uint8Array {
    return fromBase64(this.native.data ?? "");
  }

  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.native.properties ?? {})) all[name] = toText(value) ?? "";
    return all;
  }

  contentType(): string | undefined {
    return toText(this.native.properties?.contentType);
  }

  correlationId(): string | undefined {
    return this.native.correlationID || undefined;
  }

  /** JMSType, which AMQP calls the subject. */
  subject(): string | undefined {
    return this.native.type || undefined;
  }

  replyTo(): string | undefined {
    const { replyTo } = this.native;
    return replyTo && replyTo !== "null" ? replyTo : undefined;
  }

  /** `redelivered` is all the broker tells. */
  attempt(): undefined {
    return undefined;
  }
}

/** A property as text: JSON where it is a list or a table. */
export function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
