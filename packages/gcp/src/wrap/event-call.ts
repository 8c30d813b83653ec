import { unencodable } from "@portico/core/adapter";
import { type BackgroundEvent, toBackgroundEvent } from "./background.js";
import { type GoogleRequest, headerOf } from "./google-request.js";

const framework = "The functions framework";
const isJson = /^\s*application\/(?:cloudevents\+)?json\s*(?:;|$)/i;

/**
 * The CloudEvent that the functions framework makes of a request: a plain object, whose attributes in binary mode are the header fields as
 * they stand, percent-encoding and all, without `datacontenttype`; the trace is that of the request.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the framework answers itself, before it calls the function.
 * @see https://github.com/GoogleCloudPlatform/functions-framework-nodejs/blob/main/src/function_wrappers.ts
 */
export function toCloudEventArgument(request: GoogleRequest): unknown {
  const body = toBody(request);
  if (typeof body !== "object" || body === null) {
    const what = body === undefined ? "without data" : typeof body === "string" ? "whose data is text" : "with a form";
    throw unencodable(framework, "data", `it does not call the function for a CloudEvent ${what}`);
  }
  const event: Record<string, unknown> = isBinary(request)
    ? { ...attributesOf(request), data: body }
    : (body as Record<string, unknown>);
  const traceparent = headerOf(request, "traceparent");
  if (traceparent !== undefined) event.traceparent = traceparent;
  return event;
}

/**
 * What the functions framework calls a background function with.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the framework answers itself, before it calls the function.
 */
export function toBackgroundArguments(request: GoogleRequest): BackgroundEvent {
  const body = toBody(request);
  if (body === isForm) throw unencodable(framework, "data", "it takes urlencoded forms apart");
  try {
    if (isBinary(request)) return toBackgroundEvent(attributesOf(request), body);
    const { data, ...context } = body as { readonly data?: unknown };
    return { data, context };
  } catch {
    throw unencodable(framework, "data", "it answers 500 to a CloudEvent of this type with such data");
  }
}

function isBinary(request: GoogleRequest): boolean {
  return ["ce-type", "ce-specversion", "ce-source", "ce-id"].every((name) => headerOf(request, name));
}

function attributesOf(request: GoogleRequest): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith("ce-")) attributes[name.slice(3)] = headerOf(request, name);
  }
  return attributes;
}

/**
 * The body as the framework's parsers leave it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when they refuse it.
 */
export function toBody(request: GoogleRequest): unknown {
  const type = headerOf(request, "content-type");
  if (type === undefined) return undefined;
  const body = Buffer.from(request.body);
  const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type) ?? [];
  if (isJson.test(type)) return toJsonBody(body, charset);
  if (/^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return isForm;
  if (!/^\s*text\/plain\s*(?:;|$)/i.test(type)) return body;
  if (/^iso-8859-1$/i.test(charset)) return body.toString("latin1");
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    throw unencodable(framework, "data", `it does not know the character set ${charset}`);
  }
}

/** Stands for a form, which the framework takes apart. */
export const isForm: unique symbol = Symbol("urlencoded form");

function toJsonBody(body: Buffer, charset: string): unknown {
  if (!/^utf-/i.test(charset))
    throw unencodable(framework, "data", "it refuses JSON of another character set than UTF-8");
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Refused as well.
  }
  throw unencodable(framework, "data", "it refuses what is neither an object nor an array of JSON");
}
