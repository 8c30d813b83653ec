import type { Bytes, Capabilities, StreamRecord } from "@portico/core";
import { HandlerError } from "@portico/core";
import { describe, LazyMessage, type MessageSource, parseTraceparent } from "@portico/core/adapter";
import { lowest } from "../checkpoint.js";
import { fromBase64 } from "../http/values.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
interface KafkaEvent extends KafkaCluster {
  readonly eventSource: string;
  /** By topic and partition, `orders-0`. */
  readonly records: Readonly<Record<string, readonly KafkaEventRecord[]>>;
}

interface KafkaCluster {
  /** Of Amazon MSK's clusters alone. Through EventBridge Pipes each record has these. */
  readonly eventSourceArn?: string | undefined;
  readonly bootstrapServers?: string | undefined;
}

export interface KafkaEventRecord extends KafkaCluster {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds; -1 where there is none. */
  readonly timestamp: number;
  /** Base64. */
  readonly key?: string | null | undefined;
  /** Base64; a tombstone has none. */
  readonly value?: string | null | undefined;
  /** Signed bytes, by name. */
  readonly headers?: readonly Readonly<Record<string, readonly number[] | null>>[] | null | undefined;
}

export const capabilities: Capabilities = {
  kind: "stream",
  source: "Kafka (Amazon MSK, self-managed)",
  batch: true,
  redelivery: "from-failure",
  requires:
    "provisioned mode and ReportBatchItemFailures on the event source mapping, and `batchItemFailures: true`; else the whole delivery",
  order: "partition",
  retryDelay: false,
  deadLetter: "sink",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html",
};

export const kafka: Cell<StreamRecord> = {
  capabilities,
  matches: (event) => isKafka(event) && typeof (event as KafkaEvent).records === "object",
  read: (event) => {
    const arrived = new Date();
    const { records, ...cluster } = event as KafkaEvent;
    return Object.entries(records ?? {}).flatMap(([name, list]) => {
      if (!Array.isArray(list)) throw malformed("Kafka", `records of ${name}`, list);
      return list.map((record) => toRecord(name, record, cluster, arrived));
    });
  },
  report: (failed) => ({ batchItemFailures: lowestOffsets(failed) }),
};

/** A bare list, each record with its cluster. A pipe takes no partial result for Kafka. */
export const kafkaThroughPipes: Cell<StreamRecord> = {
  capabilities: {
    ...capabilities,
    source: `EventBridge Pipes from ${capabilities.source}`,
    redelivery: "delivery",
    requires: undefined,
  },
  matches: (event) => Array.isArray(event) && isKafka(event[0]),
  read: (event) => {
    const arrived = new Date();
    return (event as readonly (KafkaEventRecord | null)[]).map((record) => {
      if (!isKafka(record)) throw malformed("Kafka", "record", record);
      const { topic, partition } = record as KafkaEventRecord;
      return toRecord(`${topic}-${partition}`, record as KafkaEventRecord, record as KafkaEventRecord, arrived);
    });
  },
};

function isKafka(event: unknown): boolean {
  const source = (event as { eventSource?: unknown } | null | undefined)?.eventSource;
  return source === "aws:kafka" || source === "SelfManagedKafka";
}

/** The form that Lambda takes for Kafka: with a text instead, it takes the whole delivery for failed. */
function lowestOffsets(failed: readonly NativeRecord<StreamRecord>[]): readonly unknown[] {
  const byPartition = new Map<string, StreamRecord[]>();
  for (const event of failed.flatMap(({ events }) => events)) {
    const events = byPartition.get(event.partition);
    if (events) events.push(event);
    else byPartition.set(event.partition, [event]);
  }
  return [...byPartition].map(([partition, events]) => ({
    itemIdentifier: { partition, offset: Number(lowest(events)?.sequence) },
  }));
}

