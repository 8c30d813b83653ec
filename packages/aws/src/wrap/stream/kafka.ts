import type { StreamRecord } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { withPromoted } from "../attributes.js";
import { fromLowest } from "../checkpoint.js";
import type { Encoder } from "../messages.js";
import { makeArn, type Origin } from "../origin.js";
import { fromUtf8, requireSequence, requireTime, requireWellFormed, toBase64, toSigned } from "../text.js";

/** What Amazon MSK delivers. */
export interface KafkaEvent {
  eventSource: "aws:kafka";
  eventSourceArn: string;
  bootstrapServers: string;
  /** By topic and partition, `orders-0`. */
  records: Record<string, KafkaEventRecord[]>;
}

/** What a self-managed Kafka delivers. */
export interface SelfManagedKafkaEvent {
  eventSource: "SelfManagedKafka";
  bootstrapServers: string;
  records: Record<string, KafkaEventRecord[]>;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html */
export interface KafkaEventRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  timestampType: "CREATE_TIME";
  /** Base64; absent where there is none, which the vendor's type leaves out. */
  key: string;
  /** Base64; a tombstone has none. */
  value: string;
  headers: Record<string, number[]>[];
}

interface Settings {
  readonly topic: string;
  readonly managed: boolean;
  readonly partition: ((record: StreamRecord) => string | number) | undefined;
  readonly bootstrapServers: string;
  readonly origin: Origin;
}

interface ClusterRecord {
  readonly cluster: string | undefined;
  readonly record: KafkaEventRecord;
}

const carrier = "A Kafka record";
const names = {
  contentType: ["content-type", "contentType"],
  correlationId: ["correlation-id", "correlationId"],
  subject: ["subject"],
  replyTo: ["reply-to", "replyTo"],
} as const;

export function kafkaEncoder(settings: Settings): Encoder<StreamRecord, ClusterRecord> {
  return {
    encode: (record, index) => toRecord(record, index, settings),
    lane: ({ cluster }) => cluster ?? "",
    gather: (given): KafkaEvent | SelfManagedKafkaEvent => {
      const byPartition = new Map<string, KafkaEventRecord[]>();
      for (const { record } of given) {
        const name = nameOf(record);
        byPartition.set(name, [...(byPartition.get(name) ?? []), record]);
      }
      const records = Object.fromEntries(byPartition);
      const { bootstrapServers, managed } = settings;
      if (!managed) return { eventSource: "SelfManagedKafka", bootstrapServers, records };
      return { eventSource: "aws:kafka", eventSourceArn: given[0]?.cluster as string, bootstrapServers, records };
    },
    failed: (identifiers, given) => {
      const known = given.map(({ record }) => record);
      const failed = new Set<number>();
      for (const [partition, offsets] of byPartition(identifiers)) {
        const places = [...known.keys()].filter((place) => nameOf(known[place] as KafkaEventRecord) === partition);
        const behind = fromLowest(
          offsets,
          places.map((place) => String(known[place]?.offset)),
        );
        if (!behind) return undefined;
        for (const place of behind) failed.add(places[place] as number);
      }
      return failed;
    },
  };
}

function nameOf({ topic, partition }: KafkaEventRecord): string {
  return `${topic}-${partition}`;
}

/** The offsets of each partition; an identifier that is no object, or has no partition, belongs to none. */
function byPartition(identifiers: readonly unknown[]): Map<unknown, string[]> {
  const offsets = new Map<unknown, string[]>();
  for (const identifier of identifiers) {
    const { partition, offset } = (identifier ?? {}) as { partition?: unknown; offset?: unknown };
    // Of another type it is no offset, though it looks like one as text.
    const text = typeof offset === "number" ? String(offset) : "";
    offsets.set(partition, [...(offsets.get(partition) ?? []), text]);
  }
  return offsets;
}

