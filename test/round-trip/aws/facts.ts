import {
  type ChangeEvent,
  type ChangeItem,
  type ChangeValue,
  type CloudEvent,
  Decimal,
  type Message,
  type ObjectEvent,
  type QueueMessage,
  type StreamRecord,
  type TopicMessage,
} from "@portico/core";
import { toExactNumber } from "@portico/core/adapter";

/** What an event says, as plain values that can be compared. */
export type Facts = Record<string, unknown>;

async function messageFacts(message: Message): Promise<Facts> {
  const { id, source, contentType, correlationId, subject, replyTo, attempt } = message;
  return {
    id,
    source,
    time: message.time.getTime(),
    body: Buffer.from(await message.bytes()).toString("hex"),
    attributes: sorted(message.attributes),
    contentType,
    correlationId,
    subject,
    replyTo,
    attempt,
  };
}

export async function groupedFacts(message: QueueMessage | TopicMessage): Promise<Facts> {
  return { ...(await messageFacts(message)), groupId: message.groupId, sequence: message.sequence };
}

export async function streamFacts(record: StreamRecord): Promise<Facts> {
  const { partition, partitionKey, sequence, tombstone } = record;
  const headers = record.headers.map(([name, value]) => [name, hex(value)]);
  const key = record.key && hex(record.key);
  return { ...(await messageFacts(record)), partition, partitionKey, sequence, tombstone, headers, key };
}

export function objectFacts(event: ObjectEvent): Facts {
  const { id, source, bucket, key, action, permanent, size, etag, version, sequence, contentType } = event;
  const time = event.time.getTime();
  return { id, source, time, bucket, key, action, permanent, size, etag, version, sequence, contentType };
}

export function changeFacts(event: ChangeEvent): Facts {
  const { id, source, table, action, expired, partition, sequence } = event;
  const items = { key: plain(event.key), before: maybePlain(event.before), after: maybePlain(event.after) };
  return { id, source, time: event.time.getTime(), table, action, expired, partition, sequence, ...items };
}

export function eventFacts(event: CloudEvent): Facts {
  const { id, source, type, subject, datacontenttype, dataschema, timestamp } = event;
  // Where it was not told, it is that of arrival, each time another.
  const time = timestamp ?? ("timestamp" in event ? undefined : event.time.toISOString());
  const extensions = sorted(event.extensions);
  return { id, source, type, subject, time, datacontenttype, dataschema, extensions, data: readData(event) };
}

/** Data with a key that would set a prototype is handed out by no event. */
function readData(event: CloudEvent): unknown {
  try {
    return event.data instanceof Uint8Array ? hex(event.data) : JSON.stringify(event.data);
  } catch (error) {
    return String(error);
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export function sorted(map: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(map).sort(([one], [two]) => (one < two ? -1 : 1));
}

const maybePlain = (item: ChangeItem | undefined): unknown => item && plain(item);

/** A database value with its numbers in the one form that is theirs, and its maps as entries. */
function plain(value: ChangeValue): unknown {
  if (typeof value === "number" || typeof value === "bigint") return number(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof Decimal) {
    const exact = Number.isFinite(value.toNumber()) ? toExactNumber(value.text) : value;
    return exact instanceof Decimal ? { decimal: exact.text } : number(exact);
  }
  if (Array.isArray(value)) return value.map(plain);
  return Object.entries(value).map(([name, member]) => [name, plain(member)]);
}

function number(value: number | bigint): unknown {
  const exact = typeof value === "bigint" ? toExactNumber(String(value)) : value === 0 ? 0 : value;
  return typeof exact === "bigint" ? { integer: String(exact) } : exact;
}
