import { HandlerError, http, reply } from "@portico/core";
import { fake, header, json } from "@portico/testing";
import { describe, expect, test, vi } from "vitest";
import { type CorsOptions, cors } from "./cors.js";

const shop = "https://shop.example.com";

const from = (origin: string | undefined, headers: Record<string, string> = {}, method = "GET") =>
  fake.http({ method, headers: { ...(origin !== undefined && { origin }), ...headers } });

const _preflightFrom = (origin: string, headers: Record<string, string> = {}) =>
  from(origin, { "access-control-request-method": "PUT", ...headers }, "OPTIONS");

const withCors = (options: CorsOptions) =>
  http
    .any("/")
    .use(cors(options))
    .handle(() => reply.text("hello"));

const allowOrigin = async (origin: CorsOptions["origin"], given: string) =>
  header(await withCors({ origin })(from(given)), "access-control-allow-origin");

describe("origins", () => {
  test("a star allows everybody, always, so that a cache may keep one reply", async () => {
    const response = await withCors({ origin: "*" })(from(undefined));
    expect(response.headers).toEqual({
      "content-type": "text/plain; charset=utf-8",
      "access-control-allow-origin": "*",
    });
    expect(await allowOrigin("*", "null")).toBe("*");
  });

  test("a listed origin is named, and every reply says that it depends on the origin", async () => {
    const list = withCors({ origin: [shop, "http://localhost:3000"] });
    for (const [origin, named] of [
      [shop, shop],
      ["http://localhost:3000", "http://localhost:3000"],
      ["http://localhost:3001", undefined],
      ["https://SHOP.example.com", undefined],
      [`${shop}.attacker.test`, undefined],
      [`${shop}, https://attacker.test`, undefined],
      ["null", undefined],
      ["", undefined],
      [undefined, undefined],
    ]) {
      const response = await list(from(origin));
      expect(response.body).toBe("hello");
      expect(header(response, "access-control-allow-origin")).toBe(named);
      expect(header(response, "vary")).toBe("Origin");
    }
  });

  test("a pattern must match the whole origin", async () => {
    expect(await allowOrigin(/https:\/\/\w+\.example\.com/, shop)).toBe(shop);
    expect(await allowOrigin(/https:\/\/\w+\.example\.com/, `${shop}.attacker.test`)).toBeUndefined();
    expect(await allowOrigin(/a|https:\/\/b/, "https://b")).toBe("https://b");
    expect(await allowOrigin(/.*/, "null")).toBeUndefined();
    expect(await allowOrigin(/.*/, `${shop}, https://attacker.test`)).toBeUndefined();
    const global = withCors({ origin: /https:\/\/b/g });
    for (const _ of [1, 2]) {
      expect(header(await global(from("https://b")), "access-control-allow-origin")).toBe("https://b");
    }
  });

  test("the origin null is allowed only where it is listed", async () => {
    expect(await allowOrigin(["null"], "null")).toBe("null");
    expect(await allowOrigin([shop], "null")).toBeUndefined();
  });

  test("a function decides with the request, or names another origin", async () => {
    const tenants = withCors({
      origin: async (origin, request) =>
        request.query.get("tenant") === "acme" ? origin === shop : "https://other.test",
    });
    const ask = async (url: string, origin: string) =>
      header(await tenants(fake.http({ url, headers: { origin } })), "access-control-allow-origin");
    expect(await ask("/?tenant=acme", shop)).toBe(shop);
    expect(await ask("/?tenant=acme", "https://attacker.test")).toBeUndefined();
    expect(await ask("/", shop)).toBe("https://other.test");
    const decide = vi.fn(() => true);
    await withCors({ origin: decide })(from(undefined));
    await withCors({ origin: decide })(from("https://a, https://b"));
    expect(decide).not.toHaveBeenCalled();
  });

  test("an origin that no browser sends is refused at creation, with the spelling to use", () => {
    for (const origin of [
      "https://shop.example.com/",
      "shop.example.com",
      "https://Shop.example.com",
      "https://*.example.com",
    ]) {
      expect(() => cors({ origin })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    }
    expect(() => cors({ origin: ["*", shop] })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => cors({ origin: "https://shop.example.com:443" })).toThrow(
      expect.objectContaining({ hint: "Browsers write it https://shop.example.com" }),
    );
    expect(() => cors({ origin: ["capacitor://localhost", "null", "http://[::1]:3000"] })).not.toThrow();
  });
});

describe("credentials", () => {
  test("are allowed to the named origin alone", async () => {
    const fn = withCors({ origin: shop, credentials: true });
    expect((await fn(from(shop))).headers).toMatchObject({
      "access-control-allow-origin": shop,
      "access-control-allow-credentials": "true",
    });
    expect(header(await fn(from("https://attacker.test")), "access-control-allow-credentials")).toBeUndefined();
  });

  test("and a star exclude each other", async () => {
    const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
    expect(() => cors({ origin: "*", credentials: true })).toThrow(refused);
    expect(() => cors({ origin: shop, credentials: true, allowHeaders: ["*"] })).toThrow(refused);
    const context = fake.context();
    const response = await withCors({ origin: () => "*", credentials: true })(from(shop), context);
    expect(response.status).toBe(500);
    expect(context.logs).toMatchObject([{ level: "error", fields: { error: { code: "CONFIG_INVALID" } } }]);
  });
});

describe("replies", () => {
  test("keep what they vary on, once", async () => {
    for (const [vary, expected] of [
      ["Accept-Encoding", "Accept-Encoding, Origin"],
      ["accept, origin", "accept, origin"],
      [["Accept", "Cookie"], "Accept, Cookie, Origin"],
      ["*", "*"],
    ] as const) {
      const fn = http
        .get("/")
        .use(cors({ origin: shop }))
        .handle(() => reply.text("", { headers: { vary } }));
      expect(header(await fn(from(shop)), "vary")).toBe(expected);
    }
  });

  test("let scripts read the exposed headers", async () => {
    const fn = withCors({ origin: shop, exposeHeaders: ["x-request-id", "etag"] });
    expect(header(await fn(from(shop)), "access-control-expose-headers")).toBe("x-request-id, etag");
    expect(header(await fn(from("https://attacker.test")), "access-control-expose-headers")).toBeUndefined();
  });

  test("for errors carry the same headers, and the error is logged once, with its text kept in", async () => {
    for (const [error, status, code] of [
      [new Error("secret"), 500, "INTERNAL"],
      [new HandlerError("CONFLICT", "Already there."), 409, "CONFLICT"],
    ] as const) {
      const context = fake.context();
      const response = await http
        .get("/")
        .use(cors({ origin: shop }))
        .handle(() => {
          throw error;
        })(from(shop), context);
      expect(response).toMatchObject({ status, headers: { "access-control-allow-origin": shop, vary: "Origin" } });
      expect(await json(response)).toMatchObject({ code });
      expect(context.logs).toHaveLength(1);
    }
  });

  test("of layers inside that answer early carry them too", async () => {
    const response = await http
      .get("/")
      .use(cors({ origin: shop }))
      .use(async () => reply.problem({ status: 429 }))
      .handle(() => reply.empty())(from(shop));
    expect(response).toMatchObject({ status: 429, headers: { "access-control-allow-origin": shop } });
  });
});

test("options that cannot work are refused at creation", () => {
  const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
  expect(() => cors({ origin: shop, maxAgeSeconds: 1.5 })).toThrow(refused);
  expect(() => cors({ origin: shop, maxAgeSeconds: -2 })).toThrow(refused);
  expect(() => cors({ origin: shop, exposeHeaders: ["x-a\r\nset-cookie: b"] })).toThrow(refused);
  expect(() => cors({ origin: shop, maxAgeSeconds: -1 })).not.toThrow();
});
