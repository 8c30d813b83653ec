import { type HttpReply, type HttpRequest, http, type Middleware, reply, withHeaders } from "@portico/core";
import { fake, header } from "@portico/testing";
import { expect, test } from "vitest";
import { type CorsOptions, cors } from "./cors.js";
import { requestId } from "./request-id.js";
import { timeout } from "./timeout.js";

const shop = "https://shop.example.com";
const request = (origin: string | undefined = shop) => fake.http({ headers: { ...(origin && { origin }) } });

/** A middleware that writes its own fields in the spelling that people write. */
const setting =
  (headers: Readonly<Record<string, string>>): Middleware<HttpRequest, object, object, HttpReply> =>
  async (_request, _context, next) => {
    const response = await next();
    return { ...response, headers: { ...response.headers, ...headers } };
  };

test("a Vary that a middleware inside cors adds keeps Origin, through every middleware between them", async () => {
  const fn = http
    .use(cors({ origin: shop }))
    .use(requestId())
    .use(timeout(60_000))
    .use(setting({ Vary: "Accept-Language" }))
    .get("/")
    .handle(() => reply.text("x", { headers: { vary: "Accept-Encoding" } }));
  expect(header(await fn(request()), "vary")).toBe("Accept-Encoding, Accept-Language, Origin");
});

test("a field that an outer middleware sets wins over the same field of an inner one, whatever its case", async () => {
  const outer: Middleware<HttpRequest, object, object, HttpReply> = async (_request, _context, next) =>
    withHeaders(await next(), { "cache-control": "no-store" });
  const fn = http
    .use(outer)
    .use(setting({ "Cache-Control": "public, max-age=60" }))
    .get("/")
    .handle(() => reply.text("x"));
  expect((await fn(request())).headers).toMatchObject({ "cache-control": "no-store" });
});

const policies: readonly CorsOptions[] = [
  { origin: "*" },
  { origin: () => "*" },
  { origin: shop },
  { origin: shop, credentials: true },
  { origin: "https://other.example.com", credentials: true },
  { origin: () => true, credentials: true },
];
const pairs = policies.flatMap((outer) => policies.map((inner) => [outer, inner] as const));

test.each(pairs)(
  "cors %j around cors %j: never * with credentials, and Vary where the origin counts",
  async (outer, inner) => {
    for (const origin of [shop, undefined, "https://else.example.com"]) {
      const fn = http
        .use(cors(outer))
        .use(cors(inner))
        .get("/")
        .handle(() => reply.text("x"));
      const response = await fn(request(origin));
      const allowed = header(response, "access-control-allow-origin");
      if (allowed === "*") expect(header(response, "access-control-allow-credentials")).toBeUndefined();
      if (outer.origin !== "*" || inner.origin !== "*") expect(header(response, "vary")).toContain("Origin");
    }
  },
);

test("the star of an outer cors leaves standing what an inner one grants to one origin with credentials", async () => {
  const fn = http
    .use(cors({ origin: "*" }))
    .use(cors({ origin: shop, credentials: true }))
    .get("/")
    .handle(() => reply.text("x"));
  expect((await fn(request())).headers).toMatchObject({
    "access-control-allow-origin": shop,
    "access-control-allow-credentials": "true",
  });
  expect(header(await fn(request("https://else.example.com")), "access-control-allow-origin")).toBe("*");
});

test("credentials that a handler allows itself do not stand beside a star", async () => {
  const fn = http
    .use(cors({ origin: "*" }))
    .get("/")
    .handle(() => reply.text("x", { headers: { "Access-Control-Allow-Credentials": "true" } }));
  expect(header(await fn(request()), "access-control-allow-credentials")).toBeUndefined();
});

test("what an inner cors exposes stays exposed", async () => {
  const fn = http
    .use(cors({ origin: shop, exposeHeaders: ["etag", "x-outer"] }))
    .use(cors({ origin: shop, exposeHeaders: ["ETag", "x-inner"] }))
    .get("/")
    .handle(() => reply.text("x"));
  expect(header(await fn(request()), "access-control-expose-headers")).toBe("ETag, x-inner, x-outer");
});
