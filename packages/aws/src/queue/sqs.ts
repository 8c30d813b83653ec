import type { Capabilities, HandlerError, QueueMessage, Trace } from "@portico/core";
import { LazyMessage, type MessageSource, parseTraceparent, toCount } from "@portico/core/adapter";
import { parseXRay } from "../context.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { isRecords } from "../records.js";
import type { SqsRecord } from "./sqs-record.js";

export const capabilities: Capabilities = {
  kind: "queue",
  source: "SQS",
  batch: true,
  redelivery: "declared",
  requires:
    "ReportBatchItemFailures on the event source mapping, and `batchItemFailures: true`; else the whole delivery",
  order: "group",
  retryDelay: "hook",
  deadLetter: "sink-or-redelivery",
  attempt: true,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
};

export const sqs: Cell<SqsMessage<"queue">> & Cell<QueueMessage> = createSqs("queue");

/** SQS as a source of one kind: messages that a topic delivered raw are messages of the topic. */
export function createSqs<K extends "queue" | "topic">(kind: K): Cell<SqsMessage<K>> {
  return {
    capabilities: { ...capabilities, kind },
    matches: (event) => isRecords<SqsRecord>(event, "aws:sqs"),
    read: (event) => (event as { Records: SqsRecord[] }).Records.map((record) => toRecord(kind, record)),
    report: (failed) => ({ batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) }),
  };
}

function toRecord<K extends "queue" | "topic">(kind: K, record: SqsRecord): NativeRecord<SqsMessage<K>> {
  // Without it no failure could be reported.
  if (typeof record?.messageId !== "string" || record.messageId === "")
    throw malformed("SQS", "messageId", record?.messageId);
  return new SqsNativeRecord(kind, record);
}

class SqsNativeRecord<K extends "queue" | "topic"> implements NativeRecord<SqsMessage<K>> {
  readonly events: readonly [SqsMessage<K>];
  readonly id: string;
  readonly native: SqsRecord;
  readonly group: string | undefined;
  readonly rejected: HandlerError | undefined;

  constructor(kind: K, record: SqsRecord) {
    this.events = [new SqsMessage(kind, record)];
    this.id = record.messageId;
    this.native = record;
    // A standard queue with fair queues has message groups too, and no order.
    const group = record.attributes?.MessageGroupId;
    const { eventSourceARN } = record;
    this.group = group !== undefined && eventSourceARN?.endsWith(".fifo") ? `${eventSourceARN}#${group}` : undefined;
    this.rejected = typeof record.body === "string" ? undefined : malformed("SQS", "body", record.body);
  }

  trace(): Trace | undefined {
    return readTrace(this.native);
  }
}

function readTrace({ attributes, messageAttributes }: SqsRecord): Trace | undefined {
  return (
    parseTraceparent(messageAttributes?.traceparent?.stringValue, messageAttributes?.tracestate?.stringValue) ??
    parseXRay(attributes?.AWSTraceHeader)
  );
}

/** A message of SQS. */
export class SqsMessage<K extends "queue" | "topic"> extends LazyMessage<K> {
  constructor(kind: K, record: SqsRecord) {
    super(kind, new SqsSource(record));
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
    return new Date(toCount(this.native.attributes?.SentTimestamp) || Date.now());
  }

  body(): string {
    if (typeof this.native.body !== "string") throw malformed("SQS", "body", this.native.body);
    return this.native.body;
  }

  /** Binary attributes stay base64, as they came. */
  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(this.native.messageAttributes ?? {})) {
      all[name] = value?.stringValue ?? value?.binaryValue ?? "";
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
    return toCount(this.native.attributes?.ApproximateReceiveCount) || undefined;
  }

  private attribute(name: string): string | undefined {
    return this.native.messageAttributes?.[name]?.stringValue;
  }
}
