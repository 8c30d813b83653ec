import type { ChangeItem, ChangeValue } from "@portico/core";
import { parseTimestamp, unencodable } from "@portico/core/adapter";
import type { FirestoreValue } from "../../change/document.js";

const carrier = "A Firestore document";
// What Firestore allows. @see https://firebase.google.com/docs/firestore/quotas
const limits = { depth: 20, name: 1500 };

type Fields = Readonly<Record<string, FirestoreValue>>;

/**
 * An item as the fields of a document, in Firestore's own JSON form.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when Firestore has no such value.
 */
export function toFields(item: ChangeItem, path: string, depth = 0): Fields {
  if (depth > limits.depth) throw unencodable(carrier, path, `it is nested deeper than ${limits.depth} levels`);
  const fields: Record<string, FirestoreValue> = Object.create(null);
  for (const [name, value] of Object.entries(item)) {
    const field = `${path}.${name}`;
    if (name === "" || !name.isWellFormed() || Buffer.byteLength(name) > limits.name || /^__.*__$/s.test(name)) {
      throw unencodable(carrier, field, "its name is none that a field can have");
    }
    fields[name] = toValue(value, field, depth + 1);
  }
  return fields;
}

function toValue(value: ChangeValue, path: string, depth: number): FirestoreValue {
  switch (typeof value) {
    case "boolean":
      return { booleanValue: value };
    case "number":
      return toNumber(value);
    case "bigint":
      if (BigInt.asIntN(64, value) === value) return { integerValue: String(value) };
      throw unencodable(carrier, path, "it is an integer of more than 64 bits");
    case "string":
      if (value.isWellFormed()) return { stringValue: value };
      throw unencodable(carrier, path, "it is no valid Unicode text");
    default:
      return value === null ? { nullValue: null } : toCompound(value, path, depth);
  }
}

function toNumber(value: number): FirestoreValue {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { integerValue: String(value) };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

function toCompound(
  value: Exclude<ChangeValue, string | number | bigint | boolean | null>,
  path: string,
  depth: number,
) {
  if (value instanceof Date) return { timestampValue: toTime(value, path) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return { arrayValue: toList(value, path, depth) };
  if (typeof (value as { readonly toNumber?: unknown }).toNumber === "function") {
    throw unencodable(carrier, path, "it is a decimal number of more digits than a double holds");
  }
  const fields = toFields(value as ChangeItem, path, depth);
  return { mapValue: Object.keys(fields).length > 0 ? { fields } : {} };
}

function toList(list: readonly ChangeValue[], path: string, depth: number) {
  const values = list.map((one, index) => {
    if (Array.isArray(one)) throw unencodable(carrier, `${path}[${index}]`, "it is a list directly within a list");
    return toValue(one, `${path}[${index}]`, depth);
  });
  return values.length > 0 ? { values } : {};
}

/** Every digit of it: Google's own times have nine. */
function toTime(date: Date, path: string): string {
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (!parseTimestamp(text) || /^0000/.test(text)) {
    throw unencodable(carrier, path, "it is no time of the years 1 to 9999");
  }
  return text.replace(/\.0+Z$/, "Z");
}
