import type { Capabilities, QueueMessage, Trace } from "@portico/core";
import { type Buffered, LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { toAttributes } from "../messages/attributes.js";
import { toBody } from "../messages/body.js";
import { type Lookup, lookUp, own, toCount, toDigits, toText } from "../messages/metadata.js";
import type { Cell } from "../messages.js";

export const capabilities: Capabilities = {
  kind: "queue",
  source: "RabbitMQ",
  batch: false,
  redelivery: "message",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: true,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-rabbitmq-trigger#dead-letter-queues",
};

const requeueCount = "x-ms-rabbitmq-requeuecount";

/**
 * A message of a RabbitMQ queue. Its id is the sender's; without one it is the delivery's, which changes when the message comes again.
 * On a failure the host publishes a copy with a counter, and rejects it after the fifth.
 */
export function rabbitMQ(queueName: string): Cell<QueueMessage> {
  return {
    capabilities,
    read: (input, azure) => {
      const metadata = lookUp(azure, input);
      const source = new RabbitSource(input, metadata, queueName);
      const event = new RabbitMessage(source);
      return [{ event, trace: () => source.trace() }];
    },
  };
}

class RabbitMessage extends LazyMessage<"queue"> implements QueueMessage {
  readonly groupId = undefined;
  readonly sequence = undefined;

  constructor(source: RabbitSource) {
    super("queue", source);
  }
}

class RabbitSource implements MessageSource {
  readonly native: unknown;
  private readonly metadata: Lookup;
  private readonly queueName: string;
  private readonly arrived = new Date();

  constructor(native: unknown, metadata: Lookup, queueName: string) {
    this.native = native;
    this.metadata = metadata;
    this.queueName = queueName;
  }

  id(): string {
    return (
      toText(this.property("messageId")) ??
      `${toText(this.metadata("consumerTag")) ?? this.queueName}/${toDigits(this.metadata("deliveryTag")) ?? ""}`
    );
  }

  source(): string {
    return this.queueName;
  }

  time(): Date {
    const seconds = own(this.property("timestamp"), "unixTime");
    return typeof seconds === "number" && seconds > 0 ? new Date(seconds * 1000) : this.arrived;
  }

  body(): Buffered {
    return toBody(this.native);
  }

  attributes(): Readonly<Record<string, string>> {
    const headers = this.property("headers");
    if (typeof headers !== "object" || headers === null) return toAttributes(undefined);
    return toAttributes(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, toHeader(value)])));
  }

  contentType(): string | undefined {
    return toText(this.property("contentType"));
  }

  correlationId(): string | undefined {
    return toText(this.property("correlationId"));
  }

  subject(): string | undefined {
    return toText(this.property("type"));
  }

  replyTo(): string | undefined {
    return toText(this.property("replyTo"));
  }

  attempt(): number | undefined {
    const count = toCount(Number(own(this.property("headers"), requeueCount)));
    if (count !== undefined) return count + 1;
    return this.metadata("redelivered") === false ? 1 : undefined;
  }

  trace(): Trace | undefined {
    return parseTraceparent(this.attributes().traceparent, this.attributes().tracestate);
  }

  private property(name: string): unknown {
    return own(this.metadata("basicProperties"), name);
  }
}

/** The host writes strings of RabbitMQ, which are bytes to it, as Base64; what is not text under that stays as it came. */
function toHeader(value: unknown): unknown {
  if (typeof value !== "string" || !/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(value))
    return value;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, "base64"));
  } catch {
    return value;
  }
}
