import type { Logger } from "../../log.js";
import { toBytes } from "../../payload.js";
import type { HttpReply } from "./http-reply.js";

/**
 * A reply whose header fields may hold bytes beyond ASCII, a character for each: what an app for `node:http` wrote, as
 * `attachment("café.txt")` of Express does. Copies of the reply keep the mark.
 */
export interface Latin1Reply extends HttpReply {
  readonly "~latin1": true;
}

/** Whether a value is what HTTP allows (RFC 9110, section 5.5): `obs-text` is bytes of no certain meaning, and no line break. */
export const latin1Value = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The mark, where a field needs it. */
export function markLatin1(reply: HttpReply): HttpReply | Latin1Reply {
  for (const name in reply.headers) {
    if (!linesOf(reply.headers[name]).every(isAscii)) return { ...reply, "~latin1": true };
  }
  return reply;
}

/** Whether a reply is marked. */
export function isLatin1(reply: object): boolean {
  return "~latin1" in reply;
}

/**
 * A marked reply for a platform that carries ASCII alone: each such field is written in the ASCII form that its readers know, and logged.
 * A parameter, as of `content-disposition`, becomes its extended form beside a plain one (RFC 8187, RFC 6266 section 4.3); anything else is
 * percent-encoded as UTF-8.
 */
export function toAsciiReply(reply: HttpReply, log: Logger): HttpReply {
  const { "~latin1": _mark, ...rest } = reply as Latin1Reply;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, given] of Object.entries(rest.headers)) {
    const lines = linesOf(given);
    if (lines.every(isAscii)) {
      headers[name] = given;
      continue;
    }
    const encoded = lines.map((line) => (isAscii(line) ? line : encodeField(name, line)));
    headers[name] = encoded.length === 1 ? (encoded[0] as string) : encoded;
    log.warn(`the reply's header ${name} has characters that this platform does not carry: it was encoded`, {
      header: name,
    });
  }
  return { ...rest, headers };
}

function linesOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === "string" ? [value] : (value ?? []);
}

function isAscii(line: string): boolean {
  return !/[\x80-\xff]/.test(line);
}

function encodeField(name: string, line: string): string {
  const text = toCharacters(line);
  return percentEncode(name === "content-disposition" ? extendParameters(text) : text);
}

/** The bytes as UTF-8 where they are that, as newer frameworks write them, and as Latin-1 where they are not. */
function toCharacters(line: string): string {
  const bytes = Uint8Array.from(line, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return line;
  }
}

const parameter = /;[\t ]*([\w!#$&+.^`|~*-]+)[\t ]*=[\t ]*("(?:[^"\\]|\\.)*"|[^\s;"]*)/g;

/** `filename="café.txt"` as `filename="caf?.txt"; filename*=UTF-8''caf%C3%A9.txt`; an extended form that is there already stays. */
function extendParameters(text: string): string {
  const names = new Set(Array.from(text.matchAll(parameter), ([, name = ""]) => name.toLowerCase()));
  return text.replace(parameter, (all: string, name: string, value: string) => {
    if (/^[\0-\x7f]*$/.test(value)) return all;
    const plain = `; ${name}=${value.replace(/[^\0-\x7f]/gu, "?")}`;
    const isExtended = name.endsWith("*") || names.has(`${name.toLowerCase()}*`);
    if (isExtended) return plain;
    const content = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
    return `${plain}; ${name}*=UTF-8''${encodeExtended(content)}`;
  });
}

/** RFC 8187, section 3.2.1: everything but `attr-char`. */
function encodeExtended(content: string): string {
  return escapeBytes(content, /[\w!#$&+.^`|~-]/);
}

function percentEncode(text: string): string {
  return escapeBytes(text, /[\0-\x7f]/);
}

function escapeBytes(text: string, stays: RegExp): string {
  return Array.from(toBytes(text), (byte) => {
    const character = String.fromCharCode(byte);
    return byte < 0x80 && stays.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}
