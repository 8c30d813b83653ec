import { type Bytes, HandlerError } from "@portico/core";

/** A map of an event, of whichever shape. */
export type Values = Readonly<Record<string, string | readonly string[] | null | undefined>> | null | undefined;

/** A method in upper case, as they come. */
export function toMethod(method: string): string {
  // A method is ASCII; `toUpperCase` makes an `I` of a dotless one.
  return method === "GET" || method === "POST" || !/^[!-~]+$/.test(method) ? method : method.toUpperCase();
}

/** Adds a value of a map to a list; an empty or missing one adds nothing. Not by a spread: a call takes only so many arguments. */
export function addLines(lines: string[], value: string | readonly string[] | null | undefined): void {
  if (typeof value === "string") lines.push(value);
  else if (Array.isArray(value)) for (const line of value as readonly string[]) lines.push(line);
  else if (value !== undefined && value !== null) lines.push(String(value));
}

/** Which of two maps counts: the one with all values, where there is one. */
export function fuller(multi: Values, single: Values): Values {
  for (const _ in multi) return multi;
  return single;
}

/** A query string from a map; `encode` makes each name and value fit. */
export function toQuery(values: Values, encode: (text: string) => string): string {
  let query = "";
  for (const name in values) {
    const lines: string[] = [];
    addLines(lines, values[name]);
    for (const line of lines) query += `${query === "" ? "" : "&"}${encode(name)}=${encode(line)}`;
  }
  return query;
}

/** For maps whose values the platform decoded. */
export function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** For maps whose values are as they stood in the URL: only what cannot stand there is encoded. */
export function keepText(text: string): string {
  return text.replace(/[&#\s]/g, encodeURIComponent);
}

/**
 * The bytes of a base64 body.
 *
 * @throws {HandlerError} EVENT_MALFORMED, which answers 400, when it is not base64: Node would skip what it cannot read.
 */
export function fromBase64(text: string): Bytes {
  const digits = text.length - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  if (digits % 4 === 1 || Buffer.from(bytes.buffer).write(text, "base64") !== bytes.byteLength) {
    throw new HandlerError("EVENT_MALFORMED", "The body is said to be base64, and is not.");
  }
  return bytes;
}
