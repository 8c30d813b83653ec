import { type GetOptions, HandlerError, type ListOptions, type PutOptions } from "@portico/core";
import { checkNumbers, timerMilliseconds } from "@portico/core/adapter";
import type { Condition, Range, Signing, Writing } from "./provider.js";

/** What S3 takes, the least of the three: bytes of all names and values. */
const mostMetadata = 2048;
const longestList = 1000;
/** Seconds: a week, for S3 and Cloud Storage. */
const longestUrl = 604_800;

/** @throws {HandlerError} INPUT_INVALID when an option of a write has a value that not all providers take. */
export function checkWrite(options: PutOptions): Omit<Writing, "signal"> {
  const { contentType = "application/octet-stream", contentEncoding, cacheControl, metadata = {} } = options;
  const { ifAbsent, ifVersion } = options;
  if (!isHeader(contentType) || contentType === "") throw wrong("contentType cannot be sent in a header");
  if (contentEncoding !== undefined && !isEncoding(contentEncoding)) {
    throw wrong("contentEncoding is not a list of codings", "Such as `gzip` or `br`: what `content-encoding` says.");
  }
  if (cacheControl !== undefined && !isHeader(cacheControl)) throw wrong("cacheControl cannot be sent in a header");
  if (ifAbsent && ifVersion !== undefined) throw wrong("ifAbsent and ifVersion cannot both hold");
  const condition = toCondition(ifAbsent, ifVersion);
  return { contentType, contentEncoding, cacheControl, metadata: checkMetadata(metadata), condition };
}

function toCondition(ifAbsent: boolean | undefined, ifVersion: string | undefined): Condition | undefined {
  if (ifAbsent) return "absent";
  return ifVersion === undefined ? undefined : { version: checkVersion(ifVersion) };
}

/** @throws {HandlerError} INPUT_INVALID when it is no version: an empty one would be no condition at all. */
export function checkVersion(version: string, name = "ifVersion"): string {
  if (typeof version === "string" && version !== "" && isHeader(version)) return version;
  throw wrong(`${name} is not what an object gave`);
}

function checkMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!/^[a-z][a-z\d_]*$/.test(name)) {
      throw wrong(`metadata has the name ${JSON.stringify(name)}`, "Lower-case letters, digits and _, from a letter.");
    }
    if (typeof value !== "string" || !/^[!-~]([ -~]*[!-~])?$/.test(value)) {
      throw wrong(
        `metadata has a value of ${name} that not all providers keep`,
        "Printable ASCII, not empty, no space at either end: encodeURIComponent makes it so.",
      );
    }
    size += name.length + value.length;
  }
  if (size > mostMetadata) throw wrong(`metadata has ${size} bytes, and ${mostMetadata} are the most`);
  return { ...metadata };
}

const codings = /^[!#$%&'*+\-.^_`|~\da-z]+( *, *[!#$%&'*+\-.^_`|~\da-z]+)*$/i;

/** `aws-chunked` is S3's own, of one request: it is taken off, and not kept. */
function isEncoding(text: string): boolean {
  return typeof text === "string" && codings.test(text) && !/aws-chunked/i.test(text);
}

function isHeader(text: string): boolean {
  return typeof text === "string" && /^[ -~]*$/.test(text) && text === text.trim();
}

/** @throws {HandlerError} INPUT_INVALID when it is no range. */
export function checkRange({ range }: GetOptions): Range | undefined {
  if (range === undefined) return undefined;
  const { start = 0, end } = range;
  const fits = Number.isSafeInteger(start) && start >= 0 && (end === undefined || Number.isSafeInteger(end));
  if (!fits || (end !== undefined && end <= start)) {
    throw wrong("range is not a start and an end behind it, in bytes", "`end` is the first byte that is left out.");
  }
  return start === 0 && end === undefined ? undefined : { start, end };
}

/** @throws {HandlerError} INPUT_INVALID when the page's size or the delimiter is none. */
export function checkList({ limit = longestList, delimiter, after }: ListOptions): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > longestList) {
    throw wrong(`limit is not a whole number from 1 to ${longestList}`);
  }
  if (delimiter !== undefined && (typeof delimiter !== "string" || delimiter === "")) throw wrong("delimiter is empty");
  if (after !== undefined && (typeof after !== "string" || after === "")) throw wrong("after is empty");
  return limit;
}

/** @throws {HandlerError} INPUT_INVALID when the method or the time is none. */
export function checkSigning({ method, expiresInSeconds, contentType }: Signing): void {
  if (method !== "GET" && method !== "PUT") throw wrong("method is neither GET nor PUT");
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > longestUrl) {
    throw wrong(`expiresInSeconds is not a whole number from 1 to ${longestUrl}`);
  }
  if (contentType !== undefined && (!isHeader(contentType) || contentType === "")) {
    throw wrong("contentType cannot be sent in a header");
  }
}

function wrong(what: string, hint?: string): HandlerError {
  return new HandlerError("INPUT_INVALID", `The option ${what}.`, { hint });
}

/** @throws {HandlerError} CONFIG_INVALID when `silenceMs` is not a time that a timer takes: a longer one would be none. */
export function checkSilence(options: { readonly silenceMs?: number | undefined }): void {
  checkNumbers(options, { silenceMs: timerMilliseconds });
}
