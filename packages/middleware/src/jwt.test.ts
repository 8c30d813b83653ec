import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { http, reply } from "@portico/core";
import { type FakeHttpInit, fake, header, json } from "@portico/testing";
import * as jose from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type JwtOptions, jwt } from "./jwt.js";

const issuer = "https://id.example.com/";
const audience = "orders";

interface Signer {
  readonly kid: string;
  readonly key: jose.CryptoKey;
  readonly jwk: jose.JWK & { kty: string };
  readonly spki: string;
}

async function createSigner(kid: string, alg = "RS256"): Promise<Signer> {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await jose.exportJWK(publicKey)), kid, alg, use: "sig" } as Signer["jwk"];
  return { kid, key: privateKey, jwk, spki: await jose.exportSPKI(publicKey) };
}

const now = () => Math.floor(Date.now() / 1000);

interface TokenParts {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** A good token, but for what is given; a claim of undefined is left out. */
async function sign({ key, kid }: Signer, { claims, header: more }: TokenParts = {}): Promise<string> {
  const payload = { iss: issuer, aud: audience, sub: "ada", exp: now() + 300, ...claims };
  return new jose.SignJWT(payload).setProtectedHeader({ alg: "RS256", kid, ...more }).sign(key);
}

let first: Signer;
let second: Signer;
let stranger: Signer;

// The issuer: a real server, so that real fetches and their failures are what is tested.
const published = { keys: [] as unknown, status: 200, requests: 0, delayMs: 0 };
const server = createServer((_request, response) => {
  published.requests += 1;
  setTimeout(() => {
    response.writeHead(published.status, { "content-type": "application/json" });
    response.end(typeof published.keys === "string" ? published.keys : JSON.stringify({ keys: published.keys }));
  }, published.delayMs);
});
let jwks: string;

beforeAll(async () => {
  [first, second, stranger] = await Promise.all([createSigner("one"), createSigner("two"), createSigner("one")]);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  Object.assign(published, { keys: [first.jwk], status: 200, requests: 0, delayMs: 0 });
});

const protect = (options: Partial<JwtOptions> = {}) => {
  const source = options.keys || options.secret ? {} : { jwks };
  return http
    .get("/")
    .use(jwt({ issuer, audience, ...source, ...options } as JwtOptions & { optional?: false }))
    .handle((_request, { identity, claims }) => reply.json({ identity, claims }));
};

type Protected = ReturnType<typeof protect>;

async function call(fn: Protected, init: FakeHttpInit) {
  const context = fake.context();
  const response = await fn(fake.http(init), context);
  return { status: response.status, challenge: header(response, "www-authenticate"), response, logs: context.logs };
}

const bearer = (fn: Protected, token: string, scheme = "Bearer") =>
  call(fn, { headers: { authorization: `${scheme} ${token}` } });

describe("a good token", () => {
  test("passes, and says who is calling", async () => {
    const token = await sign(first, {
      claims: { scope: "orders:read orders:write", roles: ["admin"], email: "ada@example.com" },
    });
    const { status, response } = await bearer(protect(), token);
    expect(status).toBe(200);
    expect(await json(response)).toMatchObject({
      identity: {
        provider: "jwt",
        id: "ada",
        name: "ada@example.com",
        issuer,
        scopes: ["orders:read", "orders:write"],
        roles: ["admin"],
      },
      claims: { sub: "ada", aud: audience },
    });
  });

  test("passes with a scheme in any case and more than one space", async () => {
    const token = await sign(first);
    for (const scheme of ["bearer", "BEARER", "Bearer  "])
      expect((await bearer(protect(), token, scheme)).status).toBe(200);
  });

  test("comes from another header, or from a cookie, when so said, and from there alone", async () => {
    const token = await sign(first);
    const byHeader = protect({ header: "X-Assertion" });
    expect((await call(byHeader, { headers: { "x-assertion": token } })).status).toBe(200);
    expect((await call(byHeader, { headers: { "x-assertion": `Bearer ${token}` } })).status).toBe(200);
    expect((await bearer(byHeader, token)).status).toBe(401);
    const byCookie = protect({ cookie: "session" });
    expect((await call(byCookie, { cookies: { session: token } })).status).toBe(200);
    expect((await bearer(byCookie, token)).status).toBe(401);
  });

  test("may be for one of several audiences, from one of several issuers", async () => {
    const token = await sign(first, { claims: { iss: "https://b", aud: ["x", "orders"] } });
    const fn = protect({ issuer: ["https://a", "https://b"], audience: ["orders", "invoices"] });
    expect((await bearer(fn, token)).status).toBe(200);
    expect(
      (
        await bearer(
          protect({ issuer: "https://b", audience: false }),
          await sign(first, { claims: { iss: "https://b", aud: undefined } }),
        )
      ).status,
    ).toBe(200);
  });

  test("may be signed with ES256, EdDSA or PS256 keys that were given", async () => {
    for (const alg of ["ES256", "EdDSA", "PS256"]) {
      const signer = await createSigner("k", alg);
      const { status } = await bearer(protect({ keys: [signer.jwk] }), await sign(signer, { header: { alg } }));
      expect([alg, status]).toEqual([alg, 200]);
    }
    expect(published.requests).toBe(0);
  });

  test("may leave its key unnamed where several would do", async () => {
    const unnamed = [first, second].map(({ jwk: { kid: _kid, ...jwk } }) => jwk as { kty: string });
    const token = await sign(second, { header: { kid: undefined } });
    expect((await bearer(protect({ keys: unnamed }), token)).status).toBe(200);
    expect(
      (await bearer(protect({ keys: unnamed }), await sign(stranger, { header: { kid: undefined } }))).challenge,
    ).toContain("signature");
  });

  test("may be signed with a secret", async () => {
    const secret = "correct horse battery staple 2026";
    const claims = { iss: issuer, aud: audience, sub: "ada", exp: now() + 60 };
    const token = await new jose.SignJWT(claims)
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    expect((await bearer(protect({ secret }), token)).status).toBe(200);
    expect((await bearer(protect({ secret: new TextEncoder().encode(secret) }), token)).status).toBe(200);
    expect((await bearer(protect({ secret: `${secret}!` }), token)).status).toBe(401);
  });
});

describe("no token", () => {
  test("is answered with a challenge that names no error", async () => {
    const none: FakeHttpInit[] = [
      {},
      { headers: { authorization: "Basic YWRhOnB3" } },
      { headers: { authorization: "Bearer" } },
      { headers: { authorization: "" } },
    ];
    for (const init of none) {
      const { status, challenge, response } = await call(protect(), init);
      expect([status, challenge]).toEqual([401, "Bearer"]);
      expect(await json(response)).toMatchObject({ code: "UNAUTHORIZED", detail: "An access token is needed." });
    }
  });

  test("passes where a token is optional, and a bad one does not", async () => {
    const fn = http
      .get("/")
      .use(jwt({ issuer, audience, jwks, optional: true }))
      .handle((_request, { identity }) => reply.text(identity?.id ?? "anonymous"));
    expect((await fn(fake.http())).body).toBe("anonymous");
    const authorization = `Bearer ${await sign(first)}`;
    expect((await fn(fake.http({ headers: { authorization } }))).body).toBe("ada");
    expect((await fn(fake.http({ headers: { authorization: `${authorization}x` } }), fake.context())).status).toBe(401);
  });
});

describe("a bad token", () => {
  const refusedWith = async (token: string, reason: RegExp, options?: Partial<JwtOptions>) => {
    const { status, challenge, logs } = await bearer(protect(options), token);
    expect(challenge).toMatch(/^Bearer error="invalid_token", error_description="[^"\\]+"$/);
    expect([status, challenge]).toEqual([401, expect.stringMatching(reason)]);
    expect(logs).toHaveLength(1);
    for (const part of token.split(".").filter(({ length }) => length > 8))
      expect(JSON.stringify(logs)).not.toContain(part);
    expect(JSON.stringify(logs)).not.toContain("secret-claim");
  };

  test("expired is refused, within the tolerance of clocks it passes", async () => {
    const claims = { note: "secret-claim" };
    await refusedWith(await sign(first, { claims: { ...claims, exp: now() - 62 } }), /has expired/);
    expect((await bearer(protect(), await sign(first, { claims: { exp: now() - 57 } }))).status).toBe(200);
    await refusedWith(await sign(first, { claims: { exp: now() - 2 } }), /has expired/, { clockToleranceSeconds: 0 });
    await refusedWith(await sign(first, { claims: { exp: undefined } }), /missing or wrong/);
  });

  test("not yet valid is refused, within the tolerance of clocks it passes", async () => {
    await refusedWith(await sign(first, { claims: { nbf: now() + 63 } }), /missing or wrong/);
    expect((await bearer(protect(), await sign(first, { claims: { nbf: now() + 57 } }))).status).toBe(200);
  });

  test("of another issuer, for another audience, without a subject or a required claim is refused", async () => {
    const claims = { note: "secret-claim" };
    for (const wrong of [
      { iss: "https://id.example.com" },
      { iss: undefined },
      { aud: "invoices" },
      { aud: ["x"] },
      { aud: undefined },
    ]) {
      await refusedWith(await sign(first, { claims: { ...claims, ...wrong } }), /missing or wrong/);
    }
    await refusedWith(await sign(first, { claims: { sub: undefined } }), /no subject/);
    await refusedWith(await sign(first), /missing or wrong/, { requiredClaims: ["tenant"] });
    await refusedWith(await sign(first), /missing or wrong/, { type: "at+jwt" });
    expect((await bearer(protect({ type: "at+jwt" }), await sign(first, { header: { typ: "at+jwt" } }))).status).toBe(
      200,
    );
  });

  test("signed with another key, or changed, is refused", async () => {
    await refusedWith(await sign(stranger), /signature/);
    const [head, , signature] = (await sign(first)).split(".");
    const payload = jose.base64url.encode(
      JSON.stringify({ iss: issuer, aud: audience, sub: "root", exp: now() + 300 }),
    );
    await refusedWith(`${head}.${payload}.${signature}`, /signature/);
  });

  test("with alg none is refused, signed or not", async () => {
    const [, payload, signature] = (await sign(first)).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const head = jose.base64url.encode(JSON.stringify({ alg, kid: "one" }));
      await refusedWith(`${head}.${payload}.`, /not a signed token/);
      await refusedWith(`${head}.${payload}.${signature}`, /not accepted/);
    }
  });

  test("signed with a public key as an HMAC secret is refused", async () => {
    for (const secret of [first.spki, JSON.stringify(first.jwk)]) {
      const forged = await new jose.SignJWT({ iss: issuer, aud: audience, sub: "root", exp: now() + 300 })
        .setProtectedHeader({ alg: "HS256", kid: "one" })
        .sign(new TextEncoder().encode(secret));
      await refusedWith(forged, /not accepted/);
      await refusedWith(forged, /not accepted/, { keys: [first.jwk] });
    }
  });

  test("signed with an algorithm that is not pinned is refused", async () => {
    await refusedWith(await sign(first), /not accepted/, { algorithms: ["ES256"] });
  });

  test("with its own key in its header is refused", async () => {
    await refusedWith(await sign(stranger, { header: { jwk: stranger.jwk, kid: undefined } }), /signature/);
  });

  test("that is garbage is refused, whatever it is", async () => {
    const token = await sign(first);
    const [head = "", payload = "", signature = ""] = token.split(".");
    const encode = (value: unknown) => jose.base64url.encode(typeof value === "string" ? value : JSON.stringify(value));
    const garbage = [
      "x",
      "a.b.c",
      "..",
      `${token}.${signature}`,
      `${token}, Bearer ${token}`,
      `${token} ${token}`,
      `${head}.${payload}`,
      `${encode("{")}.${payload}.${signature}`,
      `${encode([])}.${payload}.${signature}`,
      `${encode({ alg: 5 })}.${payload}.${signature}`,
      `${encode({ alg: "RS256", kid: { a: 1 } })}.${payload}.${signature}`,
      `${encode({ alg: "RS256", kid: "one", crit: ["x"], x: 1 })}.${payload}.${signature}`,
      `${encode({ alg: "RS256", kid: "one", crit: "b64", b64: false })}.${payload}.${signature}`,
      `${head}.${encode("null")}.${signature}`,
      `${head}.${payload}.${"A".repeat(9000)}`,
      "A".repeat(20_000),
      `${"A".repeat(20_000)}.${payload}.${signature}`,
    ];
    for (const text of garbage) {
      const { status, challenge, logs } = await bearer(protect({ keys: [first.jwk] }), text);
      expect([text.slice(0, 60), status, challenge]).toEqual([
        text.slice(0, 60),
        401,
        expect.stringContaining("invalid_token"),
      ]);
      expect(JSON.stringify(logs)).not.toContain(payload);
    }
  });

  test("that is longer than any platform passes on is refused unread", async () => {
    await refusedWith(await sign(first, { claims: { note: "x".repeat(20_000) } }), /too long/);
    expect(published.requests).toBe(0);
  });

  test("beside a good one in a second authorization line is refused", async () => {
    const token = await sign(first);
    const { status } = await call(protect(), { headers: { authorization: [`Bearer ${token}`, "Bearer x"] } });
    expect(status).toBe(401);
  });

  test("signed rightly with a payload that is no claims set is refused", async () => {
    const secret = "s".repeat(32);
    for (const payload of ["[]", "null", "{", '"text"']) {
      const token = await new jose.CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: "HS256" })
        .sign(new TextEncoder().encode(secret));
      await refusedWith(token, /malformed/, { secret });
    }
  });
});

