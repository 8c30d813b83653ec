import type { Cookie } from "@azure/functions";
import { HandlerError } from "@portico/core";
import { toAsciiLowerCase, trimWhiteSpace } from "@portico/core/adapter";

/** How a reply's cookies leave: Azure takes them as objects, of which it writes lines of its own, and one line as it stands. */
export interface AzureCookies {
  /** For the `set-cookie` header, which carries exactly one line. */
  readonly line: string | undefined;
  readonly cookies: Cookie[] | undefined;
  /** Attributes that could not be carried. */
  readonly lost: readonly string[];
}

/**
 * Splits the lines of `set-cookie`. A single one goes as it stands; of several, their values are percent-encoded by Azure, and attributes
 * it does not know reach the client for one cookie of the reply, or for all when the app streams.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when a cookie among several has a name that cannot be written.
 */
export function toAzureCookies(lines: readonly string[], streaming: boolean): AzureCookies {
  const [first] = lines;
  if (lines.length < 2) return { line: first, cookies: undefined, lost: [] };
  const parsed = lines.map(parse);
  if (streaming) return { line: undefined, cookies: parsed.map(toStreamed), lost: [] };
  // The line goes out in front, which must not change which of two equal names comes last.
  const exact = parsed.findIndex(
    ({ unknown, cookie }) =>
      unknown.length > 0 && parsed.every((other) => other.cookie === cookie || other.cookie.name !== cookie.name),
  );
  const others = parsed.filter((_, index) => index !== exact);
  return {
    line: lines[exact],
    cookies: others.map(({ cookie }) => cookie),
    lost: [...new Set(others.flatMap(({ unknown }) => unknown))],
  };
}

interface ParsedCookie {
  readonly cookie: Cookie;
  /** Attributes that have no place in Azure's object. */
  readonly unknown: readonly string[];
  /** All attributes but `Expires`, as written. */
  readonly attributes: readonly string[];
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

function parse(line: string): ParsedCookie {
  const [pair = "", ...attributes] = line.split(";").map(trimWhiteSpace);
  const equals = pair.indexOf("=");
  const name = trimWhiteSpace(pair.slice(0, Math.max(0, equals)));
  if (!token.test(name)) {
    throw new HandlerError(
      "EVENT_UNENCODABLE",
      `Azure Functions cannot set the cookie ${JSON.stringify(name)} beside others.`,
    );
  }
  // Without a path the host says `/`; with an empty one, the client's default stays what it was.
  const cookie: Cookie = { name, value: decode(trimWhiteSpace(pair.slice(equals + 1))), path: "" };
  const unknown = attributes.filter((attribute) => attribute !== "" && !assign(cookie, attribute));
  // Azure drops a date at or before 1970; an age of zero says the same.
  if (cookie.expires instanceof Date && cookie.expires.getTime() <= 0) cookie.maxAge ??= 0;
  return { cookie, unknown, attributes: attributes.filter((attribute) => !/^expires=|^$/i.test(attribute)) };
}

// Azure percent-encodes values: what is encoded already must not be encoded twice.
function decode(text: string): string {
  const value = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Puts an attribute where Azure's object has a place for it. */
function assign(cookie: Cookie, attribute: string): boolean {
  const equals = attribute.indexOf("=");
  const name = toAsciiLowerCase(trimWhiteSpace(equals < 0 ? attribute : attribute.slice(0, equals)));
  const value = equals < 0 ? "" : trimWhiteSpace(attribute.slice(equals + 1));
  if (name === "secure") cookie.secure = true;
  else if (name === "httponly") cookie.httpOnly = true;
  else if (name === "domain") cookie.domain = value;
  else if (name === "path") cookie.path = value;
  else if (name === "max-age" && /^-?\d+$/.test(value)) cookie.maxAge = Number(value);
  else if (name === "expires" && !Number.isNaN(Date.parse(value))) cookie.expires = new Date(value);
  else if (name === "samesite" && sameSites.has(toAsciiLowerCase(value)))
    cookie.sameSite = sameSites.get(toAsciiLowerCase(value));
  else return false;
  return true;
}

const sameSites = new Map([
  ["strict", "Strict"],
  ["lax", "Lax"],
  ["none", "None"],
] as const) as ReadonlyMap<string, "Strict" | "Lax" | "None">;

// What the streaming library's cookie writer takes; of anything else it throws, which leaves the request without an answer.
const domain = /^[.]?[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:[.][a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;
const path = /^[\x20-\x3a\x3d-\x7e]*$/;

function toStreamed({ cookie, unknown, attributes }: ParsedCookie): Cookie {
  if (unknown.length === 0 && domain.test(cookie.domain ?? "a") && path.test(cookie.path ?? "")) return cookie;
  const { name, value, expires } = cookie;
  return { name, value, expires: withAttributes(expires as Date | undefined, attributes) };
}

/**
 * The writer prints a date by `toUTCString`, so the date can bring every attribute along as it was written. Without a date of its own
 * the attribute is empty, which clients ignore (RFC 6265, section 5.2.1).
 */
function withAttributes(date: Date | undefined, attributes: readonly string[]): Date {
  const text = [date?.toUTCString() ?? "", ...attributes].join("; ");
  return Object.assign(new Date(date ?? 1), { toUTCString: () => text });
}
