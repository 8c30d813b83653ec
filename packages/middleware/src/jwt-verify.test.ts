import { header, json } from "@portico/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { bearer, call, first, protect, published, resetPublished, second, sign } from "../test/issuer.js";
import type { JwtOptions } from "./jwt.js";

beforeEach(resetPublished);

describe("published keys", () => {
  test("are fetched once, also by tokens that come at once", async () => {
    const fn = protect();
    const token = await sign(first);
    published.delayMs = 20;
    const replies = await Promise.all(Array.from({ length: 5 }, () => bearer(fn, token)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await bearer(fn, token);
    expect(published.requests).toBe(1);
  });

  test("are fetched again for an unknown key, but not within the cool-down", async () => {
    const fn = protect({ jwksCooldownMs: 0 });
    const cooling = protect();
    for (const each of [fn, cooling]) expect((await bearer(each, await sign(first))).status).toBe(200);
    published.keys = [first.jwk, second.jwk];
    published.requests = 0;
    expect((await bearer(fn, await sign(second))).status).toBe(200);
    expect(published.requests).toBe(1);
    const { status, challenge } = await bearer(cooling, await sign(second));
    expect([status, challenge]).toEqual([401, expect.stringContaining("unknown key")]);
    expect(published.requests).toBe(1);
  });

  test("that are withdrawn are no longer accepted once the cache ends", async () => {
    const fn = protect({ jwksCacheMs: 0 });
    expect((await bearer(fn, await sign(first))).status).toBe(200);
    published.keys = [second.jwk];
    expect((await bearer(fn, await sign(first))).status).toBe(401);
  });

  test("that cannot be had give 503 and never 401, with the cause in the log, and are asked for again", async () => {
    const token = await sign(first);
    const fn = protect({ jwksTimeoutMs: 50 });
    for (const trouble of [{ status: 500 }, { status: 302 }, { keys: "<html>" }, { keys: "{}" }, { delayMs: 150 }]) {
      Object.assign(published, { keys: [first.jwk], status: 200, delayMs: 0 }, trouble);
      const { status, challenge, response, logs } = await bearer(protect({ jwksTimeoutMs: 50 }), token);
      expect([trouble, status, challenge]).toEqual([trouble, 503, undefined]);
      expect(header(response, "retry-after")).toBe("5");
      expect(await json(response)).toMatchObject({ code: "UNAVAILABLE" });
      expect(logs).toMatchObject([
        { level: "error", fields: { error: { code: "UNAVAILABLE", cause: { message: expect.any(String) } } } },
      ]);
      expect(JSON.stringify(logs)).not.toContain(token.split(".")[1]);
    }
    Object.assign(published, { keys: [first.jwk], status: 500, delayMs: 0 });
    expect((await bearer(fn, token)).status).toBe(503);
    published.status = 200;
    expect((await bearer(fn, token)).status).toBe(200);
    const unreachable = protect({ jwks: "http://127.0.0.1:1/jwks.json" } as Partial<JwtOptions>);
    expect((await bearer(unreachable, token)).status).toBe(503);
  });

  test("that are too weak are a fault of the set-up: 500, with the reason in the log", async () => {
    published.keys = [{ kty: "RSA", kid: "one", alg: "RS256", n: "AQAB", e: "AQAB" }];
    const { status, logs } = await bearer(protect(), await sign(first));
    expect([status, JSON.stringify(logs)]).toEqual([500, expect.stringContaining("2048 bits")]);
  });

  test("are not fetched, and jose is not loaded, for a request without a token", async () => {
    expect((await call(protect({ jwks: "http://127.0.0.1:1/" } as Partial<JwtOptions>), {})).status).toBe(401);
    expect(published.requests).toBe(0);
  });
});
