import type { Capabilities, QueueMessage, Trace } from "@portico/core";
import { LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { parseXRay } from "../context.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly messageAttributes?: Readonly<Record<string, SqsAttribute>> | undefined;
  readonly eventSource: string;
  readonly eventSourceARN: string;
}

interface SqsAttribute {
  readonly stringValue?: string | undefined;
  /** Base64. */
  readonly binaryValue?: string | undefined;
  readonly dataType: string;
}

export const capabilities: Capabilities = {
  kind: "queue",
  source: "SQS",
  batch: true,
  redelivery: "declared",
  requires: "ReportBatchItemFailures on the event source mapping, and `batchItemFailures: true`",
  order: "group",
  retryDelay: "hook",
  deadLetter: "sink-or-redelivery",
  attempt: true,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
};

export const sqs: Cell<QueueMessage> = {
  capabilities,
  matches: (event) =>
    (event as { Records?: { eventSource?: unknown }[] } | null)?.Records?.[0]?.eventSource === "aws:sqs",
  read: (event) => (event as { Records: SqsRecord[] }).Records.map(toRecord),
  report: (failed) => ({ batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) }),
};

function toRecord(record: SqsRecord): NativeRecord<QueueMessage> {
  if (typeof record?.messageId !== "string" || record.messageId === "")
    throw malformed("SQS", "messageId", record?.messageId);
  if (typeof record.body !== "string") throw malformed("SQS", "body", record.body);
  const message = new SqsMessage(record);
  // A standard queue with fair queues has message groups too, and no order.
  const fifo = record.eventSourceARN?.endsWith(".fifo") ?? false;
  return {
    events: [message],
    id: record.messageId,
    group: fifo ? message.groupId : undefined,
    trace: () => readTrace(record),
  };
}

function readTrace({ attributes, messageAttributes }: SqsRecord): Trace | undefined {
  return (
    parseTraceparent(messageAttributes?.traceparent?.stringValue, messageAttributes?.tracestate?.stringValue) ??
    parseXRay(attributes?.AWSTraceHeader)
  );
}

class SqsMessage extends LazyMessage<"queue"> implements QueueMessage {
  constructor(record: SqsRecord) {
    super("queue", new SqsSource(record));
  }

  get groupId(): string | undefined {
    return (this.native as SqsRecord).attributes?.MessageGroupId;
  }

  get sequence(): string | undefined {
    return (this.native as SqsRecord).attributes?.SequenceNumber;
  }
}

class SqsSource implements MessageSource {
  readonly native: SqsRecord;

  constructor(record: SqsRecord) {
    this.native = record;
  }

  id(): string {
    return this.native.messageId;
  }

  source(): string {
    return this.native.eventSourceARN;
  }

  time(): Date {
    return new Date(Number(this.native.attributes?.SentTimestamp));
  }

  body(): string {
    return this.native.body;
  }

  /** Binary attributes stay base64, as they came. */
  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, { stringValue, binaryValue }] of Object.entries(this.native.messageAttributes ?? {})) {
      all[name] = stringValue ?? binaryValue ?? "";
    }
    return all;
  }

  contentType(): string | undefined {
    return this.attribute("contentType") ?? this.attribute("Content-Type");
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

  attempt(): number | undefined {
    const count = Number(this.native.attributes?.ApproximateReceiveCount);
    return Number.isInteger(count) ? count : undefined;
  }

  private attribute(name: string): string | undefined {
    return this.native.messageAttributes?.[name]?.stringValue;
  }
}
