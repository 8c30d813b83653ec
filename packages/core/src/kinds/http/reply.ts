import { errorStatus, HandlerError } from "../../error.js";
import type { Final } from "../../middleware.js";
import { isUriReference } from "../../uri-reference.js";
import { type SetCookie, serializeCookie } from "./cookies.js";
import {
  type HttpReply,
  type HttpReplyBody,
  type HttpReplyHeaders,
  jsonHeaders,
  type StreamSource,
  toLines,
} from "./http-reply.js";
import { statusPhrase } from "./problem.js";
import { addField } from "./reply-headers.js";
import { checkKeepAlive, type ServerSentEvent, type SseOptions, toEventStream } from "./sse.js";

/** What every reply may have beside its content. */
export interface ReplyInit {
  /** 200 to 599. */
  readonly status?: number | undefined;
  /** Names in any case; they win over the content type that a `reply.*` sets. */
  readonly headers?: HttpReplyHeaders | undefined;
  /** Cookies to set, by name. */
  readonly cookies?: Readonly<Record<string, string | SetCookie>> | undefined;
}

function make(
  status: number,
  contentType: string | undefined,
  body: HttpReplyBody,
  init: ReplyInit | undefined,
): Final<HttpReply> {
  if (!init) return { status, headers: contentType === undefined ? {} : { "content-type": contentType }, body };
  const headers: Record<string, string | readonly string[]> =
    contentType === undefined ? {} : { "content-type": contentType };
  for (const name of Object.keys(init.headers ?? {})) addField(headers, name, init.headers?.[name] as string);
  if (init.cookies) {
    const lines = Object.entries(init.cookies).map(([name, cookie]) => serializeCookie(name, cookie));
    headers["set-cookie"] = [...toLines(headers["set-cookie"]), ...lines];
  }
  return { status: init.status ?? status, headers, body };
}

/** What a problem reply says beside the members made from an error. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  readonly status: number;
  /** Default: the phrase of the status, such as `Not Found`; one of its own belongs to a `type`, and is the same for all problems of it. */
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  /** A URI reference that names the kind of problem. Default: `about:blank`. */
  readonly type?: string | undefined;
  readonly instance?: string | undefined;
  readonly [extension: string]: unknown;
}

/**
 * JSON, `application/json`.
 *
 * @throws {TypeError} when the value has no JSON form (a cycle, a bigint), {HandlerError} REPLY_INVALID when it is undefined or a function.
 */
export function json(value: unknown, init?: ReplyInit): Final<HttpReply> {
  const body = JSON.stringify(value);
  if (body === undefined)
    throw new HandlerError("REPLY_INVALID", "reply.json was given a value that has no JSON form.");
  if (!init) return { status: 200, headers: jsonHeaders, body };
  if (!init.headers && !init.cookies) return { status: init.status ?? 200, headers: jsonHeaders, body };
  return make(200, "application/json", body, init);
}

/** Plain text, `text/plain; charset=utf-8`. */
export function text(text: string, init?: ReplyInit): Final<HttpReply> {
  return make(200, "text/plain; charset=utf-8", text, init);
}

/** A page, `text/html; charset=utf-8`. What is put into it is not escaped. */
export function html(html: string, init?: ReplyInit): Final<HttpReply> {
  return make(200, "text/html; charset=utf-8", html, init);
}

/** Bytes, `application/octet-stream` unless `headers` says otherwise. */
export function bytes(bytes: Uint8Array, init?: ReplyInit): Final<HttpReply> {
  return make(200, "application/octet-stream", bytes, init);
}

/** A body sent chunk by chunk where the platform can, and collected where it cannot; `application/octet-stream` unless `headers` says otherwise. */
export function stream(chunks: StreamSource, init?: ReplyInit): Final<HttpReply> {
  return make(200, "application/octet-stream", chunks, init);
}

