import { trimWhiteSpace } from "../../ascii.js";
import { describe, HandlerError } from "../../error.js";
import { excerpt } from "../../excerpt.js";

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
    const name = equals < 0 ? "" : trimWhiteSpace(part.slice(0, equals));
    if (name !== "" && cookies[name] === undefined) cookies[name] = decode(trimWhiteSpace(part.slice(equals + 1)));
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
  /** A host name, in ASCII: `example.com` stands for its subdomains too. Default: the host of the request alone. */
  readonly domain?: string | undefined;
  /** Starts with a slash. Default: the folder of the request's path. */
  readonly path?: string | undefined;
  /** A year from 1601 to 9999. */
  readonly expires?: Date | undefined;
  /** Whole seconds. */
  readonly maxAge?: number | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly secure?: boolean | undefined;
  /** `None` needs `secure`. */
  readonly sameSite?: "Strict" | "Lax" | "None" | undefined;
  /** Needs `secure`. */
  readonly partitioned?: boolean | undefined;
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
// Bytes, of a name and a value together (RFC 6265bis, section 5.6), and of one attribute.
const maxPairLength = 4096;
const maxAttributeLength = 1024;
const attribute = /^[\x20-\x3a\x3c-\x7e]*$/;
const hostName = /^\.?[\w-]+(?:\.[\w-]+)*$|^\[[\da-fA-F:.]+\]$/;

/**
 * One `set-cookie` header value. What a browser would drop in silence is refused.
 *
 * @throws {HandlerError} REPLY_INVALID when a part cannot stand in a header, or the cookie lacks what its name or another attribute asks for.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
 */
export function serializeCookie(name: string, cookie: string | SetCookie): string {
  const given: SetCookie = typeof cookie === "string" ? { value: cookie } : cookie;
  const wrong = problemOf(name, given);
  if (wrong !== undefined) throw refused(name, wrong);
  const { value, domain, path, expires, maxAge, httpOnly, secure, sameSite, partitioned } = given;
  const encoded = encodeURIComponent(value.toWellFormed());
  const length = name.length + encoded.length;
  if (length > maxPairLength)
    throw refused(
      name,
      `its name and its value, percent-encoded, have ${length} bytes, and browsers keep ${maxPairLength} at most`,
    );
  let line = `${name}=${encoded}`;
  if (maxAge !== undefined) line += `; Max-Age=${maxAge}`;
  if (domain !== undefined) line += `; Domain=${domain}`;
  if (path !== undefined) line += `; Path=${path}`;
  if (expires !== undefined) line += `; Expires=${expires.toUTCString()}`;
  if (httpOnly) line += "; HttpOnly";
  if (secure) line += "; Secure";
  if (partitioned) line += "; Partitioned";
  if (sameSite !== undefined) line += `; SameSite=${sameSite}`;
  return line;
}

function refused(name: string, wrong: string): HandlerError {
  return new HandlerError(
    "REPLY_INVALID",
    `The cookie ${JSON.stringify(excerpt(name, 100))} cannot be set: ${wrong}.`,
    {
      hint: "Browsers drop such a cookie without a word. Keep what is long in a store, and its key in the cookie.",
    },
  );
}

function problemOf(name: string, cookie: SetCookie): string | undefined {
  if (!token.test(name)) return "its name has a character that no name may have";
  if (typeof cookie?.value !== "string") return `its value is ${describe(cookie?.value)}; give a text`;
  const { domain, path, expires, maxAge, sameSite } = cookie;
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) return `maxAge is ${maxAge}; give whole seconds`;
  if (expires !== undefined && !isCookieDate(expires))
    return "expires is not a date of the years 1601 to 9999; give a valid Date";
  for (const [what, text] of [
    ["domain", domain],
    ["path", path],
  ] as const)
    if (typeof text === "string" && text.length > maxAttributeLength)
      return `${what} has ${text.length} bytes, and browsers ignore one of over ${maxAttributeLength}`;
  if (domain !== undefined && !hostName.test(domain))
    return "domain is not a host name; give its ASCII form, without scheme, port and path";
  if (path !== undefined && !(path.startsWith("/") && attribute.test(path)))
    return "path does not start with a slash, or has a character that no path may have";
  if (sameSite !== undefined && !["Strict", "Lax", "None"].includes(sameSite))
    return "sameSite is not one of Strict, Lax and None";
  return missingFrom(name, cookie);
}

/** What the name of a cookie, whatever its case, or one attribute of it demands of the others. */
function missingFrom(
  name: string,
  { secure, sameSite, partitioned, path, domain, httpOnly }: SetCookie,
): string | undefined {
  const prefix = /^__(?:secure|host-http|host|http)-/i.exec(name)?.[0].toLowerCase();
  if (!secure) {
    if (prefix !== undefined) return `its name starts with ${prefix}, which needs secure: true`;
    if (sameSite === "None") return "sameSite None needs secure: true";
    if (partitioned) return "partitioned needs secure: true";
  }
  if (prefix?.startsWith("__host-") && (path !== "/" || domain !== undefined))
    return `its name starts with ${prefix}, which needs path: "/" and no domain`;
  if (prefix?.endsWith("http-") && !httpOnly) return `its name starts with ${prefix}, which needs httpOnly: true`;
  return undefined;
}

function isCookieDate(expires: Date): boolean {
  const year = expires instanceof Date ? expires.getUTCFullYear() : Number.NaN;
  return year >= 1601 && year <= 9999;
}
