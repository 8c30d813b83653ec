import type { HttpRequest as AzureHttpRequest, HttpRequestInit } from "@azure/functions";
import type { HttpRequest } from "@portico/core";
import { encodedContent, trimWhiteSpace, unencodable } from "@portico/core/adapter";
import { NativeRequest } from "../library.js";
import { principalHeaders } from "./principal.js";

/** What decides on the form of a native request. */
export interface EncodeHttpOptions {
  /** What host.json says at home in `extensions.http.routePrefix`: it stands in the handler's `request.url`. `""` for none. Default: `api`. */
  readonly routePrefix?: string | undefined;
  /**
   * Whether the app at home says `app.setup({ enableHttpStream: true })`: bodies stream both ways, repeated query names stay apart. Default:
   * false.
   */
  readonly httpStream?: boolean | undefined;
}

const refuse = (field: string, reason: string, hint?: string) =>
  unencodable("An Azure HTTP request", field, reason, hint);

/**
 * The request that Azure Functions would give a handler: `HttpRequest` of `@azure/functions`.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot hold the request.
 */
export async function toNativeRequest(request: HttpRequest, options: EncodeHttpOptions): Promise<AzureHttpRequest> {
  const { method } = request;
  if (["CONNECT", "TRACE", "TRACK"].includes(method)) throw refuse("method", `${method} cannot be delivered`);
  const url = toUrl(request, options.routePrefix ?? "api");
  const headers = toHeaders(request);
  const { httpStream = false } = options;
  const init: HttpRequestInit = {
    method,
    url,
    headers: Object.fromEntries(headers),
    // The rest of a path that has none is left out.
    params: Object.fromEntries(Object.entries(request.params).filter(([, value]) => value !== "")),
    ...(!httpStream && { query: joinedQuery(request.query) }),
  };
  const native = await build(init, request, httpStream);
  for (const [name, value] of headers)
    if (native.headers.get(name) !== trim(value))
      throw refuse(`header ${name}`, "the worker's library would change it");
  return native;
}

async function build(init: HttpRequestInit, request: HttpRequest, httpStream: boolean): Promise<AzureHttpRequest> {
  const bodiless = init.method === "GET" || init.method === "HEAD";
  try {
    if (httpStream && !bodiless) return await buildStreamed(init, request);
    const bytes = await encodedContent(request).bytes();
    if (bytes.byteLength === 0) return new NativeRequest(init);
    if (bodiless) throw refuse("body", `the worker's library drops that of a ${init.method} request`);
    return new NativeRequest({ ...init, body: { bytes } });
  } catch (error) {
    if (error instanceof TypeError) throw refuse("request", error.message);
    throw error;
  }
}

/** As the library makes it where the app streams, from a web-standard request. Its older versions do not know that member. */
async function buildStreamed(init: HttpRequestInit, request: HttpRequest): Promise<AzureHttpRequest> {
  const body = encodedContent(request).stream();
  const given = { method: init.method, headers: init.headers, body, duplex: "half" } as RequestInit;
  const nativeRequest = new Request(init.url as string, given);
  const streamed = new NativeRequest({ ...init, nativeRequest } as HttpRequestInit);
  if (body === null || streamed.body !== null) return streamed;
  return new NativeRequest({ ...init, body: { bytes: new Uint8Array(await nativeRequest.arrayBuffer()) } });
}

function toUrl(request: HttpRequest, routePrefix: string): string {
  const prefix = routePrefix.replace(/^\/+|\/+$/g, "");
  const pathStart = request.url.indexOf("/", request.url.indexOf("://") + 3);
  const url = request.url.slice(0, pathStart) + (prefix === "" ? "" : `/${prefix}`) + request.url.slice(pathStart);
  const parsed = new URL(url);
  const path = (prefix === "" ? "" : `/${prefix}`) + request.path;
  if (parsed.pathname !== path) throw refuse("path", "a web-standard request would spell it in another way");
  if (String(parsed.searchParams) !== String(request.query))
    throw refuse("query", "a URL would read it in another way");
  return url;
}

/** As the host tells it beside the URL: the values of a name in one, with commas. */
function joinedQuery(query: URLSearchParams): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of query) joined.set(name, joined.has(name) ? `${joined.get(name)},${value}` : value);
  return Object.fromEntries(joined);
}

/** The header fields as the host hands them over: a line each, the platform's own beside the client's. */
function toHeaders(request: HttpRequest): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name] of request.headers) {
    // The body has arrived. Who is calling is not the caller's to say: at home, the platform takes those fields away.
    if (name === "transfer-encoding" || name.startsWith("x-ms-client-principal")) continue;
    const lines = request.headers.getAll(name).map(trim);
    headers.set(name, lines.join(name === "cookie" ? "; " : ","));
  }
  if (!headers.has("host")) headers.set("host", new URL(request.url).host);
  const { clientIp, identity } = request;
  const hops = headers.get("x-forwarded-for");
  if (clientIp !== undefined && trimWhiteSpace(hops?.split(",").at(-1) ?? "") !== clientIp)
    headers.set("x-forwarded-for", hops ? `${hops}, ${clientIp}` : clientIp);
  for (const [name, value] of Object.entries(identity ? principalHeaders(identity) : {})) headers.set(name, value);
  return headers;
}

// Space around a value is no part of it.
function trim(value: string): string {
  return value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}
