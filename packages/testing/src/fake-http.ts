import type { HttpRequest, Identity, None } from "@portico/core";
import { type HttpSourceBody, LazyHttpRequest, toBytes } from "@portico/core/adapter";
import { type FakeBodyInit, toBody, toQuery } from "./fake-body.js";
import { any, checkInit, date, filled, isObject, type Rule, seed, size, text, wrong } from "./fake-check.js";
import { FakeSource } from "./fake-source.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What a fake request is made of; everything has a default. */
export interface FakeHttpInit<P extends object = Record<string, string>> extends FakeBodyInit {
  /** Default: GET, or POST when there is a body. */
  readonly method?: string | undefined;
  /** Absolute, or from the root: `/orders?state=open`. Default: `https://example.test/`. */
  readonly url?: string | URL | undefined;
  /** The path of the URL alone; takes the place of the path in `url`. */
  readonly path?: string | undefined;
  /** The path parameters, decoded, as the handler sees them. They are not read from the path, and the path is not made from them. */
  readonly params?: P | undefined;
  /** Added to the query of the URL; a list for a name that is repeated. A string is taken as it stands, without the question mark. */
  readonly query?: string | Readonly<Record<string, string | readonly string[]>> | undefined;
  /** A list for a field that stands on several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Percent-encoded and added to the `cookie` header. */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** Who the platform's authorizer says is calling. Default: nobody. */
  readonly identity?: (Partial<Identity> & Pick<Identity, "id">) | undefined;
  /** Default: undefined, as where the platform does not tell. */
  readonly clientIp?: string | undefined;
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** Default: the start of 2026, so that a test gives the same every day. */
  readonly time?: Date | undefined;
  /** Bodies over this are refused with 413 when they are read. Bytes; default 6 MiB. */
  readonly bodyLimit?: number | undefined;
  /** What the id is made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

const object: Rule = { wanted: "an object", fits: isObject };
const rules = {
  method: filled,
  url: any,
  path: text,
  params: object,
  query: any,
  headers: object,
  cookies: object,
  identity: object,
  clientIp: text,
  id: filled,
  time: date,
  bodyLimit: size,
  seed,
  body: any,
  json: any,
  form: object,
  multipart: any,
};

/** `NoInfer`, for TypeScript before 5.4 too: what a function needs must not decide what the fake has. */
type NotInferred<P> = [P][P extends unknown ? 0 : never];

/**
 * A request for a unit test, read by the same code as in production. Its parameters are exactly those given: a function that needs others
 * does not take it. A handler called with it runs whatever its path and method; a router matches them.
 *
 * @example
 * const response = await createOrder(fake.http({ params: { tenant: "acme" }, json: { sku: "a", quantity: 1 } }));
 * expect(response.status).toBe(201);
 * expect(await json(response)).toMatchObject({ sku: "a" });
 *
 * @throws {HandlerError} CONFIG_INVALID when more than one body is given, the path has a query in it, or a field is not one of a request.
 */
export function fakeHttp<const P extends Readonly<Record<string, string>> = None>(
  init: FakeHttpInit<P> = {},
): HttpRequest<NotInferred<P>> {
  checkInit("fake request", init, rules);
  const { content, contentType } = toBody(init);
  const url = toUrl(init);
  const source = new FakeSource({
    native: init,
    method: init.method?.toUpperCase() ?? (content === null ? "GET" : "POST"),
    url,
    headers: toHeaders(init, url.host, contentType, content),
    body: content,
    identity: toIdentity(init.identity),
    clientIp: init.clientIp,
    id: init.id ?? new Draw("http", init.seed ?? nextSeed()).uuid(),
    time: init.time ?? fakeTime,
  });
  const params = Object.assign(Object.create(null) as Record<string, string>, init.params);
  // The one place that vouches for the type: these parameters are the ones the caller gave.
  return new LazyHttpRequest(source, params, undefined, init.bodyLimit) as HttpRequest<object> as HttpRequest<P>;
}

function toUrl({ url = "/", path, query }: FakeHttpInit<object>): URL {
  const result = new URL(url, "https://example.test/");
  if (path !== undefined) {
    if (!/^\/[^?#]*$/.test(path)) {
      throw wrong(
        `The path ${JSON.stringify(path)} of a fake request is not a path.`,
        'A path starts with a slash and has no query; give { url: "/orders?state=open" }, or `query` beside `path`.',
      );
    }
    result.pathname = path;
  }
  if (query !== undefined) {
    const more = typeof query === "string" ? query : toQuery(query);
    result.search = [result.search.slice(1), more].filter(Boolean).join("&");
  }
  return result;
}

function toHeaders(
  { headers = {}, cookies }: FakeHttpInit<object>,
  host: string,
  contentType: string | undefined,
  content: HttpSourceBody,
): Map<string, readonly string[]> {
  const lines = new Map<string, readonly string[]>([["host", [host]]]);
  if (contentType !== undefined) lines.set("content-type", [contentType]);
  if (typeof content === "string" || content instanceof Uint8Array) {
    lines.set("content-length", [String(toBytes(content).byteLength)]);
  }
  for (const name of Object.keys(headers)) lines.set(name.toLowerCase(), [headers[name] ?? []].flat());
  if (cookies) {
    const pairs = Object.keys(cookies).map((name) => `${name}=${encodeURIComponent(cookies[name] ?? "")}`);
    lines.set("cookie", [...(lines.get("cookie") ?? []), pairs.join("; ")]);
  }
  return lines;
}

function toIdentity(given: FakeHttpInit["identity"]): Identity | undefined {
  return given && { provider: "fake", scopes: [], roles: [], claims: {}, ...given };
}
