import type { FunctionTrigger } from "@azure/functions";
import type { StreamRecord } from "@portico/core";
import { type Carrier, type Fact, many, type Part, single } from "../delivery.js";
import { fieldsOf, toInt64 } from "../fields.js";
import { type HostValue, host } from "../host-value.js";
import type { PayloadForm } from "../payload.js";

const fields = fieldsOf("A Kafka record");
const limit = 1024 * 1024;

/**
 * Records of a Kafka topic. With `dataType: "binary"` a handler gets the value alone; else the extension's document, which has the value as
 * text beside the record's facts.
 */
export function kafka(trigger: FunctionTrigger, topic: string, form: PayloadForm): Carrier<StreamRecord> {
  const isMany = form.cardinality?.toLowerCase() === "many";
  return {
    trigger,
    many: isMany,
    group: ({ source, partition }) => `${source}/${partition}`,
    async prepare(event): Promise<Part<StreamRecord>> {
      const record = toRecord(event, topic);
      const value = event.tombstone ? null : fields.size(await event.bytes(), limit);
      return { event, input: toInput(value, record, form, isMany), facts: toFacts(record), shared: {} };
    },
    join: (parts) => (isMany ? many(parts) : single(parts)),
  };
}

interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: string;
  readonly key: string | undefined;
  readonly headers: readonly { readonly Key: string; readonly Value: string }[];
}

function toRecord(event: StreamRecord, topic: string): KafkaRecord {
  const offset = toInt64(event.sequence);
  if (offset === undefined) throw fields.refuse("sequence", "an offset is an integer of 64 bits");
  if (!/^\d{1,9}$/.test(event.partition) || String(Number(event.partition)) !== event.partition)
    throw fields.refuse("partition", "it is no number, as Kafka's are");
  return {
    topic: /^[A-Za-z][\w.-]*$/.test(event.source) ? event.source : topic,
    partition: Number(event.partition),
    offset,
    timestamp: `${fields.time(event.time)}Z`,
    key: toKey(event),
    headers: toHeaders(event),
  };
}

function toKey({ key, partitionKey }: StreamRecord): string | undefined {
  if (key === undefined) return fields.text("partitionKey", partitionKey);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(key);
  } catch {
    throw fields.refuse("key", "it is no text");
  }
}

/** The record's own, and what the inbound cell reads from headers, where they do not say it yet. */
function toHeaders(event: StreamRecord): KafkaRecord["headers"] {
  const { contentType, correlationId, subject, replyTo } = event;
  const said = new Map(event.headers.map(([name, value]) => [name, Buffer.from(value).toString()]));
  const added = new Map<string, string>();
  const facts = { "content-type": contentType, correlationId, subject, replyTo };
  for (const [name, value] of [...Object.entries(event.attributes), ...Object.entries(facts)]) {
    if (value === undefined || said.get(name) === value) continue;
    if (said.has(name)) throw fields.refuse(name, "an attribute or a header of that name says something else");
    said.set(name, value);
    added.set(name, value);
  }
  for (const [name, value] of added) for (const text of [name, value]) fields.text(`header ${name}`, text);
  const all = [...event.headers, ...[...added].map(([name, value]) => [name, Buffer.from(value)] as const)];
  return all.map(([Key, value]) => ({ Key, Value: Buffer.from(value).toString("base64") }));
}

function toFacts({ topic, partition, offset, timestamp, key, headers }: KafkaRecord): Record<string, Fact> {
  return {
    Topic: { text: topic },
    Partition: { json: partition },
    Offset: { long: offset },
    Timestamp: { json: timestamp },
    Key: { text: key },
    Headers: { json: headers },
  };
}

function toInput(
  value: Uint8Array | null,
  record: KafkaRecord,
  form: PayloadForm,
  isMany: boolean,
): HostValue | undefined {
  if (form.dataType !== "binary") {
    const { topic: Topic, partition: Partition, timestamp: Timestamp, key: Key, headers: Headers } = record;
    const Value = value === null ? null : fields.utf8(value);
    return host.text(
      JSON.stringify({ Offset: Number(record.offset), Partition, Topic, Timestamp, Value, Key, Headers }),
    );
  }
  if (value !== null) return host.bytes(value);
  if (isMany) throw fields.refuse("tombstone", "the host leaves records without a value out of a batch of bytes");
  return undefined;
}
