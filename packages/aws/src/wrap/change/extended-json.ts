import type { ChangeItem, ChangeValue } from "@portico/core";
import { isDecimal, unencodable } from "@portico/core/adapter";
import { requireWellFormed, toBase64 } from "../text.js";

const carrier = "DocumentDB";
const deepest = 100;

/**
 * A document in MongoDB's extended JSON.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when a value is of no type that DocumentDB has.
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
 */
export function fromDocument(item: ChangeItem, field: string, depth = 0): Record<string, unknown> {
  if (depth > deepest) throw unencodable(carrier, field, `it is nested more than ${deepest} levels deep`);
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      // `$date` and its like would be read as what they name.
      if (name.startsWith("$") || name.includes("\0"))
        throw unencodable(carrier, field, `${JSON.stringify(name)} is no name of a field`);
      const place = `${field}.${requireWellFormed(carrier, field, name)}`;
      return [name, fromValue(value, place, depth + 1)] as const;
    }),
  );
}

function fromValue(value: ChangeValue, field: string, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return requireWellFormed(carrier, field, value);
    case "number":
      return fromNumber(value);
    case "bigint":
      return fromBigint(value, field);
    case "boolean":
      return value;
    case "object":
      return fromObject(value, field, depth);
    default:
      throw unencodable(carrier, field, `a ${typeof value} is none of its types`);
  }
}

function fromNumber(value: number): unknown {
  if (Object.is(value, -0)) return { $numberDouble: "-0.0" };
  return Number.isFinite(value) ? value : { $numberDouble: String(value) };
}

function fromBigint(value: bigint, field: string): unknown {
  if (BigInt.asIntN(64, value) === value) return { $numberLong: String(value) };
  return { $numberDecimal: requireDigits(String(value), field) };
}

function fromObject(
  value: Exclude<ChangeValue, string | number | bigint | boolean>,
  field: string,
  depth: number,
): unknown {
  if (value === null) return null;
  if (value instanceof Uint8Array) return { $binary: { base64: toBase64(value), subType: "00" } };
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw unencodable(carrier, field, "it is an invalid date");
    return { $date: { $numberLong: String(value.getTime()) } };
  }
  if (isDecimal(value)) return { $numberDecimal: requireDigits(value.text, field) };
  if (Array.isArray(value)) {
    if (depth > deepest) throw unencodable(carrier, field, `it is nested more than ${deepest} levels deep`);
    return value.map((one: ChangeValue, index) => fromValue(one, `${field}[${index}]`, depth + 1));
  }
  return fromDocument(value as ChangeItem, field, depth);
}

/** Decimal128 has 34 digits. */
function requireDigits(text: string, field: string): string {
  const digits = text
    .replace(/e.*$/i, "")
    .replace(/\D/g, "")
    .replace(/^0+|0+$/g, "");
  if (digits.length > 34) throw unencodable(carrier, field, "it has more than 34 digits");
  return text;
}
