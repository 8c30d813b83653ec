import { type ChangeItem, type ChangeValue, HandlerError } from "@portico/core";
import { describe, toExactNumber } from "@portico/core/adapter";
import type { FirestoreValue } from "./document.js";
import { toTimestamp } from "./timestamp.js";

/**
 * The fields of a document, or of a map within one, as plain data without a prototype.
 *
 * @throws {HandlerError} EVENT_MALFORMED when a value is of no type that Firestore has.
 */
export function toItem(fields: unknown): ChangeItem {
  const item: Record<string, ChangeValue> = Object.create(null);
  if (fields === undefined || fields === null) return item;
  if (typeof fields !== "object" || Array.isArray(fields)) throw wrong(fields);
  for (const [name, value] of Object.entries(fields)) item[name] = toValue(value);
  return item;
}

function toValue(value: unknown): ChangeValue {
  if (typeof value !== "object" || value === null) throw wrong(value);
  const [entry, ...more] = Object.entries(value as FirestoreValue);
  if (!entry || more.length > 0) throw wrong(value);
  const [type, content] = entry;
  switch (type) {
    case "nullValue":
      return null;
    case "booleanValue":
      return expectType(content, "boolean");
    case "stringValue":
      return expectType(content, "string");
    case "integerValue":
      return toInteger(content);
    case "doubleValue":
      return toDouble(content);
    case "timestampValue":
      return toTimestamp(expectType(content, "string")) ?? fail(content);
    case "bytesValue":
      return new Uint8Array(Buffer.from(expectType(content, "string"), "base64"));
    // The whole name of a document: projects/P/databases/D/documents/PATH.
    case "referenceValue":
      return expectType(content, "string");
    case "geoPointValue":
      return toGeoPoint(content);
    case "arrayValue":
      return toList(content);
    case "mapValue":
      return toItem(memberOf(content, "fields"));
    default:
      throw wrong(value);
  }
}

interface Types {
  readonly boolean: boolean;
  readonly string: string;
}

function expectType<T extends keyof Types>(content: unknown, type: T): Types[T] {
  if (typeof content !== type) throw wrong(content);
  return content as Types[T];
}

/** Text, so that no digit is lost; a JSON number where somebody wrote one. */
function toInteger(content: unknown): ChangeValue {
  if (typeof content === "number" && Number.isSafeInteger(content)) return content;
  return /^-?\d+$/.test(expectType(content, "string")) ? toExactNumber(content as string) : fail(content);
}

function toDouble(content: unknown): number {
  if (typeof content === "number") return content;
  return ["NaN", "Infinity", "-Infinity"].includes(String(content)) ? Number(content) : fail(content);
}

function toGeoPoint(content: unknown): ChangeItem {
  // Zero is left out.
  const point = { latitude: memberOf(content, "latitude") ?? 0, longitude: memberOf(content, "longitude") ?? 0 };
  return Object.assign(Object.create(null), {
    latitude: toDouble(point.latitude),
    longitude: toDouble(point.longitude),
  });
}

function toList(content: unknown): readonly ChangeValue[] {
  const values = memberOf(content, "values") ?? [];
  if (!Array.isArray(values)) throw wrong(values);
  return values.map(toValue);
}

function memberOf(content: unknown, name: string): unknown {
  if (typeof content !== "object" || content === null) throw wrong(content);
  return Object.hasOwn(content, name) ? (content as Record<string, unknown>)[name] : undefined;
}

function fail(content: unknown): never {
  throw wrong(content);
}

function wrong(value: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `A Firestore value is ${describe(value)}, which is none of its types.`);
}
