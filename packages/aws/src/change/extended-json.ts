import type { ChangeItem, ChangeValue } from "@portico/core";
import { Decimal, HandlerError } from "@portico/core";
import { describe, toExactNumber } from "@portico/core/adapter";
import { fromBase64 } from "../http/values.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * A document in MongoDB's extended JSON, canonical or relaxed, as plain data: ids are text, dates are dates, numbers exact. What has no
 * plain form (a regular expression, a timestamp) stays the map that it is.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
 */
export function toDocument(value: unknown): ChangeItem {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("a document", value);
  return toMap(value as Json);
}

function toMap(value: Json): ChangeItem {
  const map: Record<string, ChangeValue> = Object.create(null);
  for (const [name, content] of Object.entries(value)) map[name] = toPlain(content);
  return map;
}

function toPlain(value: unknown): ChangeValue {
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== "object" || value === null) return value as ChangeValue;
  const names = Object.keys(value);
  const name = names[0] ?? "";
  if (name.startsWith("$") && names.length === 1) {
    const read = readers[name];
    if (read) return read((value as Json)[name]);
  }
  // The older form of binary data has its type beside it.
  if (names.length === 2 && Object.hasOwn(value, "$binary") && Object.hasOwn(value, "$type")) {
    return toBinary((value as Json).$binary);
  }
  return toMap(value as Json);
}

const readers: Readonly<Record<string, ((content: unknown) => ChangeValue) | undefined>> = Object.assign(
  Object.create(null),
  {
    $oid: toText,
    $symbol: toText,
    $uuid: toText,
    $numberInt: toNumber,
    $numberLong: toNumber,
    $numberDouble: (content: unknown) => Number(toText(content)),
    $numberDecimal: (content: unknown) => {
      const text = toText(content);
      return number.test(text) ? toExactNumber(text) : new Decimal(text);
    },
    $date: toDate,
    $binary: toBinary,
  },
);

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function toText(content: unknown): string {
  if (typeof content !== "string") throw wrong("a text", content);
  return content;
}

function toNumber(content: unknown): ChangeValue {
  const text = String(content);
  if (!number.test(text)) throw wrong("a number", content);
  return toExactNumber(text);
}

/** ISO 8601, or milliseconds in any of the forms that a number has. */
function toDate(content: unknown): Date {
  const given = typeof content === "string" ? content : Number(toPlain(content));
  const date = new Date(given);
  if (Number.isNaN(date.getTime())) throw wrong("a date", content);
  return date;
}

function toBinary(content: unknown): ChangeValue {
  const text = typeof content === "string" ? content : (content as Json | null)?.base64;
  return fromBase64(toText(text));
}

function wrong(expected: string, value: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `A change of DocumentDB has ${describe(value)} for ${expected}.`);
}
