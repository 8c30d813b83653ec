import type { HttpRequest } from "@portico/core";
import { canonicalPath, compilePath, parsePath } from "@portico/core/adapter";

/**
 * A request whose path is one of a template: as it is where it fits, else made of its parameters where it has those of the template. So a
 * fake of a unit test, which has parameters and no path, is sent to where a client would send it.
 */
export function fillPath(template: string, request: HttpRequest): HttpRequest {
  if (Object.keys(request.params).length === 0 || compilePath(template)(request.path)) return request;
  const path = toPath(template, request.params);
  if (path === undefined) return request;
  const url = new URL(request.url);
  const mark = request.url.indexOf("?");
  const query = mark < 0 ? "" : request.url.slice(mark);
  return Object.create(request, { path: { value: path }, url: { value: `${url.origin}${path}${query}` } });
}

function toPath(template: string, params: Readonly<Record<string, string>>): string | undefined {
  const segments = parsePath(template).map((segment) => {
    if (segment.kind === "literal") return segment.text;
    const value = params[segment.name];
    if (value === undefined) return undefined;
    return segment.kind === "rest" ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
  });
  return segments.includes(undefined) ? undefined : canonicalPath(`/${segments.join("/")}`);
}
