import type { Bytes, Context } from "@portico/core";
import type { NodeWireRequest } from "@portico/core/adapter";

/** A request as Google sends it to a function: a person's call, a push, a CloudEvent, a task, a scheduler's call. */
export interface GoogleRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly path: string;
  /** By lower-case name; a list for a field that stands on several lines. No prototype. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Bytes;
}

/** Header fields without a prototype. */
export function toHeaders(fields: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const headers: Record<string, string | readonly string[]> = Object.create(null);
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) headers[name] = value;
  return headers;
}

/** A request that brings an event, which is a POST. */
export function toPost(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: Bytes,
  path = "/",
): GoogleRequest {
  return { method: "POST", path, headers: toHeaders(headers), body };
}

/** The value of one header field. */
export function headerOf({ headers }: GoogleRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}

/**
 * The request with what Google adds on its way, made of the invocation: the trace in both of its forms, and the id of the execution where
 * Google would take it.
 *
 * @see https://cloud.google.com/trace/docs/trace-context
 */
export function onItsWay(request: GoogleRequest, { id, trace }: Context): GoogleRequest {
  const { traceId, spanId, sampled, traceState } = trace;
  const headers = toHeaders({
    ...request.headers,
    traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`,
    tracestate: traceState,
    "x-cloud-trace-context": `${traceId}/${BigInt(`0x${spanId}`)};o=${sampled ? 1 : 0}`,
  });
  if (/^[\w-]{1,64}$/.test(id)) headers["function-execution-id"] ??= id;
  return { ...request, headers };
}

/** The request for a server of `node:http`. */
export function toWire({ method, path, headers, body }: GoogleRequest, clientIp?: string): NodeWireRequest {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((line) => [name, line] as const),
  );
  const host = "host" in headers ? [] : ([["host", "localhost"]] as const);
  return { method, target: path, headers: [...host, ...lines], body, clientIp, encrypted: false };
}
