import type { ChangeItem, ChangeValue } from "@portico/core";
import { isDecimal, unencodable } from "@portico/core/adapter";
import { requireWellFormed, toBase64 } from "../text.js";

/** A value as DynamoDB writes it: an object with one key, which is its type. Sets are not made: a list tells no set. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { L: AttributeValue[] }
  | { M: Record<string, AttributeValue> };

const carrier = "DynamoDB";
const deepest = 32;

/** @throws {HandlerError} EVENT_UNENCODABLE when a value is of no type that DynamoDB has. */
export function toAttributes(item: ChangeItem, field: string, depth = 0): Record<string, AttributeValue> {
  if (depth > deepest) throw unencodable(carrier, field, `it is nested more than ${deepest} levels deep`);
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (name === "") throw unencodable(carrier, field, "an attribute has no name");
      const place = `${field}.${requireWellFormed(carrier, field, name)}`;
      return [name, toAttribute(value, place, depth + 1)] as const;
    }),
  );
}

function toAttribute(value: ChangeValue, field: string, depth: number): AttributeValue {
  switch (typeof value) {
    case "string":
      return { S: requireWellFormed(carrier, field, value) };
    case "number":
      return { N: requireNumber(field, toDigits(value)) };
    case "bigint":
      return { N: requireNumber(field, String(value)) };
    case "boolean":
      return { BOOL: value };
    case "object":
      return toObject(value, field, depth);
    default:
      throw unencodable(carrier, field, `a ${typeof value} is none of its types`);
  }
}

function toObject(
  value: Exclude<ChangeValue, string | number | bigint | boolean>,
  field: string,
  depth: number,
): AttributeValue {
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: toBase64(value) };
  if (value instanceof Date) {
    throw unencodable(
      carrier,
      field,
      "it is a date, which DynamoDB has no type for",
      "Store dates as text or numbers.",
    );
  }
  if (isDecimal(value)) return { N: requireNumber(field, value.text) };
  if (Array.isArray(value)) {
    if (depth > deepest) throw unencodable(carrier, field, `it is nested more than ${deepest} levels deep`);
    return { L: value.map((one: ChangeValue, index) => toAttribute(one, `${field}[${index}]`, depth + 1)) };
  }
  return { M: toAttributes(value as ChangeItem, field, depth) };
}

/** Integers that no safe number holds keep their exponent: as plain digits they would be taken for exact. */
function toDigits(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

/** Up to 38 digits, from 1E-130 to 9.99E+125. */
function requireNumber(field: string, text: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole + fraction === "") throw unencodable(carrier, field, `${text} is no number there`);
  const leading = (whole + fraction).replace(/^0+/, "");
  const digits = leading.replace(/0+$/, "");
  if (digits.length > 38) throw unencodable(carrier, field, "it has more than 38 digits");
  const magnitude = leading.length - fraction.length + Number(exponent) - 1;
  if (digits !== "" && (magnitude > 125 || magnitude < -130))
    throw unencodable(carrier, field, "it is out of the bounds of its numbers");
  return text;
}
