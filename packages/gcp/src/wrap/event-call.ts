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
  if (body === undefined || typeof body === "string") {
    throw unencodable(
      framework,
      "data",
      `it answers 500 to a CloudEvent ${body === undefined ? "without data" : "whose data is text"}`,
      "The function would never see it on Google Cloud either.",
    );
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

/** The body as the framework's parsers leave it. */
function toBody(request: GoogleRequest): unknown {
  const type = headerOf(request, "content-type");
  if (type === undefined) return undefined;
  const body = Buffer.from(request.body);
  if (isJson.test(type)) {
    if (body.length === 0) return {};
    const text = body.toString();
    // What is neither an object nor an array gets 400 from the parser.
    if (!/^[\x20\t\n\r]*[{[]/.test(text)) {
      throw unencodable(framework, "data", "it refuses JSON that is neither an object nor an array");
    }
    return JSON.parse(text);
  }
  if (/^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    throw unencodable(framework, "data", "it takes urlencoded forms apart");
  }
  if (!/^\s*text\/plain\s*(?:;|$)/i.test(type)) return body;
  return body.toString();
}
