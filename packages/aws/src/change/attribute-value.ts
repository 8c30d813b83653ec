import type { ChangeItem, ChangeValue } from "@portico/core";
import { HandlerError } from "@portico/core";
import { describe, toExactNumber } from "@portico/core/adapter";
import { fromBase64 } from "../http/values.js";

/**
 * A value as DynamoDB writes it: an object with one key, which is its type.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
type AttributeValue = Readonly<Record<string, unknown>>;

/** An item, or a map within one. No prototype: its keys are a user's. */
export function toItem(attributes: unknown): ChangeItem {
  if (typeof attributes !== "object" || attributes === null || Array.isArray(attributes)) throw wrong(attributes);
  const item: Record<string, ChangeValue> = Object.create(null);
  for (const [name, value] of Object.entries(attributes)) item[name] = toValue(value);
  return item;
}

/** @throws {HandlerError} EVENT_MALFORMED when it is of no type that DynamoDB has. */
function toValue(value: unknown): ChangeValue {
  if (typeof value !== "object" || value === null) throw wrong(value);
  const [entry, ...more] = Object.entries(value as AttributeValue);
  if (!entry || more.length > 0) throw wrong(value);
  const [type, content] = entry;
  switch (type) {
    case "S":
      return toText(content);
    case "N":
      return toNumber(content);
    case "B":
      return fromBase64(toText(content));
    case "BOOL":
      if (typeof content !== "boolean") throw wrong(content);
      return content;
    case "NULL":
      return null;
    case "M":
      return toItem(content);
    case "L":
      return toList(content, toValue);
    case "SS":
      return toList(content, toText);
    case "NS":
      return toList(content, toNumber);
    case "BS":
      return toList(content, (one) => fromBase64(toText(one)));
    default:
      throw wrong(value);
  }
}

function toText(content: unknown): string {
  if (typeof content !== "string") throw wrong(content);
  return content;
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** DynamoDB keeps 38 digits, and sends them as text. */
function toNumber(content: unknown): ChangeValue {
  if (!number.test(toText(content))) throw wrong(content);
  return toExactNumber(content as string);
}

function toList(content: unknown, convert: (one: unknown) => ChangeValue): readonly ChangeValue[] {
  if (!Array.isArray(content)) throw wrong(content);
  return content.map(convert);
}

function wrong(value: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `A DynamoDB attribute is ${describe(value)}, which is none of its types.`);
}
