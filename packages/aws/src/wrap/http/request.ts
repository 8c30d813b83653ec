import type { HttpRequest, Identity } from "@portico/core";
import { canonicalPath, encodedContent, unencodable } from "@portico/core/adapter";
import { toExactText } from "../../http/text.js";
import { requireTime } from "../text.js";
import type { EncodeHttpOptions, HttpFormat } from "./options.js";
import { createSpelling } from "./spelling.js";

/** A request taken apart, as every format needs it. */
export interface RequestParts {
  readonly method: string;
  /** Base path and path, encoded or decoded as the format has it. */
  readonly path: string;
  /** Without the question mark, as it stood in the URL. */
  readonly queryString: string;
  readonly query: URLSearchParams;
  /** Lower-case names, all lines; the platform's own fields included. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The same, in the spelling of a REST API. */
  spelledHeaders(): ReadonlyMap<string, readonly string[]>;
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly host: string;
  readonly clientIp: string;
  readonly userAgent: string | null;
  readonly id: string;
  readonly time: Date;
  readonly identity: Identity | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** Refuses what cannot be carried, unless losing it is fine. */
  lose(field: string, reason: string, hint?: string): void;
}

const decodes: readonly HttpFormat[] = ["http-1.0", "http-2.0"];

export async function readRequest(request: HttpRequest, options: EncodeHttpOptions): Promise<RequestParts> {
  const { format, basePath = "", now = request.time, lossy = false } = options;
  const lose: RequestParts["lose"] = (field, reason, hint) => {
    if (!lossy) throw unencodable(`The format ${format}`, field, reason, hint);
  };
  requireTime(`The format ${format}`, now);
  const { url } = request;
  const { protocol, host } = new URL(url);
  const mark = url.indexOf("?");
  const clientIp = request.clientIp ?? "127.0.0.1";
  const headers = new Map<string, readonly string[]>();
  for (const [name] of request.headers) headers.set(name, request.headers.getAll(name));
  if (!headers.has("host")) headers.set("host", [host]);
  addForwarded(headers, protocol.slice(0, -1), clientIp, host);
  const bytes = await encodedContent(request).bytes();
  const text =
    bytes.byteLength === 0
      ? undefined
      : toExactText(request.headers.get("content-type"), request.headers.get("content-encoding"), bytes);
  const body = text ?? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const given = basePath + request.path;
  const path = decodes.includes(format) ? decodePath(given) : given;
  if (decodes.includes(format) && canonicalPath(path, true) !== given) lose("path", `it decodes ${given}`);
  return {
    method: request.method,
    path,
    queryString: mark < 0 ? "" : url.slice(mark + 1),
    query: request.query,
    headers,
    spelledHeaders: () => {
      const spell = createSpelling(request.native);
      return new Map([...headers].map(([name, lines]) => [spell(name), lines]));
    },
    body: bytes.byteLength === 0 ? undefined : body,
    isBase64Encoded: bytes.byteLength > 0 && text === undefined,
    host,
    clientIp,
    userAgent: request.headers.get("user-agent"),
    id: request.id || crypto.randomUUID(),
    time: now,
    identity: request.identity,
    params: request.params,
    lose,
  };
}

/** What every front end of AWS adds: the peer's address at the end of the list, the scheme and the port it was reached by. */
function addForwarded(headers: Map<string, readonly string[]>, scheme: string, clientIp: string, host: string): void {
  const hops = headers.get("x-forwarded-for")?.join(", ").split(/, */) ?? [];
  if (hops.at(-1) !== clientIp) headers.set("x-forwarded-for", [[...hops, clientIp].join(", ")]);
  headers.set("x-forwarded-proto", [scheme]);
  headers.set("x-forwarded-port", [/:(\d+)$/.exec(host)?.[1] ?? (scheme === "http" ? "80" : "443")]);
}

/** Every escape that is valid UTF-8, decoded: what API Gateway does before an HTTP API's integration sees the path. */
function decodePath(path: string): string {
  return path.replace(/(?:%[\dA-Fa-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** The lines of each name as one value. */
export function joinedHeaders(
  headers: RequestParts["headers"],
  join: (lines: readonly string[], name: string) => string,
): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, lines]) => [name, join(lines, name)]));
}

export function listedHeaders(headers: RequestParts["headers"]): Record<string, string[]> {
  return Object.fromEntries([...headers].map(([name, lines]) => [name, [...lines]]));
}

/** All values of each name; undefined when there is none. `Object.fromEntries` takes a name such as `__proto__` for a name. */
export function listedQuery(pairs: Iterable<readonly [string, string]>): Record<string, string[]> | undefined {
  const lists = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const list = lists.get(name);
    if (list) list.push(value);
    else lists.set(name, [value]);
  }
  return lists.size === 0 ? undefined : Object.fromEntries(lists);
}

/** One value of each list. */
export function pickEach(
  lists: Record<string, readonly string[]> | undefined,
  pick: (values: readonly string[]) => string,
): Record<string, string> | undefined {
  return lists && Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, pick(values)]));
}

export const last = (values: readonly string[]): string => values.at(-1) ?? "";

/** The path parameters of a route: the template's, or the one that takes everything. */
export function pathParameters(
  { path, params }: RequestParts,
  template: string | undefined,
): Record<string, string> | null {
  if (template !== undefined) return Object.keys(params).length === 0 ? null : { ...params };
  return path === "/" ? null : { proxy: path.slice(1) };
}

/** `/orders/:id` and `/files/*path` as API Gateway spells them: `/orders/{id}`, `/files/{path+}`. */
export function toResource(template: string | undefined): string {
  return (template ?? "/*proxy").replace(/:(\w+)/g, "{$1}").replace(/\*(\w+)/g, "{$1+}");
}

/** As in `12/Mar/2020:19:03:58 +0000`. */
export function toLogTime(time: Date): string {
  const [, day, month, year, clock] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
}