describe("scopes", () => {
  test("that are missing are answered with 403 and named", async () => {
    const fn = protect({ scopes: ["orders:read", "orders:write"] });
    expect((await bearer(fn, await sign(first, { claims: { scope: "orders:write x orders:read" } }))).status).toBe(200);
    expect((await bearer(fn, await sign(first, { claims: { scp: ["orders:read", "orders:write"] } }))).status).toBe(
      200,
    );
    const { status, challenge, response } = await bearer(fn, await sign(first, { claims: { scope: "orders:read" } }));
    expect([status, challenge]).toEqual([403, 'Bearer error="insufficient_scope", scope="orders:read orders:write"']);
    expect(await json(response)).toMatchObject({ code: "FORBIDDEN", details: { scopes: ["orders:write"] } });
  });
});

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

describe("options that are not safe are refused at creation:", () => {
  const key = { kty: "RSA", n: "x", e: "AQAB" };
  const cases: readonly (readonly [what: string, options: object])[] = [
    ["no keys", {}],
    ["two kinds of keys", { jwks: "https://id.example.com", secret: "s".repeat(32) }],
    ["algorithm none", { jwks: "https://id.example.com", algorithms: ["none"] }],
    ["no algorithm", { jwks: "https://id.example.com", algorithms: [] }],
    ["HS256 with public keys", { jwks: "https://id.example.com", algorithms: ["RS256", "HS256"] }],
    ["RS256 with a secret", { secret: "s".repeat(32), algorithms: ["RS256"] }],
    ["a short secret", { secret: "short" }],
    ["a secret too short for its algorithm", { secret: "s".repeat(32), algorithms: ["HS512"] }],
    ["keys over plain http", { jwks: "http://id.example.com/jwks.json" }],
    ["a JWKS that is no URL", { jwks: "jwks.json" }],
    ["a symmetric key among public keys", { keys: [{ kty: "oct", k: "x" }] }],
    ["a private key", { keys: [{ ...key, d: "x" }] }],
    ["no key in the list", { keys: [] }],
    ["no audience", { keys: [key], audience: "" }],
    ["no issuer", { keys: [key], issuer: [] }],
    ["header and cookie", { keys: [key], header: "x", cookie: "y" }],
    ["a negative tolerance", { keys: [key], clockToleranceSeconds: -1 }],
  ];
  test.each(cases)("%s", (_what, options) => {
    expect(() => jwt({ issuer, audience, ...options } as JwtOptions & { optional: true })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
