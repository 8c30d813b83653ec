import type { Bytes, Capabilities, StreamRecord } from "@portico/core";
import { HandlerError } from "@portico/core";
import { describe, LazyMessage, type MessageSource } from "@portico/core/adapter";
import { lowest } from "../checkpoint.js";
import { fromBase64 } from "../http/values.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { isRecords } from "../records.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface KinesisEventRecord {
  readonly kinesis: {
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Seconds. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: string;
  /** `shardId-000000000006:4959...`: the shard and the sequence number. */
  readonly eventID: string;
  readonly eventSourceARN: string;
}

export const capabilities: Capabilities = {
  kind: "stream",
  source: "Kinesis",
  batch: true,
  redelivery: "from-failure",
  requires:
    "ReportBatchItemFailures on the event source mapping, and `batchItemFailures: true`; else the whole delivery",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html",
};

export const kinesis: Cell<StreamRecord> = {
  capabilities,
  matches: (event) => isRecords(event, "aws:kinesis"),
  read: (event) => readAll((event as { Records: readonly KinesisEventRecord[] }).Records),
  // Lambda goes on from the lowest one: naming more than that changes nothing.
  report: (failed) => {
    const from = lowest(failed.flatMap(({ events }) => events));
    return { batchItemFailures: from ? [{ itemIdentifier: from.sequence }] : [] };
  },
};

/** A bare list. A pipe knows a record by the id of its event, and tries those again that are named. */
export const kinesisThroughPipes: Cell<StreamRecord> = {
  capabilities: { ...capabilities, source: "EventBridge Pipes from Kinesis" },
  matches: (event) => Array.isArray(event) && (event.length === 0 || isRecords({ Records: event }, "aws:kinesis")),
  read: (event) => readAll((event as readonly PipeRecord[]).map(fromPipe)),
  report: (failed) => ({ batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) }),
};

type PipeRecord = Omit<KinesisEventRecord, "kinesis"> & KinesisEventRecord["kinesis"];

/** Pipes put what is in `kinesis` beside the rest. */
function fromPipe(record: PipeRecord | KinesisEventRecord): KinesisEventRecord {
  if (typeof record !== "object" || record === null || "kinesis" in record) return record;
  const { partitionKey, sequenceNumber, data, approximateArrivalTimestamp, ...rest } = record;
  return { ...rest, kinesis: { partitionKey, sequenceNumber, data, approximateArrivalTimestamp } };
}

function readAll(records: readonly KinesisEventRecord[]): NativeRecord<StreamRecord>[] {
  const arrived = new Date();
  return records.map((record) => {
    if (record?.eventSource !== "aws:kinesis") throw malformed("Kinesis", "eventSource", record?.eventSource);
    const event = new KinesisRecord(record, arrived);
    const { data } = record.kinesis;
    const rejected =
      typeof data === "string"
        ? undefined
        : new HandlerError("EVENT_MALFORMED", `The data of a Kinesis record is ${describe(data)}.`);
    return { events: [event], id: event.id, native: record, group: `${event.source}/${event.partition}`, rejected };
  });
}

const none: readonly never[] = Object.freeze([]);

class KinesisRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly sequence: string;
  readonly partitionKey: string | undefined;

  constructor(record: KinesisEventRecord, arrived: Date) {
    super("stream", new KinesisSource(record, arrived));
    this.sequence = toSequence(record);
    this.partitionKey = record.kinesis.partitionKey;
  }

  get partition(): string {
    return toShard(this.native as KinesisEventRecord);
  }

  get key(): Bytes | undefined {
    return undefined;
  }

  get headers(): readonly never[] {
    return none;
  }

  get tombstone(): boolean {
    return false;
  }
}

/** @throws {HandlerError} EVENT_MALFORMED when there is none: no failure could be reported. */
export function toSequence({ kinesis: facts }: Pick<KinesisEventRecord, "kinesis">): string {
  const sequence = facts?.sequenceNumber;
  if (typeof sequence !== "string" || sequence === "") throw malformed("Kinesis", "sequenceNumber", sequence);
  return sequence;
}

export function toShard({ eventID }: { readonly eventID?: unknown }): string {
  return typeof eventID === "string" && eventID.includes(":") ? eventID.slice(0, eventID.indexOf(":")) : "";
}

class KinesisSource implements MessageSource {
  readonly native: KinesisEventRecord;
  private readonly arrived: Date;

  constructor(native: KinesisEventRecord, arrived: Date) {
    this.native = native;
    this.arrived = arrived;
  }

  id(): string {
    return this.native.eventID || this.native.kinesis.sequenceNumber;
  }

  source(): string {
    return this.native.eventSourceARN ?? "";
  }

  time(): Date {
    const seconds = this.native.kinesis.approximateArrivalTimestamp;
    return typeof seconds === "number" ? new Date(Math.round(seconds * 1000)) : this.arrived;
  }

  body(): Bytes {
    return fromBase64(this.native.kinesis.data);
  }

  /** A Kinesis record has a partition key and bytes, and nothing beside them. */
  attributes(): Readonly<Record<string, string>> {
    return Object.create(null);
  }

  contentType(): undefined {}

  correlationId(): undefined {}

  subject(): undefined {}

  replyTo(): undefined {}

  attempt(): undefined {}
}
