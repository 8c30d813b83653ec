import type { Capabilities, QueueMessage } from "@portico/core";
import { type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { fromBase64 } from "../records.js";
import { MqMessage, toText } from "./active-mq.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface RabbitMqMessage {
  readonly basicProperties?: BasicProperties | null | undefined;
  readonly redelivered?: boolean | undefined;
  /** Base64. */
  readonly data: string;
}

interface BasicProperties {
  readonly contentType?: string | null | undefined;
  /** Texts come as `{ bytes: [...] }`. */
  readonly headers?: Readonly<Record<string, unknown>> | null | undefined;
  readonly correlationId?: string | null | undefined;
  readonly replyTo?: string | null | undefined;
  readonly messageId?: string | null | undefined;
  /** As Java writes dates for Americans: `Jan 1, 1970, 12:33:41 AM`, in UTC. */
  readonly timestamp?: string | number | null | undefined;
  readonly type?: string | null | undefined;
}

interface RabbitMqEvent {
  readonly eventSource: string;
  readonly eventSourceArn: string;
  /** By `queue::virtual-host`. */
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitMqMessage[]>>;
}

export const capabilities: Capabilities = {
  kind: "queue",
  source: "RabbitMQ",
  batch: true,
  redelivery: "delivery",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html",
};

export const rabbitMq: Cell<QueueMessage> = {
  capabilities,
  matches: (event) => {
    const { eventSource, rmqMessagesByQueue } = (event ?? {}) as Partial<RabbitMqEvent>;
    return eventSource === "aws:rmq" && typeof rmqMessagesByQueue === "object" && rmqMessagesByQueue !== null;
  },
  read: (event, { awsRequestId }) => {
    const { eventSourceArn, rmqMessagesByQueue } = event as RabbitMqEvent;
    return Object.entries(rmqMessagesByQueue).flatMap(([key, messages]) => {
      if (!Array.isArray(messages)) throw malformed("RabbitMQ", "list of messages", messages);
      const source = `${eventSourceArn}/${key.split("::")[0]}`;
      return messages.map((message: RabbitMqMessage, index) =>
        toRecord(source, `${awsRequestId}/${key}/${index}`, message),
      );
    });
  },
};

function toRecord(source: string, place: string, message: RabbitMqMessage): NativeRecord<QueueMessage> {
  const { headers, messageId } = message?.basicProperties ?? {};
  const id = messageId || place;
  return {
    events: [new MqMessage(new RabbitMqSource(source, id, message))],
    id,
    trace: () => parseTraceparent(toHeader(headers?.traceparent), toHeader(headers?.tracestate)),
    rejected: typeof message?.data === "string" ? undefined : malformed("RabbitMQ", "data", message?.data),
  };
}

class RabbitMqSource implements MessageSource {
  readonly native: RabbitMqMessage;
  private readonly queue: string;
  private readonly identity: string;

  constructor(queue: string, id: string, message: RabbitMqMessage) {
    this.native = message;
    this.queue = queue;
    this.identity = id;
  }

  /** The publisher's `messageId`. Without one it is the place in this delivery, and a redelivered message has another. */
  id(): string {
    return this.identity;
  }

  /** The broker, and the queue behind a slash. */
  source(): string {
    return this.queue;
  }

  time(): Date {
    return parseDate(this.properties().timestamp) ?? new Date();
  }

  body(): Uint8Array {
    if (typeof this.native?.data !== "string") throw malformed("RabbitMQ", "data", this.native?.data);
    return fromBase64(this.native.data);
  }

  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.properties().headers ?? {})) all[name] = toHeader(value) ?? "";
    return all;
  }

  contentType(): string | undefined {
    return this.properties().contentType || undefined;
  }

  correlationId(): string | undefined {
    return this.properties().correlationId || undefined;
  }

  /** The property `type`, which AMQP 1.0 calls the subject. */
  subject(): string | undefined {
    return this.properties().type || undefined;
  }

  replyTo(): string | undefined {
    return this.properties().replyTo || undefined;
  }

  /** `redelivered` is all the broker tells. */
  attempt(): undefined {
    return undefined;
  }

  private properties(): BasicProperties {
    return this.native?.basicProperties ?? {};
  }
}

function toHeader(value: unknown): string | undefined {
  const bytes = (value as { bytes?: unknown } | null | undefined)?.bytes;
  // Java's bytes are signed; a byte array takes -1 for 255.
  return Array.isArray(bytes) ? Buffer.from(Uint8Array.from(bytes as number[])).toString("utf8") : toText(value);
}

function parseDate(value: string | number | null | undefined): Date | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  // The zone is not written, and is UTC. Newer Java writes a narrow no-break space before AM, which is a space here too.
  const date = new Date(typeof value === "string" && /[AP]M$/.test(value) ? `${value} UTC` : value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
