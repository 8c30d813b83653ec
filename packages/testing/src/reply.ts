import type { Bytes, HttpReply } from "@portico/core";
import {
  collectBody,
  joinLines,
  parseCookies,
  toAsciiLowerCase,
  toBytes,
  toJson,
  toText,
  trimWhiteSpace,
} from "@portico/core/adapter";

/** The body as bytes; a streamed body is read to its end, and can be read once. */
export async function bytes(reply: HttpReply): Promise<Bytes> {
  return toBytes((await collectBody(reply.body, Number.POSITIVE_INFINITY)) ?? "");
}

/** The body as text. */
export async function text(reply: HttpReply): Promise<string> {
  return toText(await bytes(reply));
}

/**
 * The body as a JSON value, of the type you say it has: that is not checked.
 *
 * @throws {HandlerError} BAD_REQUEST when it is not JSON.
 */
export async function json<T = unknown>(reply: HttpReply): Promise<T> {
  return toJson(await bytes(reply)) as T;
}

/** A header field by its name in any case, its lines joined; undefined when the reply has none. For `set-cookie` see {@link cookies}. */
export function header(reply: HttpReply, name: string): string | undefined {
  return joinLines(name.toLowerCase(), lines(reply, name));
}

/** A cookie that a reply sets. */
export interface ReplyCookie {
  /** Decoded. */
  readonly value: string;
  /** By lower-case name: `{ "max-age": "60", httponly: true }`. */
  readonly attributes: Readonly<Record<string, string | true>>;
}

/** The cookies a reply sets, by name; the last of equal names, as in a browser. */
export function cookies(reply: HttpReply): Readonly<Record<string, ReplyCookie>> {
  const result: Record<string, ReplyCookie> = Object.create(null);
  for (const line of lines(reply, "set-cookie")) {
    const [pair = "", ...rest] = line.split(";");
    const [[name, value] = ["", ""]] = Object.entries(parseCookies(pair));
    result[name] = { value, attributes: Object.fromEntries(rest.map(toAttribute)) };
  }
  return result;
}

function toAttribute(text: string): [name: string, value: string | true] {
  const equals = text.indexOf("=");
  if (equals < 0) return [toAsciiLowerCase(trimWhiteSpace(text)), true];
  return [toAsciiLowerCase(trimWhiteSpace(text.slice(0, equals))), trimWhiteSpace(text.slice(equals + 1))];
}

function lines({ headers }: HttpReply, name: string): readonly string[] {
  return [headers[name.toLowerCase()] ?? []].flat();
}