function toRecord(
  name: string,
  record: KafkaEventRecord,
  cluster: KafkaCluster,
  arrived: Date,
): NativeRecord<StreamRecord> {
  // Without it no failure could be reported.
  const offset = Number(record?.offset ?? Number.NaN);
  if (!Number.isSafeInteger(offset)) throw malformed("Kafka", "offset", record?.offset);
  const event = new KafkaRecord(name, new KafkaSource(name, record, cluster, arrived));
  const { value } = record;
  const rejected =
    typeof value === "string" || value === null || value === undefined
      ? undefined
      : new HandlerError("EVENT_MALFORMED", `The value of a Kafka record is ${describe(value)}.`);
  const trace = () => parseTraceparent(event.attributes.traceparent, event.attributes.tracestate);
  return { events: [event], id: event.id, native: record, group: `${event.source}/${name}`, trace, rejected };
}

type Header = readonly [name: string, value: Bytes];

class KafkaRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly partition: string;
  declare readonly "~source": KafkaSource;

  constructor(partition: string, source: KafkaSource) {
    super("stream", source);
    this.partition = partition;
  }

  /** The key, where it is text. */
  get partitionKey(): string | undefined {
    return toText(this.key);
  }

  get sequence(): string {
    return String(this["~source"].native.offset);
  }

  get key(): Bytes | undefined {
    const { key } = this["~source"].native;
    return typeof key === "string" ? fromBase64(key) : undefined;
  }

  get headers(): readonly Header[] {
    return this["~source"].headers();
  }

  get tombstone(): boolean {
    return typeof this["~source"].native.value !== "string";
  }
}

class KafkaSource implements MessageSource {
  readonly native: KafkaEventRecord;
  private readonly name: string;
  private readonly cluster: KafkaCluster;
  private readonly arrived: Date;
  private decoded: readonly Header[] | undefined = undefined;

  constructor(name: string, native: KafkaEventRecord, cluster: KafkaCluster, arrived: Date) {
    this.native = native;
    this.name = name;
    this.cluster = cluster;
    this.arrived = arrived;
  }

  id(): string {
    return `${this.name}/${this.native.offset}`;
  }

  /** The topic's ARN; of a self-managed cluster its servers, which come in any order, and the topic. */
  source(): string {
    const { eventSourceArn, bootstrapServers } = this.cluster;
    const cluster = eventSourceArn?.replace(":cluster/", ":topic/") ?? bootstrapServers?.split(",").sort().join(",");
    return `${cluster ?? ""}/${this.native.topic}`;
  }

  time(): Date {
    const { timestamp } = this.native;
    return typeof timestamp === "number" && timestamp >= 0 ? new Date(timestamp) : this.arrived;
  }

  body(): Bytes | string {
    const { value } = this.native;
    return typeof value === "string" ? fromBase64(value) : "";
  }

  headers(): readonly Header[] {
    const { headers } = this.native;
    this.decoded ??= (Array.isArray(headers) ? headers : []).flatMap((header: object | null) =>
      Object.entries(header ?? {}).map(([name, value]) => [name, Uint8Array.from(value ?? [])] as const),
    );
    return this.decoded;
  }

  /** The headers, where they are text; of several with one name the last, as Kafka has it. */
  attributes(): Readonly<Record<string, string>> {
    const all: Record<string, string> = Object.create(null);
    for (const [name, value] of this.headers()) {
      const text = toText(value);
      if (text !== undefined) all[name] = text;
    }
    return all;
  }

  contentType(): string | undefined {
    return this.header("content-type") ?? this.header("contentType");
  }

  correlationId(): string | undefined {
    return this.header("correlation-id") ?? this.header("correlationId");
  }

  subject(): string | undefined {
    return this.header("subject");
  }

  replyTo(): string | undefined {
    return this.header("reply-to") ?? this.header("replyTo");
  }

  attempt(): undefined {}

  private header(name: string): string | undefined {
    return toText(this.headers().findLast(([one]) => one === name)?.[1]);
  }
}

/** Bytes as text, where they are. */
function toText(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
