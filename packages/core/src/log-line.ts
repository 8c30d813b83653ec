import { HandlerError, toError } from "./error.js";
import { isCredentialField, redacted } from "./redact.js";

// What one line holds at most: log services cut or refuse lines of 256 KB, and an escape may take six bytes.
const maxDepth = 20;
const maxStringLength = 16_384;
const maxLineLength = 65_536;
const maxNameLength = 256;
const maxErrors = 10;
const maxShownBytes = 32;

/**
 * One line of JSON, whatever the value: errors, bigints, maps, bytes, cycles, and members that throw included. It is bounded: long texts are
 * cut with a count of the rest, what goes too deep or too far is marked as left out. Header fields with credentials inside of a value, such
 * as a native event's, are redacted.
 */
export function toLine(value: object): string {
  return JSON.stringify(new Line().whole(value));
}

/** An error as plain data for a log entry, its chain of causes included. Never throws, whatever the error's own members do. */
export function errorFields(thrown: unknown, depth = 0): Record<string, unknown> {
  try {
    return readError(thrown, depth);
  } catch {
    return { name: "Error", message: "[unreadable]" };
  }
}

function readError(thrown: unknown, depth: number): Record<string, unknown> {
  const error = toError(thrown);
  const { name, message, stack } = error;
  const result: Record<string, unknown> = { name, message, stack };
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  // Node's and the SDKs' too: `ECONNREFUSED` says more than the message. Other members may hold a request with its credentials.
  if (typeof code === "string" || typeof code === "number") result.code = code;
  if (HandlerError.is(error)) {
    if (error.appCode !== undefined) result.appCode = error.appCode;
    if (error.hint !== undefined) result.hint = error.hint;
    if (error.details !== undefined) result.details = error.details;
  }
  if (depth >= 5) return result;
  if (error.cause !== undefined)
    result.cause = error.cause instanceof Error ? errorFields(error.cause, depth + 1) : error.cause;
  if (Array.isArray(errors)) result.errors = listErrors(errors, depth + 1);
  return result;
}

/** Of an `AggregateError`. */
function listErrors(errors: readonly unknown[], depth: number): unknown[] {
  const shown: unknown[] = errors
    .slice(0, maxErrors)
    .map((one) => (one instanceof Error ? errorFields(one, depth) : one));
  if (errors.length > maxErrors) shown.push(`[${errors.length - maxErrors} more]`);
  return shown;
}

/** The plain data of one line. It counts what it has taken. */
class Line {
  private left = maxLineLength;
  private readonly parents: object[] = [];

  whole(value: object): Record<string, unknown> {
    this.parents.push(value);
    return this.object(value, 0);
  }

  private object(value: object, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      this.left -= Math.min(name.length, maxNameLength);
      let member: unknown;
      try {
        member = this.member(name, (value as Record<string, unknown>)[name], depth);
      } catch {
        member = "[unreadable]";
      }
      const shown = name.length > maxNameLength ? `${name.slice(0, maxNameLength)}...` : name;
      if (shown === "__proto__") Object.defineProperty(result, shown, { value: member, enumerable: true });
      else result[shown] = member;
      if (this.left <= 0) {
        result["[left out]"] = "the rest: the line is full";
        break;
      }
    }
    return result;
  }

  private member(name: string, value: unknown, depth: number): unknown {
    // Of the entry itself every field is the caller's own word.
    if (depth > 0 && isCredentialField(name)) return redacted;
    // What the SDK keeps on its objects, in a copy that was spread.
    if (typeof value === "object" && value !== null && name.startsWith("~")) return "[internal]";
    return this.value(value, depth + 1);
  }

  private value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "bigint":
        return this.text(String(value));
      case "symbol":
        return this.text(String(value));
      case "function":
        return `[function ${value.name || "without a name"}]`;
      case "object":
        return value === null ? null : this.nested(value, depth);
      default:
        return value;
    }
  }

  private text(text: string): string {
    const room = Math.min(maxStringLength, Math.max(0, this.left));
    this.left -= Math.min(text.length, room);
    return text.length <= room
      ? text
      : `${text.slice(0, room).toWellFormed()}... [${text.length - room} more characters]`;
  }

  private nested(value: object, depth: number): unknown {
    this.left -= 8;
    if (this.parents.includes(value)) return "[circular]";
    if (depth > maxDepth || this.left <= 0) return "[left out]";
    this.parents.push(value);
    try {
      return this.known(value, depth);
    } finally {
      this.parents.pop();
    }
  }

  private known(value: object, depth: number): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof Error) return this.object(errorFields(value), depth);
    if (ArrayBuffer.isView(value)) return this.bytes(value);
    if (value instanceof Set) return this.list([...value], depth);
    if (value instanceof Map) return this.map(value, depth);
    if (value instanceof RegExp) return this.text(String(value));
    const plain = fromToJson(value);
    if (plain !== value) return this.value(plain, depth);
    if (Array.isArray(value)) return this.list(value, depth);
    const className = classOf(value);
    // A socket, a stream, a request of Node's: endless inside, and its header fields stand in a list.
    if (className !== undefined && typeof (value as { on?: unknown }).on === "function") return `[${className}]`;
    const result = this.object(value, depth);
    return className !== undefined && Object.keys(result).length === 0 ? `[${className}]` : result;
  }

  private list(items: readonly unknown[], depth: number): unknown[] {
    const result: unknown[] = [];
    for (let index = 0; index < items.length; index += 1) {
      if (this.left <= 0) {
        result.push(`[${items.length - index} more]`);
        break;
      }
      this.left -= 4;
      let item: unknown;
      try {
        item = this.value(items[index], depth + 1);
      } catch {
        item = "[unreadable]";
      }
      result.push(item);
    }
    return result;
  }

  private map(map: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const keys = [...map.keys()];
    // Keys that are no text could become one and the same.
    if (!keys.every((key) => typeof key === "string")) return this.list([...map], depth);
    return this.object(Object.fromEntries(map), depth);
  }

  private bytes(view: ArrayBufferView): string {
    const shown = new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, maxShownBytes));
    const hex = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const more = view.byteLength - shown.byteLength;
    return this.text(
      `<${[classOf(view), hex, ...(more > 0 ? [`... ${more} more bytes`] : [])].filter(Boolean).join(" ")}>`,
    );
  }
}

/** What a value says of itself; the value where it says nothing, or fails to. */
function fromToJson(value: object): unknown {
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON !== "function") return value;
  try {
    return toJSON.call(value, "");
  } catch {
    return value;
  }
}

function classOf(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  const { name } = value.constructor ?? {};
  return typeof name === "string" && name !== "" ? name : undefined;
}
