import { HandlerError } from "../../error.js";

/**
 * The cookies of a request by name, without a prototype. The first of several equal names wins, quotes are taken off, and a value that is
 * not valid percent-encoding stays as it is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6265
 */
export function parseCookies(header: string | null): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null);
  for (const part of header?.split(";") ?? []) {
    const equals = part.indexOf("=");
    const name = equals < 0 ? "" : part.slice(0, equals).trim();
    if (name !== "" && cookies[name] === undefined) cookies[name] = decode(part.slice(equals + 1).trim());
  }
  return cookies;
}

function decode(text: string): string {
  const value = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** A cookie to set. The value is percent-encoded; `maxAge: 0` deletes it. */
export interface SetCookie {
  readonly value: string;
  readonly domain?: string | undefined;
  readonly path?: string | undefined;
  readonly expires?: Date | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly secure?: boolean | undefined;
  readonly sameSite?: "Strict" | "Lax" | "None" | undefined;
  readonly partitioned?: boolean | undefined;
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const attribute = /^[\x20-\x3a\x3c-\x7e]*$/;

/**
 * One `set-cookie` header value.
 *
 * @throws {HandlerError} REPLY_INVALID when the name, domain or path cannot stand in a header.
 */
export function serializeCookie(name: string, cookie: string | SetCookie): string {
  const { value, domain, path, expires, maxAge, httpOnly, secure, sameSite, partitioned } =
    typeof cookie === "string" ? ({ value: cookie } as SetCookie) : cookie;
  if (!token.test(name))
    throw new HandlerError("REPLY_INVALID", `The cookie name ${JSON.stringify(name)} is not allowed.`);
  let line = `${name}=${encodeURIComponent(value.toWellFormed())}`;
  if (maxAge !== undefined) line += `; Max-Age=${Math.trunc(maxAge)}`;
  if (domain !== undefined) line += `; Domain=${checked(name, domain)}`;
  if (path !== undefined) line += `; Path=${checked(name, path)}`;
  if (expires !== undefined) line += `; Expires=${expires.toUTCString()}`;
  if (httpOnly) line += "; HttpOnly";
  if (secure) line += "; Secure";
  if (partitioned) line += "; Partitioned";
  if (sameSite !== undefined) line += `; SameSite=${checked(name, sameSite)}`;
  return line;
}

function checked(name: string, text: string): string {
  if (!attribute.test(text))
    throw new HandlerError("REPLY_INVALID", `An attribute of the cookie ${name} has characters that are not allowed.`);
  return text;
}
