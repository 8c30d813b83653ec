import { toAsciiLowerCase } from "../../ascii.js";
import { describe, HandlerError } from "../../error.js";
import { type HttpReply, type HttpReplyHeaders, jsonHeaders, toLines } from "./http-reply.js";
import { latin1Value } from "./latin1.js";

type Line = string | readonly string[];

const token = /^[!#$%&'*+\-.^_`|~\da-zA-Z]+$/;
// The same, and spelled as replies have it.
const lowerToken = /^[!#$%&'*+\-.^_`|~\da-z]+$/;
// Visible ASCII, space and tab: what every platform carries unchanged, and no line break, which would split the reply.
const value = /^[\t\x20-\x7e]*$/;
// Browsers drop a tab and take a backslash for a slash: with either, a path of this site can become another host.
const unsafeInLocation = /[\t \\]/;

/**
 * Header fields as replies have them: lower-case names, lines of text, none that is undefined or null. Those that are so already are given
 * back as they are. Tabs, spaces and backslashes of a `location` are percent-encoded. Two spellings of one name are one field, as {@link addField} says.
 *
 * @param isLatin1 whether values may hold bytes beyond ASCII
 * @throws {HandlerError} REPLY_INVALID when a name or a line cannot stand in a header.
 */
export function normalizeHeaders(headers: HttpReplyHeaders, isLatin1 = false): HttpReplyHeaders {
  const allowed = isLatin1 ? latin1Value : value;
  if (isNormal(headers, allowed)) return headers;
  if (typeof headers !== "object" || Array.isArray(headers))
    throw refused(`The reply's headers are ${describe(headers)}.`);
  const all: Record<string, Line> = {};
  for (const name of Object.keys(headers)) {
    const given: unknown = headers[name];
    if (given === undefined || given === null) continue;
    if (!token.test(name)) throw refused(`The reply has the header name ${JSON.stringify(name)}, which is not a name.`);
    const lines = (Array.isArray(given) ? given : [typeof given === "string" ? given : String(given)]) as unknown[];
    for (const line of lines) {
      if (typeof line !== "string" || !allowed.test(line))
        throw refused(
          `The reply's header ${name.toLowerCase()} has a line break or another character that no header may have.`,
        );
    }
    const sent = toAsciiLowerCase(name) === "location" ? (lines as string[]).map(encodeLocation) : (lines as string[]);
    addField(all, name, Array.isArray(given) ? sent : (sent[0] as string));
  }
  return all;
}

/** Whether the fields can stay as they are: as nearly always. */
function isNormal(headers: HttpReplyHeaders, allowed: RegExp): boolean {
  for (const name in headers) {
    const given: unknown = headers[name];
    if (typeof given === "string" ? !allowed.test(given) : !isLines(given, allowed)) return false;
    if (!lowerToken.test(name)) return false;
  }
  return typeof headers === "object" && !Array.isArray(headers) && !unsafeInLocation.test(String(headers.location));
}

/** As `reply.redirect` has it, so that a location that is written by hand is no less safe. */
function encodeLocation(location: string): string {
  return location.replace(/[\t \\]+/g, encodeURIComponent);
}

function isLines(given: unknown, allowed: RegExp): boolean {
  return Array.isArray(given) && given.every((line) => typeof line === "string" && allowed.test(line));
}

// Fields to which each middleware adds what it knows. Of any other field there is one value.
const listFields: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...[
    "vary",
    "link",
    "server-timing",
    "via",
    "www-authenticate",
    "proxy-authenticate",
    "access-control-expose-headers",
  ],
]);

/**
 * Puts one more field into a record by its lower-case name. Where the record has the name already, `set-cookie` gets further lines and a list
 * such as `vary` further members; of every other field the later value stays. A name that is none is kept as it is, to be refused.
 */
export function addField(all: Record<string, Line>, name: string, line: Line): void {
  const field = toAsciiLowerCase(name);
  const before = Object.hasOwn(all, field) ? all[field] : undefined;
  if (before === undefined || before === null || line === undefined || line === null) all[field] = line;
  else if (field === "set-cookie") all[field] = [...toLines(before), ...toLines(line)];
  else if (listFields.has(field)) all[field] = [...toLines(before), ...toLines(line)].join(", ");
  else all[field] = line;
}

/**
 * A copy of a reply with these header fields set, whatever the case of their names; `undefined` takes a field out. They win over the fields that
 * the reply has.
 */
export function withHeaders<R extends HttpReply>(response: R, headers: HttpReplyHeaders): R {
  const before = byLowerName(response.headers);
  const added = byLowerName(headers);
  // Not by a spread: what is added to an object that one has made costs ten times as much in Node 20.
  const all: Record<string, Line> = {};
  for (const name of Object.keys(before)) all[name] = before[name] as Line;
  for (const name of Object.keys(added)) all[name] = added[name] as Line;
  return { ...response, headers: all };
}

/** A copy of a reply with one more line of a header field: a further `set-cookie`, a further member of `vary`. */
export function appendHeader<R extends HttpReply>(response: R, name: string, value: string): R {
  const field = toAsciiLowerCase(name);
  const headers = byLowerName(response.headers);
  const lines = [...toLines(headers[field]), value];
  return { ...response, headers: { ...headers, [field]: field === "set-cookie" ? lines : lines.join(", ") } };
}

/** The fields by lower-case name. Those that have such names already are given back as they are. */
function byLowerName(headers: HttpReplyHeaders | undefined): HttpReplyHeaders {
  if (!headers) return {};
  if (headers === jsonHeaders || Object.keys(headers).every(isLowerCase)) return headers;
  const all: Record<string, Line> = {};
  for (const name of Object.keys(headers)) addField(all, name, headers[name] as Line);
  return all;
}

function isLowerCase(name: string): boolean {
  return toAsciiLowerCase(name) === name;
}

function refused(message: string): HandlerError {
  return new HandlerError("REPLY_INVALID", message, {
    hint: "Headers are a record of names and values; values are visible ASCII. Percent-encode anything else, and never pass on input unchecked.",
  });
}
