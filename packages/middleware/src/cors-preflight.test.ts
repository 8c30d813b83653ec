import { http, reply } from "@portico/core";
import {
  createHttpEntry,
  type HttpSource,
  type InvocationContext,
  type LazyHttpRequest,
  Watchdog,
  whenGiven,
} from "@portico/core/adapter";
import { fake } from "@portico/testing";
import { describe, expect, test } from "vitest";
import { type CorsOptions, cors } from "./cors.js";

const shop = "https://shop.example.com";

const from = (origin: string | undefined, headers: Record<string, string> = {}, method = "GET") =>
  fake.http({ method, headers: { ...(origin !== undefined && { origin }), ...headers } });

const preflightFrom = (origin: string, headers: Record<string, string> = {}) =>
  from(origin, { "access-control-request-method": "PUT", ...headers }, "OPTIONS");

const withCors = (options: CorsOptions) =>
  http
    .any("/")
    .use(cors(options))
    .handle(() => reply.text("hello"));

describe("preflight", () => {
  test("that asks for no header is told of none, and neither where none is allowed", async () => {
    for (const [allowHeaders, asked] of [
      [undefined, {}],
      [undefined, { "access-control-request-headers": "bad name" }],
      [[], { "access-control-request-headers": "x-one" }],
    ] as const) {
      const { headers } = await withCors({ origin: shop, allowHeaders })(preflightFrom(shop, asked));
      expect(headers).not.toHaveProperty("access-control-allow-headers");
    }
  });

  test("is answered with what may follow", async () => {
    const fn = withCors({ origin: shop, maxAgeSeconds: 600, methods: ["GET", "PUT"], privateNetwork: true });
    const response = await fn(
      preflightFrom(shop, {
        "access-control-request-headers": "x-one, X-Two,bad name, ",
        "access-control-request-private-network": "true",
      }),
    );
    expect(response).toEqual({
      status: 204,
      body: null,
      headers: {
        "access-control-allow-origin": shop,
        "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "x-one, X-Two",
        "access-control-max-age": "600",
        "access-control-allow-private-network": "true",
        vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
      },
    });
  });

  test("allows the listed headers, whatever it asks for", async () => {
    const fn = withCors({ origin: "*", allowHeaders: ["content-type"] });
    const response = await fn(preflightFrom(shop, { "access-control-request-headers": "x-secret" }));
    expect(response.headers).toEqual({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
      "access-control-allow-headers": "content-type",
      vary: "Access-Control-Request-Method",
    });
  });

  test("of a refused origin grants nothing, and still says what it depends on", async () => {
    const response = await withCors({ origin: shop })(preflightFrom("https://attacker.test"));
    expect(response).toEqual({
      status: 204,
      body: null,
      headers: { vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" },
    });
  });

  test("is told from a plain OPTIONS, which goes on", async () => {
    const fn = withCors({ origin: shop });
    expect((await fn(from(shop, {}, "OPTIONS"))).body).toBe("hello");
    expect((await fn(from(undefined, { "access-control-request-method": "PUT" }, "OPTIONS"))).body).toBe("hello");
    expect((await fn(from(shop, { "access-control-request-method": "PUT" }))).body).toBe("hello");
  });

  test("is answered wherever the function is registered, before its path and methods are looked at", async () => {
    const put = http
      .put("/orders/:id")
      .use(cors({ origin: shop }))
      .handle(() => reply.empty());
    expect(put.trigger.layerMethods).toEqual(["OPTIONS"]);
    const entry = createHttpEntry(put, new Watchdog());
    const send = (method: string, path: string, headers: Record<string, string>) => {
      const { "~source": source } = fake.http({ method, path, headers }) as object as LazyHttpRequest & {
        "~source": HttpSource;
      };
      const context = fake.context() as object as InvocationContext;
      return whenGiven(entry.answer(entry.toRequest(source), context));
    };
    const asking = { origin: shop, "access-control-request-method": "PUT" };
    for (const path of ["/orders/1", "/elsewhere"]) {
      expect(await send("OPTIONS", path, asking)).toMatchObject({
        status: 204,
        headers: {
          "access-control-allow-origin": shop,
          "access-control-allow-methods": expect.stringContaining("PUT"),
        },
      });
    }
    const marked = { "access-control-allow-origin": shop };
    expect(await send("OPTIONS", "/orders/1", { origin: shop })).toMatchObject({
      status: 204,
      headers: { ...marked, allow: "PUT, OPTIONS" },
    });
    expect(await send("GET", "/orders/1", { origin: shop })).toMatchObject({ status: 405, headers: marked });
    expect(await send("PUT", "/elsewhere", { origin: shop })).toMatchObject({ status: 404, headers: marked });
  });
});
