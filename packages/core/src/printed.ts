import { toShownRecord } from "./redact.js";

/** The name of the method that `console.log` and Node's `util.inspect` ask, without an import of Node's. */
const inspect = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");

// In the order in which they are shown. Neither payloads and items, which are the business's own, nor the native event is among them.
const facts = /* @__PURE__ */ [
  ["kind", "id", "source", "time", "type", "subject", "method", "path", "clientIp"],
  [
    "table",
    "bucket",
    "key",
    "action",
    "permanent",
    "expired",
    "size",
    "etag",
    "version",
    "datacontenttype",
    "dataschema",
  ],
  ["contentType", "correlationId", "replyTo", "attempt", "groupId", "partition", "partitionKey", "sequence"],
  ["tombstone", "scheduledTime", "late"],
].flat();

/** An event of any kind as it is shown: small, and without credentials. Never throws. */
export function showEvent(event: object): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const name of facts) {
    const value = read(event, name);
    // The key of a changed item may hold numbers that JSON does not know.
    if (value !== undefined && value !== null) shown[name] = isRecord(value) ? showRecord(value) : value;
  }
  for (const name of ["params", "query", "headers", "attributes", "extensions"]) {
    const value = read(event, name);
    if (!isRecord(value)) continue;
    const record = showRecord(value);
    if (Object.keys(record).length > 0) shown[name] = record;
  }
  return shown;
}

/** A context as it is shown. Of what middleware added there are the names: the values may be clients and secrets. Never throws. */
export function showContext(context: object): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const name of ["id", "functionName", "platform", "region", "deadline", "trace", "coldStart"]) {
    const value = read(context, name);
    if (value !== undefined) shown[name] = value;
  }
  const additions = Object.keys(context).filter((name) => !name.startsWith("~") && !(name in shown));
  return additions.length > 0 ? { ...shown, additions } : shown;
}

function read(of: object, name: string): unknown {
  try {
    return (of as Record<string, unknown>)[name];
  } catch {
    // What a malformed request or message cannot say of itself.
    return "[unreadable]";
  }
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

function showRecord(value: object): Record<string, string> {
  try {
    return toShownRecord(Symbol.iterator in value ? (value as Entries) : Object.entries(value));
  } catch {
    return {};
  }
}

type Entries = Iterable<readonly [name: string, value: unknown]>;

/** What shows itself to `console.log` as it does in JSON. */
export abstract class Shown {
  abstract toJSON(): Record<string, unknown>;
}

/**
 * The one class with a computed name, made by a call that bundlers may leave out: a class that has one itself stays in every bundle, with
 * all that it uses.
 */
export const Printed: abstract new () => Shown = /* @__PURE__ */ createPrinted();

function createPrinted(): abstract new () => Shown {
  abstract class Printed extends Shown {
    [inspect](): Record<string, unknown> {
      return this.toJSON();
    }
  }
  return Printed;
}

/** What events extend, or are made of, so that they show themselves small and without credentials in JSON, a log line and the console. */
export class ShownEvent extends Printed {
  toJSON(): Record<string, unknown> {
    return showEvent(this);
  }
}

/** An event of plain fields, as one that shows itself like every other. */
export function plainEvent<T extends { readonly kind: string }>(event: T): T {
  return Object.assign(new ShownEvent(), event);
}
