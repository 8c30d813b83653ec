import { canonicalPath, type HttpSource, type HttpSourceBody, joinLines, LazyHttpRequest } from "../src/adapter.js";

import type { HttpRequest } from "../src/index.js";

export interface TestRequest {
  method?: string;
  path?: string;
  query?: string;
  headers?: readonly (readonly [name: string, value: string])[];
  body?: HttpSourceBody;
  host?: string | undefined;
}

/** The smallest source there is, for tests of core alone. */
export function testSource({
  method = "GET",
  path = "/",
  query = "",
  headers = [],
  body = null,
  host = "example.test",
}: TestRequest = {}): HttpSource {
  const lines = (name: string) => headers.filter(([field]) => field === name).map(([, value]) => value);
  return {
    native: { test: true },
    method: () => method,
    path: () => canonicalPath(path),
    basePath: () => "",
    queryString: () => query,
    header: (name) => joinLines(name, lines(name)),
    headerLines: lines,
    headerEntries: () => headers,
    scheme: () => "https",
    host: () => host,
    clientIp: () => undefined,
    identity: () => undefined,
    body: () => body,
    id: () => "request-1",
    origin: () => "test",
    time: () => new Date(0),
  };
}

export function testRequest<P extends Record<string, string> = Record<string, never>>(
  init?: TestRequest,
  params?: P,
  limit?: number,
): LazyHttpRequest & HttpRequest<P> {
  return new LazyHttpRequest(testSource(init), params, undefined, limit) as LazyHttpRequest & HttpRequest<P>;
}

export async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === "string" ? new TextEncoder().encode(part) : part;
}
