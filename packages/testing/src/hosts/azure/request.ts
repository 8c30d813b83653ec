import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { RpcRequest } from "./messages.js";
import { decodePath, encodePath } from "./routes.js";

/** A request as the host's server has it: decoded once, the platform's own headers added. */
export interface HostRequest {
  readonly method: string;
  /** Decoded, for the routes. */
  readonly path: string;
  /** Encoded again, with the query. */
  readonly target: string;
  readonly url: string;
  /** By lower-case name; repeated lines joined as the host joins them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** Reads a request as the platform's front end and the host do. */
export function toHostRequest(request: IncomingMessage): HostRequest {
  const [rawPath = "/", ...rest] = (request.url ?? "/").split("?");
  const search = rest.length === 0 ? "" : `?${rest.join("?")}`;
  const path = decodePath(rawPath);
  const target = encodePath(path) + search;
  const headers: Record<string, string> = Object.create(null);
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    // Lines are joined without a space; those of cookies were joined before.
    headers[name] = (values ?? []).join(name === "cookie" ? "; " : ",");
  }
  const { remoteAddress = "127.0.0.1", remotePort } = request.socket;
  headers["x-forwarded-for"] = [headers["x-forwarded-for"], `${remoteAddress}:${remotePort}`]
    .filter(Boolean)
    .join(", ");
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search))
    query[name] = name in query ? `${query[name]},${value}` : value;
  return {
    method: request.method ?? "GET",
    path,
    target,
    url: `http://${headers.host ?? "localhost"}${target}`,
    headers,
    query,
  };
}

/** What stands for the request where the app streams: the request itself goes to the app's own server. */
export const emptyRpcRequest: RpcRequest = {
  url: "",
  method: "",
  nullableHeaders: {},
  nullableQuery: {},
  nullableParams: {},
};

/** The request as it goes to the worker. */
export function toRpcRequest(
  { url, method, headers, query }: HostRequest,
  params: Readonly<Record<string, string>>,
  body?: Buffer,
): RpcRequest {
  return {
    url,
    method,
    nullableHeaders: nullable(headers),
    nullableQuery: nullable(query),
    nullableParams: nullable(params),
    ...(body && body.length > 0 && { body: { bytes: body } }),
  };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** What goes beside a streamed request, since it reaches the worker without the host's work on it. */
export function toTriggerMetadata(
  { headers, query }: HostRequest,
  params: Readonly<Record<string, string>>,
): Record<string, object> {
  return {
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
    Headers: { json: JSON.stringify(headers) },
    Query: { json: JSON.stringify(query) },
  };
}

/** The host's own span, in the caller's trace if there is one. */
export function toTraceContext({ traceparent, tracestate }: Readonly<Record<string, string>>): {
  traceParent: string;
  traceState: string;
} {
  const hex = (bytes: number) => randomBytes(bytes).toString("hex");
  const match = /^00-([\da-f]{32})-[\da-f]{16}-([\da-f]{2})$/.exec(traceparent ?? "");
  return {
    traceParent: `00-${match?.[1] ?? hex(16)}-${hex(8)}-${match?.[2] ?? "00"}`,
    traceState: match ? (tracestate ?? "") : "",
  };
}

/**
 * The body as the host reads it. One that comes without a length is lost: the host looks at `content-length` alone.
 *
 * @see https://github.com/Azure/azure-functions-host/issues/4926
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Number(request.headers["content-length"] ?? 0) > 0 ? Buffer.concat(chunks) : Buffer.alloc(0);
}
