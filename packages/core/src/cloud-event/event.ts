import { LazyCloudEvent } from "../kinds/cloud-event.js";
import type { CloudEvent } from "../kinds/event.js";
import { toBytes } from "../payload.js";
import { toBase64 } from "./base64.js";
import { read, readMeta } from "./carried.js";
import { type CloudEventAttribute, type CloudEventV1, coreNames } from "./cloud-event-v1.js";
import { canCarry, Envelope, metaName } from "./envelope.js";
import { fromExact } from "./exact.js";
import { isAttributeRecord, isBody, isBoolean, isBytes, isText } from "./guards.js";
import { decodeText, isJsonType } from "./media-type.js";
import { type CloudEventData, isAbsoluteUri, type ParsedCloudEvent } from "./parsed.js";
import type { DataMembers } from "./payload-data.js";
import { parseTimestamp } from "./timestamp.js";

/** A neutral CloudEvent as it came: its own attributes and data. */
export async function fromEvent(event: CloudEvent): Promise<CloudEventV1> {
  const envelope = new Envelope(event, event.type);
  carryWhere(envelope, "time", "timestamp" in event ? event.timestamp : event.time.toISOString(), parseTimestamp);
  carryWhere(envelope, "dataschema", event.dataschema, isAbsoluteUri);
  envelope.carry("subject", event.subject);
  envelope.carry("datacontenttype", event.datacontenttype);
  const rest: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(event.extensions)) {
    if (/^[a-z\d]+$/.test(name) && !coreNames.has(name) && name !== metaName && canCarry(value))
      envelope.carry(name, value);
    else rest[name] = value;
  }
  if (Object.keys(rest).length > 0) envelope.keep("extensions", rest);
  return envelope.close(await toData(envelope, event));
}

function carryWhere(envelope: Envelope, name: string, text: string | undefined, is: (text: string) => unknown): void {
  if (text !== undefined && !is(text)) envelope.keep(name, text);
  else envelope.carry(name, text);
}

async function toData(envelope: Envelope, event: CloudEvent): Promise<DataMembers> {
  const data = await readData(event);
  if (data === undefined) return {};
  if (isBytes(data)) return { data_base64: toBase64(data) };
  const { datacontenttype } = event;
  const isText = typeof data === "string" && canCarry(datacontenttype) && !isJsonType(datacontenttype);
  const [bytes, value] = [await event.bytes(), envelope.value(data)];
  // JSON that was a body of its own may be spaced otherwise, text may be of another character set.
  if (!isSame(toBytes(isText ? data : JSON.stringify(value)), bytes)) envelope.keep("body", decodeText(bytes) ?? bytes);
  return { data: value };
}

async function readData(event: CloudEvent): Promise<unknown> {
  try {
    return event.data;
  } catch {
    // JSON with keys that a reader may not have; carried, it still may not.
    return JSON.parse(await event.text());
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** A parsed CloudEvent as the neutral one, with what an envelope of ours put aside. */
export function toEvent(parsed: ParsedCloudEvent, native: unknown): CloudEvent {
  const meta = readMeta(parsed.extensions[metaName]);
  return new LazyCloudEvent(meta ? restore(parsed, meta) : parsed, native);
}

function restore(parsed: ParsedCloudEvent, meta: Readonly<Record<string, unknown>>): ParsedCloudEvent {
  const { [metaName]: _, ...sent } = parsed.extensions;
  const extensions: Record<string, CloudEventAttribute> = Object.assign(Object.create(null), sent);
  const kept = read(meta, "extensions", isAttributeRecord) ?? {};
  for (const name of Object.keys(kept)) extensions[name] = kept[name] as CloudEventAttribute;
  return {
    id: read(meta, "id", isText) ?? parsed.id,
    source: read(meta, "source", isText) ?? parsed.source,
    type: read(meta, "type", isText) ?? parsed.type,
    subject: read(meta, "subject", isText) ?? parsed.subject,
    time: read(meta, "time", isText) ?? parsed.time,
    dataschema: read(meta, "dataschema", isText) ?? parsed.dataschema,
    datacontenttype: read(meta, "datacontenttype", isText) ?? parsed.datacontenttype,
    extensions,
    data: restoreData(parsed.data, meta),
  };
}

function restoreData(data: CloudEventData, meta: Readonly<Record<string, unknown>>): CloudEventData {
  const body = read(meta, "body", isBody);
  const exact = body === undefined ? {} : { bytes: toBytes(body) };
  if (data.kind === "text") return { ...data, ...exact };
  if (data.kind !== "json") return data;
  return { ...data, ...exact, ...(read(meta, "tagged", isBoolean) && { value: fromExact(data.value) }) };
}
