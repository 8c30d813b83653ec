import type { ChangeItem, ChangeValue } from "@portico/core";
import { describe } from "@portico/core/adapter";
import type { Fields } from "./fields.js";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * A database item as JSON.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it holds what no JSON can say, by the name of the attribute.
 */
export function toDocument(item: ChangeItem, fields: Fields): { [name: string]: Json } {
  return toObject(item, "", fields);
}

function toObject(item: ChangeItem, at: string, fields: Fields): { [name: string]: Json } {
  const entries = Object.entries(item).map(([name, value]): [string, Json] => {
    const path = at === "" ? name : `${at}.${name}`;
    if (!name.isWellFormed()) throw fields.refuse(path, "its name has half a surrogate pair");
    return [name, toJson(value, path, fields)];
  });
  return Object.fromEntries(entries);
}

/**
 * A value as JSON; `at` names it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when no JSON can say it.
 */
export function toJson(value: ChangeValue, at: string, fields: Fields): Json {
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw fields.refuse(at, "it has half a surrogate pair");
    return value;
  }
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) return value;
  if (Array.isArray(value)) return value.map((item: ChangeValue, index) => toJson(item, `${at}[${index}]`, fields));
  // A map has no prototype, or that of an object that was written out.
  const prototype = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (prototype === null || prototype === Object.prototype) return toObject(value as ChangeItem, at, fields);
  throw fields.refuse(at, `JSON has no such value: ${nameOf(value)}`);
}

function nameOf(value: ChangeValue): string {
  return typeof value === "object" && value !== null ? (value.constructor?.name ?? "an object") : describe(value);
}
