import { Decimal } from "../decimal.js";
import { fromBase64, toBase64 } from "./base64.js";

/**
 * A value as plain JSON that {@link fromExact} turns back without loss: what JSON has no word for becomes an object with one tag, and
 * objects whose keys could be taken for tags or could set a prototype become `{ "$map": [[key, value], ...] }`. Members that are undefined
 * are left out.
 */
export function toExact(value: unknown): unknown {
  switch (typeof value) {
    case "bigint":
      return { $bigint: String(value) };
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "object":
      return value === null ? null : toExactObject(value);
    default:
      return value;
  }
}

function toExactObject(value: object): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toExact(item)));
  if (isDecimal(value)) return { $decimal: value.text };
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const exact = members.map(([key, member]): [string, unknown] => [key, toExact(member)]);
  return members.some(([key]) => special.test(key)) ? { $map: exact } : Object.fromEntries(exact);
}

const special = /^(?:\$.*|__proto__|constructor|prototype)$/s;

/** Tells a Decimal by its shape too, because two copies of this package may be bundled into one function. */
export function isDecimal(value: object): value is Decimal {
  if (value instanceof Decimal) return true;
  const shape = isRecord(value) ? undefined : (value as Partial<Decimal>);
  return typeof shape?.text === "string" && typeof shape.toNumber === "function";
}

/** The value that {@link toExact} was given. Objects have no prototype; one that is tagged as nothing here writes stays as it is. */
export function fromExact(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromExact);
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [tag, inner] = entries[0] as [string, unknown];
    const untagged = fromTag(tag, inner);
    if (untagged !== undefined) return untagged;
  }
  return toRecord(entries);
}

function toRecord(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null);
  for (const [key, member] of entries) record[key] = fromExact(member);
  return record;
}

function fromTag(tag: string, inner: unknown): unknown {
  if (tag === "$map") return isEntries(inner) ? toRecord(inner) : undefined;
  if (tag === "$date" && inner === null) return new Date(Number.NaN);
  if (typeof inner !== "string") return undefined;
  switch (tag) {
    case "$bigint":
      return /^-?\d+$/.test(inner) ? BigInt(inner) : undefined;
    case "$decimal":
      return new Decimal(inner);
    case "$number":
      return Number(inner);
    case "$bytes":
      return fromBase64(inner);
    case "$date":
      return new Date(inner);
    default:
      return undefined;
  }
}

function isEntries(value: unknown): value is [string, unknown][] {
  return Array.isArray(value) && value.every((entry) => Array.isArray(entry) && typeof entry[0] === "string");
}

/** Whether JSON alone carries a value without loss. */
export function isPlainJson(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(isPlainJson);
      return isRecord(value) && Object.values(value).every(isPlainJson);
    default:
      return false;
  }
}

function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
