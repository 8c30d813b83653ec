import { HandlerError } from "./error.js";

/**
 * Bytes that own a plain ArrayBuffer, so that `new Response(bytes)` and `new Blob([bytes])` accept them: `Uint8Array<ArrayBuffer>`,
 * written so that TypeScript before 5.7, where `Uint8Array` takes no parameter, reads it too.
 */
export type Bytes = ReturnType<Uint8ArrayConstructor["of"]>;

/** A body as a platform delivers it: text that was text on the wire, or bytes. */
export type Buffered = string | Uint8Array;

/** The exact bytes of a body; text is encoded as UTF-8. */
export function toBytes(body: Buffered): Bytes {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body.buffer instanceof ArrayBuffer ? (body as Bytes) : new Uint8Array(body);
}

/** A body as text: UTF-8, a leading byte order mark dropped and invalid sequences replaced, as `Request.text()` does it. */
export function toText(body: Buffered): string {
  if (typeof body !== "string") return new TextDecoder().decode(body);
  return body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
}

/**
 * A body as a JSON value.
 *
 * @throws {HandlerError} BAD_REQUEST when it is empty, not valid UTF-8, not valid JSON, or has a key that would set a prototype when copied.
 */
export function toJson(body: Buffered): unknown {
  const text = toStrictText(body);
  const value = parseJson(text);
  // `__proto__` and `"prototype"`, or an escape that may spell them: only then is the parsed value searched. A pattern would take longer.
  if (text.includes("proto") || text.includes("\\u00")) refusePrototypeKeys(value);
  return value;
}

/** Like {@link toJson}, for readers that never copy keys into other objects: every key is let through. */
export function toRawJson(body: Buffered): unknown {
  return parseJson(toStrictText(body));
}

function parseJson(text: string): unknown {
  if (text === "") throw new HandlerError("BAD_REQUEST", "The body is empty, and JSON was expected.");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HandlerError("BAD_REQUEST", "The body is not valid JSON.", { cause });
  }
}

function toStrictText(body: Buffered): string {
  return typeof body === "string" ? toText(body) : decodeStrictly(body);
}

// Keeps nothing between two calls.
let strictDecoder: TextDecoder | undefined;

function decodeStrictly(bytes: Uint8Array): string {
  try {
    strictDecoder ??= new TextDecoder("utf-8", { fatal: true });
    return strictDecoder.decode(bytes);
  } catch (cause) {
    throw new HandlerError("BAD_REQUEST", "The body is not valid UTF-8.", { cause });
  }
}

/** @throws {HandlerError} BAD_REQUEST when a parsed JSON value has a key that would set a prototype when copied. */
export function refusePrototypeKeys(value: unknown): void {
  const open = [value];
  for (let next = open.pop(); next !== undefined || open.length > 0; next = open.pop()) {
    if (typeof next !== "object" || next === null) continue;
    if (Object.hasOwn(next, "__proto__") || isConstructorTrap(next as Record<string, unknown>)) {
      throw new HandlerError("BAD_REQUEST", "The body has a key that is not allowed.", {
        hint: 'A "__proto__" or "constructor.prototype" key changes the prototype of whatever it is copied into.',
      });
    }
    // One by one: a spread puts every item on the stack.
    for (const value of Object.values(next)) open.push(value);
  }
}

function isConstructorTrap(value: Record<string, unknown>): boolean {
  const inner = Object.hasOwn(value, "constructor") ? value.constructor : undefined;
  return typeof inner === "object" && inner !== null && Object.hasOwn(inner, "prototype");
}
