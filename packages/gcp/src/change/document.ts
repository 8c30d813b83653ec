import { expectBytes, readFields, toDouble, toInt64, toText, type WireValue } from "./protobuf.js";

/**
 * A Firestore value in its own JSON form: an object with one member, which is its type.
 *
 * @see https://cloud.google.com/firestore/docs/reference/rest/Shared.Types/ArrayValue#Value
 */
export type FirestoreValue = Readonly<Record<string, unknown>>;

/** A document in its own JSON form. Times are RFC 3339 with up to nine digits. */
export interface FirestoreDocument {
  readonly name?: string | undefined;
  readonly fields?: Readonly<Record<string, FirestoreValue>> | undefined;
  readonly createTime?: string | undefined;
  readonly updateTime?: string | undefined;
}

/**
 * What a Firestore event says, in its own JSON form.
 *
 * @see https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto
 */
export interface DocumentEventData {
  readonly value?: FirestoreDocument | undefined;
  readonly oldValue?: FirestoreDocument | undefined;
  readonly updateMask?: { readonly fieldPaths?: readonly string[] } | undefined;
}

// Deeper than Firestore itself allows, which is 20, and less than the stack holds.
const deepest = 100;

/**
 * The protobuf form of a document event in its JSON form. Fields that are not known are skipped; objects have no prototype.
 *
 * @throws {HandlerError} EVENT_MALFORMED when it is no such message.
 */
export function readDocumentEvent(bytes: Uint8Array): DocumentEventData {
  const data: Record<string, unknown> = {};
  for (const [field, value] of readFields(bytes)) {
    if (field === 1) data.value = readDocument(expectBytes(value));
    else if (field === 2) data.oldValue = readDocument(expectBytes(value));
    else if (field === 3) data.updateMask = readMask(expectBytes(value));
  }
  return data;
}

function readDocument(bytes: Uint8Array): FirestoreDocument {
  const document: Record<string, unknown> = {};
  for (const [field, value] of readFields(bytes)) {
    if (field === 1) document.name = toText(value);
    else if (field === 2) document.fields = readEntry(expectBytes(value), document.fields as Fields | undefined, 0);
    else if (field === 3) document.createTime = readTimestamp(expectBytes(value));
    else if (field === 4) document.updateTime = readTimestamp(expectBytes(value));
  }
  return document;
}

function readMask(bytes: Uint8Array): { fieldPaths?: string[] } {
  const fieldPaths = Array.from(readFields(bytes)).flatMap(([field, value]) => (field === 1 ? [toText(value)] : []));
  return fieldPaths.length > 0 ? { fieldPaths } : {};
}

type Fields = Record<string, FirestoreValue>;

/** Adds one entry to a map; of the same key the last one counts. */
function readEntry(bytes: Uint8Array, fields: Fields = Object.create(null), depth: number): Fields {
  let key = "";
  let value: FirestoreValue = {};
  for (const [field, part] of readFields(bytes)) {
    if (field === 1) key = toText(part);
    else if (field === 2) value = readValue(expectBytes(part), depth);
  }
  fields[key] = value;
  return fields;
}

/** Of several members of the union the last one counts. */
function readValue(bytes: Uint8Array, depth: number): FirestoreValue {
  let value: FirestoreValue = {};
  for (const [field, content] of readFields(bytes)) value = readMember(field, content, depth + 1) ?? value;
  return value;
}

function readMember(field: number, content: WireValue, depth: number): FirestoreValue | undefined {
  switch (field) {
    case 1:
      return { booleanValue: content !== 0n };
    case 2:
      return { integerValue: String(toInt64(content)) };
    case 3:
      return { doubleValue: toJsonNumber(toDouble(content)) };
    case 5:
      return { referenceValue: toText(content) };
    case 6:
      return { mapValue: readMap(expectBytes(content), checked(depth)) };
    case 8:
      return { geoPointValue: readGeoPoint(expectBytes(content)) };
    case 9:
      return { arrayValue: readArray(expectBytes(content), checked(depth)) };
    case 10:
      return { timestampValue: readTimestamp(expectBytes(content)) };
    case 11:
      return { nullValue: null };
    case 17:
      return { stringValue: toText(content) };
    case 18:
      return { bytesValue: Buffer.from(expectBytes(content)).toString("base64") };
    default:
      return undefined;
  }
}

function checked(depth: number): number {
  if (depth > deepest) throw new RangeError("nested too deeply");
  return depth;
}

function readMap(bytes: Uint8Array, depth: number): { fields?: Fields } {
  let fields: Fields | undefined;
  for (const [field, value] of readFields(bytes))
    if (field === 1) fields = readEntry(expectBytes(value), fields, depth);
  return fields ? { fields } : {};
}

function readArray(bytes: Uint8Array, depth: number): { values?: FirestoreValue[] } {
  const values = Array.from(readFields(bytes)).flatMap(([field, value]) =>
    field === 1 ? [readValue(expectBytes(value), depth)] : [],
  );
  return values.length > 0 ? { values } : {};
}

function readGeoPoint(bytes: Uint8Array): { latitude: number; longitude: number } {
  const point = { latitude: 0, longitude: 0 };
  for (const [field, value] of readFields(bytes)) {
    if (field === 1) point.latitude = toDouble(value);
    else if (field === 2) point.longitude = toDouble(value);
  }
  return point;
}

/** Seconds from 1970, before it too, and nanoseconds that always count forward. */
function readTimestamp(bytes: Uint8Array): string {
  let seconds = 0n;
  let nanos = 0n;
  for (const [field, value] of readFields(bytes)) {
    if (field === 1) seconds = toInt64(value);
    else if (field === 2) nanos = toInt64(value);
  }
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime()) || nanos < 0n || nanos > 999_999_999n) throw new RangeError("no time");
  const digits = String(nanos).padStart(9, "0");
  // Three, six or nine of them, as protobuf's JSON has it.
  const fraction = digits.replace(/(?:000)+$/, "");
  return date.toISOString().replace(/\.\d+Z$/, fraction === "" ? "Z" : `.${fraction}Z`);
}

/** JSON has no word for these. */
function toJsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
