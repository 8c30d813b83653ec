import {
  invoke as declare,
  type ErrorCode,
  errorStatus,
  HandlerError,
  type Invocation,
  type InvokeFunction,
} from "@portico/core";
import {
  checkNames,
  collectBody,
  type OptionNames,
  requireOption,
  toBytes,
  toJson,
  toText,
} from "@portico/core/adapter";
import { toJsonText } from "./carry.js";
import { toBody } from "./event-call.js";
import { Framework } from "./framework.js";
import { type GoogleRequest, toPost } from "./google-request.js";
import { checkNative, type NativeHandler } from "./options.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler } from "./options.js";

/** How a Google function that is called with JSON is wrapped. */
export interface WrapInvokeOptions {
  /** The name that the function is called by. */
  readonly name: string;
  /** The path and query that it is called at. Default: `/`. */
  readonly path?: string | undefined;
}

const names = { name: true, path: true } satisfies OptionNames<WrapInvokeOptions>;

/**
 * Makes a portable invoke function of an HTTP function for Google that takes JSON with POST and answers with JSON. A reply without a body
 * is `undefined`, one that is not JSON is its text; a status that is no success is thrown, as is what the function throws.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const quote = google.invoke(handler, { name: "quote" });
 */
export function invoke(handler: NativeHandler, options: WrapInvokeOptions): InvokeFunction {
  checkNames(options, names);
  checkNative(handler, "http");
  requireOption("invoke", options, "name", '"quote"');
  const framework = new Framework(handler);
  return declare(options.name).handle(async (call, context) => {
    const reply = await framework.answer(encodeInvoke(call, options), context);
    if ("error" in reply) throw reply.error;
    const body = toBytes((await collectBody(reply.body, maxReply)) ?? "");
    if (reply.status < 200 || reply.status > 299) throw toFailure(reply.status, toText(body));
    if (body.length === 0) return undefined;
    const type = reply.headers["content-type"];
    return /^application\/([^;]*\+)?json\s*(?:;|$)/i.test(String(type)) ? toJson(body) : toText(body);
  });
}

// What Cloud Run sends over HTTP/1.
const maxReply = 32 * 1024 * 1024;

/**
 * A call as a client would send it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the payload is no object, array or nothing: the functions framework refuses all other JSON.
 */
export function encodeInvoke({ payload }: Invocation, { path }: Partial<WrapInvokeOptions> = {}): GoogleRequest {
  if (payload === undefined) return toPost({}, new Uint8Array(), path);
  const text = toJsonText("A call of a Google function", "payload", payload);
  const request = toPost({ "content-type": "application/json" }, toBytes(text), path);
  toBody(request);
  return request;
}

/** The code that becomes this status again; what a function says is for its caller. */
function toFailure(status: number, text: string): HandlerError {
  const [code] = Object.entries(errorStatus).find(([, known]) => known === status) ?? [
    status < 500 ? "BAD_REQUEST" : "BAD_GATEWAY",
  ];
  return new HandlerError(code as ErrorCode, text.trim() || `The function answered with the status ${status}.`);
}
