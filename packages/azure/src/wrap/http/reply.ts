import type { HttpResponse as AzureHttpResponse, HttpResponseInit } from "@azure/functions";
import { HandlerError, type HttpReply, type StreamSource } from "@portico/core";
import { describe, toError } from "@portico/core/adapter";
import { HttpResponse } from "../library.js";
import { toSetCookie } from "./cookies.js";

/**
 * What a handler returned, read as the worker's library and the host do: `HttpResponseInit`, `HttpResponse`, or a web-standard `Response`.
 * Nothing at all is 204. Without `httpStream` the body is collected.
 *
 * @throws {Error} where the invocation would fail at home.
 */
export async function toReply(result: unknown, httpStream: boolean): Promise<HttpReply> {
  if (result === undefined || result === null) {
    if (httpStream) throw invalid("nothing, which is never answered where the app streams");
    return { status: 204, headers: {}, body: null };
  }
  if (typeof result !== "object") throw invalid(describe(result));
  const response = result instanceof HttpResponse ? result : new HttpResponse(result as HttpResponseInit);
  const headers = toHeaders(response, httpStream);
  const { status } = response;
  if (httpStream) return { status, headers, body: response.body as StreamSource | null };
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status, headers, body: bytes.byteLength === 0 ? null : bytes };
}

/** What the host answers where an invocation fails; the error is for the log alone. */
export function failed(thrown: unknown): HttpReply {
  return { status: 500, headers: {}, body: null, error: toError(thrown) };
}

function toHeaders(response: AzureHttpResponse, httpStream: boolean): HttpReply["headers"] {
  const headers: Record<string, string | readonly string[]> = {};
  // Of several `set-cookie` lines the last is left: the way to set several is `cookies`.
  for (const [name, value] of response.headers) headers[name] = value;
  if (response.cookies.length === 0) return headers;
  const lines = response.cookies.map((cookie) => toSetCookie(cookie, httpStream));
  const line = headers["set-cookie"];
  // Where the app streams, the library sets the field anew.
  headers["set-cookie"] = httpStream || line === undefined ? lines : [line as string, ...lines];
  return headers;
}

function invalid(what: string): HandlerError {
  return new HandlerError("REPLY_INVALID", `The handler returned ${what}.`, {
    hint: 'Return an object with optional properties "body", "jsonBody", "status", "headers" and "cookies".',
  });
}