async function toRecord(record: StreamRecord, index: number, settings: Settings): Promise<ClusterRecord> {
  const timestamp = requireTime(carrier, record.time, { from: 0 });
  const offset = Number(requireSequence(carrier, record.sequence, timestamp, index));
  if (!Number.isSafeInteger(offset)) throw unencodable(carrier, "sequence", "it is over 2^53");
  const { cluster, topic } = toPlace(record, settings);
  const value = await record.bytes();
  if (record.tombstone && value.byteLength > 0) throw unencodable(carrier, "body", "a tombstone has none");
  const key = toKey(record);
  return {
    cluster,
    record: {
      topic,
      partition: toPartition(record, topic, settings),
      offset,
      timestamp,
      timestampType: "CREATE_TIME",
      ...(key && { key: toBase64(key) }),
      ...(!record.tombstone && { value: toBase64(value) }),
      headers: toHeaders(record),
    } as KafkaEventRecord,
  };
}

/** The cluster and the topic that a record's own source and partition name, where they are Kafka's; else those of the options. */
function toPlace(
  { source, partition }: StreamRecord,
  { topic, managed, origin }: Settings,
): { cluster?: string; topic: string } {
  const [, own = ""] = /^(.+)-\d+$/s.exec(partition) ?? [];
  const name = own !== "" && source.endsWith(`/${own}`) ? own : topic;
  if (!managed) return { topic: name };
  const [, arn, cluster] = /^(arn:[^:]*:kafka:[^:]*:[^:]*):topic\/(.+)\/[^/]+$/s.exec(source) ?? [];
  if (name === own && cluster !== undefined) return { cluster: `${arn}:cluster/${cluster}`, topic: name };
  return { cluster: makeArn("kafka", "cluster/portico/00000000-0000-0000-0000-000000000000-1", origin), topic: name };
}

/** `orders-3` and `3` are partition 3 of the topic orders; an empty one is partition 0. */
function toPartition(record: StreamRecord, topic: string, { partition }: Settings): number {
  const text = String(partition?.(record) ?? record.partition);
  const number = text.startsWith(`${topic}-`) ? text.slice(topic.length + 1) : text;
  if (number === "") return 0;
  if (/^(?:0|[1-9]\d{0,8})$/.test(number)) return Number(number);
  const hint = "Name the partition of a record with the option `partition`.";
  throw unencodable(carrier, "partition", "it is no number", hint);
}

/** The key, or where only text is known of it that text. */
function toKey({ key, partitionKey }: StreamRecord): Uint8Array | undefined {
  if (partitionKey === undefined) return key;
  if (key === undefined) return new TextEncoder().encode(requireWellFormed(carrier, "partitionKey", partitionKey));
  if (fromUtf8(key) !== partitionKey) throw unencodable(carrier, "partitionKey", "it is not the text of the key");
  return key;
}

/** The headers as they are, and behind them the attributes that they do not tell. */
function toHeaders(record: StreamRecord): Record<string, number[]>[] {
  const told = new Map<string, string | undefined>();
  for (const [name, value] of record.headers) told.set(name, fromUtf8(value) ?? told.get(name));
  const all = record.headers.map(([name, value]) => toHeader(name, value));
  const seen = Object.assign(Object.create(null) as Record<string, string>, record.attributes);
  for (const [name, text] of told) if (text !== undefined && !Object.hasOwn(seen, name)) seen[name] = text;
  for (const [name, value] of withPromoted(carrier, { ...pick(record), attributes: seen }, names)) {
    if (told.has(name) && told.get(name) === value) continue;
    if (told.has(name)) throw unencodable(carrier, `attribute ${JSON.stringify(name)}`, "a header says otherwise");
    all.push(toHeader(name, new TextEncoder().encode(requireWellFormed(carrier, `attribute of ${name}`, value))));
  }
  return all;
}

function pick({ contentType, correlationId, subject, replyTo }: StreamRecord) {
  return { contentType, correlationId, subject, replyTo };
}

/** Defines its member: a name may be `__proto__`. */
function toHeader(name: string, value: Uint8Array): Record<string, number[]> {
  return { [requireWellFormed(carrier, "header", name)]: toSigned(value) };
}
