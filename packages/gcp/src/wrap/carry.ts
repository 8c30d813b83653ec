import { isPlainJson, parseTimestamp, toJson, unencodable } from "@portico/core/adapter";

// What a native event of Google's can hold: each check refuses the rest by name.

interface TextLimits {
  readonly empty?: boolean | undefined;
  /** Of UTF-8. */
  readonly maxBytes?: number | undefined;
}

/** Text of a protobuf or a name: UTF-8, so no half of a surrogate pair. */
export function checkText(carrier: string, field: string, text: string, { empty = false, maxBytes }: TextLimits = {}) {
  if (text === "" && !empty) throw unencodable(carrier, field, "it is empty");
  if (!text.isWellFormed()) throw unencodable(carrier, field, "it is no valid Unicode text");
  if (maxBytes !== undefined && Buffer.byteLength(text) > maxBytes) {
    throw unencodable(carrier, field, `it is longer than ${maxBytes} bytes`);
  }
  return text;
}

/** A time in RFC 3339. */
export function toTimeText(carrier: string, field: string, time: Date): string {
  const text = Number.isNaN(time.getTime()) ? "" : time.toISOString();
  if (!parseTimestamp(text)) throw unencodable(carrier, field, "it is no time of the years 0 to 9999");
  return text;
}

/** A value as JSON that reads back as the same value. */
export function toJsonText(carrier: string, field: string, value: unknown): string {
  if (!isPlainJson(value)) {
    throw unencodable(carrier, field, "it is no plain JSON value, such as a bigint, a Date, bytes or -0");
  }
  const text = JSON.stringify(value);
  try {
    toJson(text);
  } catch {
    throw unencodable(carrier, field, "it has a key that would set a prototype when copied");
  }
  return text;
}

// Visible ASCII without space at its ends, which no parser keeps.
const headerText = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** Text as the value of a header field. */
export function toHeaderText(carrier: string, field: string, text: string): string {
  if (headerText.test(text)) return text;
  throw unencodable(carrier, field, "a header field holds visible ASCII without space around it");
}
