import { http, reply } from "@portico/core";
import { type FakeHttpInit, fake, json } from "@portico/testing";
import * as jose from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import {
  audience,
  bearer,
  call,
  createSigner,
  first,
  issuer,
  jwks,
  now,
  protect,
  published,
  resetPublished,
  second,
  sign,
  stranger,
} from "../test/issuer.js";
import { jwt } from "./jwt.js";

beforeEach(resetPublished);

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

  test("without a subject, of a client, keeps its scopes and claims, and has the client for an id", async () => {
    const token = await sign(first, {
      claims: { sub: undefined, azp: "worker", tenant: "acme", scope: "orders:read" },
    });
    const { status, response } = await bearer(protect({ scopes: ["orders:read"] }), token);
    expect(status).toBe(200);
    expect(await json(response)).toMatchObject({
      identity: { id: "worker", scopes: ["orders:read"] },
      claims: { tenant: "acme" },
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

describe("claims with the values they must have", () => {
  const protectedBy = protect({ claims: { email: "push@example.com", email_verified: true } });
  test.each([
    [{ email: "push@example.com", email_verified: true }, 200],
    [{ email: "push@example.com", email_verified: "true" }, 403],
    [{ email: "other@example.com", email_verified: true }, 403],
    [{ email_verified: true }, 403],
    [{}, 403],
  ])("%j: %i", async (claims, status) => {
    expect((await bearer(protectedBy, await sign(first, { claims }))).status).toBe(status);
  });

  test.each([{ email: undefined }, { email: "" }])("are refused without a value: %j", (claims) => {
    // @ts-expect-error a value is needed
    expect(() => protect({ claims })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
