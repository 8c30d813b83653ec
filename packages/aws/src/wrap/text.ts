import { unencodable } from "@portico/core/adapter";

/** Bytes as the text that they are, a byte order mark included; undefined where they are none. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const xml = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Whether SQS takes a text: it allows the characters of XML 1.0. */
export function isXmlText(text: string): boolean {
  return xml.test(text);
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** Bytes as Java writes them: signed. */
export function toSigned(bytes: Uint8Array): number[] {
  return Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** @throws {HandlerError} EVENT_UNENCODABLE when it is empty or has half a character. */
export function requireText(carrier: string, field: string, text: string): string {
  if (text === "") throw unencodable(carrier, field, "it is empty");
  return requireWellFormed(carrier, field, text);
}

/** @throws {HandlerError} EVENT_UNENCODABLE when it has half a character, which UTF-8 has no bytes for. */
export function requireWellFormed(carrier: string, field: string, text: string): string {
  if (!text.isWellFormed()) throw unencodable(carrier, field, "it has half a character");
  return text;
}

/**
 * A time in milliseconds since 1970.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it is no time, or is not within the bounds of the source.
 */
export function requireTime(
  carrier: string,
  time: Date,
  { from = -62_135_596_800_000, to = 253_402_300_799_999 } = {},
): number {
  const ms = time.getTime();
  if (Number.isNaN(ms)) throw unencodable(carrier, "time", "it is an invalid date");
  if (ms < from || ms > to) throw unencodable(carrier, "time", `it is out of its bounds: ${time.toISOString()}`);
  return ms;
}

/** A sequence number as it stands, or one made of the time and the place in the delivery where nobody told any. */
export function requireSequence(carrier: string, sequence: string | undefined, timeMs: number, index: number): string {
  if (!sequence) return String(Math.max(1, timeMs) * 1000 + index);
  if (/^\d{1,128}$/.test(sequence)) return sequence;
  throw unencodable(carrier, "sequence", "it is not made of digits");
}
