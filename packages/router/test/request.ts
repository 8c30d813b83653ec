import type { HttpRequest } from "@portico/core";
import { canonicalPath, LazyHttpRequest } from "@portico/core/adapter";

/** The smallest request there is. */
export function requestFor({ method = "GET", path = "/", headers = {} as Record<string, string> }): HttpRequest {
  return new LazyHttpRequest({
    native: undefined,
    method: () => method,
    path: () => canonicalPath(path),
    basePath: () => "",
    queryString: () => "",
    header: (name) => headers[name],
    headerLines: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    headerEntries: () => Object.entries(headers),
    scheme: () => "https",
    host: () => "example.test",
    clientIp: () => undefined,
    identity: () => undefined,
    body: () => null,
    id: () => "1",
    origin: () => "test",
    time: () => new Date(0),
  });
}