/** Server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function sse(events: AsyncIterable<ServerSentEvent>, init?: ReplyInit & SseOptions): Final<HttpReply> {
  checkKeepAlive(init?.keepAliveMs);
  const headers = { "cache-control": "no-cache", ...init?.headers };
  return make(200, "text/event-stream; charset=utf-8", toEventStream(events, init), { ...init, headers });
}

/** No body; status 204. */
export function empty(init?: ReplyInit): Final<HttpReply> {
  return make(204, undefined, null, init);
}

/**
 * Status 302 unless given. Control characters, spaces, backslashes and characters outside ASCII are percent-encoded. A text that starts with two
 * slashes is a path of this site: browsers would take what follows for another host, and it is often a part of a request that stands there.
 * For another site give the whole URL.
 *
 * @throws {HandlerError} REPLY_INVALID when the status given is none from 300 to 399: no client would go there.
 */
export function redirect(location: string | URL, init?: ReplyInit): Final<HttpReply> {
  const status = init?.status ?? 302;
  if (!(status >= 300 && status <= 399))
    throw new HandlerError("REPLY_INVALID", `The status of a redirect is ${status}, which is none from 300 to 399.`, {
      hint: 'Write 301, 302, 303, 307 or 308; beside another status give the header field "location" yourself.',
    });
  const target = String(location)
    .toWellFormed()
    .replace(/[^\x21-\x7e]+|\\+/g, encodeURIComponent)
    .replace(/^\/\//, "/.//");
  const headers: Record<string, string | readonly string[]> = {};
  for (const name of Object.keys(init?.headers ?? {})) addField(headers, name, init?.headers?.[name] as string);
  headers.location = target;
  return make(302, undefined, null, { ...init, headers });
}

/**
 * A problem reply (RFC 9457) from an error or from its members. A HandlerError shows its message and details, and only where its code
 * allows; of any other error nothing is shown. The error itself stays with the reply, for the log. The `status` member follows the status of the
 * reply, also where a middleware changes it later.
 *
 * @throws {HandlerError} REPLY_INVALID when the `type` of the members is not a URI reference.
 */
export function problem(problem: unknown, init?: ReplyInit): Final<HttpReply> {
  return isProblem(problem) ? fromProblem(problem, init) : fromError(problem, init);
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Error) &&
    typeof (value as Problem).status === "number"
  );
}

function fromProblem(
  { status: given, title, type = "about:blank", ...members }: Problem,
  init: ReplyInit | undefined,
): Final<HttpReply> {
  if (!isUriReference(type)) {
    throw new HandlerError(
      "REPLY_INVALID",
      `The type of a problem is ${JSON.stringify(type)}, which is not a URI reference.`,
      {
        hint: 'Give a URI such as "https://shop.example.com/problems/out-of-stock", with other characters percent-encoded.',
      },
    );
  }
  // The member says what the reply's own status is (RFC 9457, section 3.1.2).
  const status = init?.status ?? given;
  const all = { type, title: title ?? statusPhrase(status), status, ...members };
  return make(status, "application/problem+json", JSON.stringify(all), init);
}

function fromError(error: unknown, init: ReplyInit | undefined): Final<HttpReply> {
  const known = HandlerError.is(error) ? error : undefined;
  const status = known ? errorStatus[known.code] : 500;
  const members = known && status !== 500 ? { ...toType(known), code: known.code, ...toDetail(known) } : internal;
  const headers = known?.headers ? { ...known.headers, ...init?.headers } : init?.headers;
  const all = headers ? { ...init, headers } : init;
  try {
    return { ...fromProblem({ status, ...members }, all), error };
  } catch {
    // Details without a JSON form: the caller gets the rest, the log has them all.
    return { ...fromProblem({ status, ...members, details: undefined }, all), error };
  }
}

const internal = { title: "Internal Server Error", code: "INTERNAL" };

/** What the application calls the problem. An error of another copy of this package may have been made without the checks of this one. */
function toType({ type, title, appCode }: HandlerError): Partial<Problem> {
  return isUriReference(type) ? { type, title, appCode } : { appCode };
}

function toDetail({ message, details, publicMessage }: HandlerError): Partial<Problem> {
  return publicMessage === undefined ? { detail: message, details } : { detail: publicMessage };
}
