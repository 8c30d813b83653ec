import * as jose from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import {
  audience,
  bearer,
  call,
  first,
  issuer,
  now,
  protect,
  published,
  resetPublished,
  sign,
  stranger,
} from "../test/issuer.js";
import type { JwtOptions } from "./jwt.js";

beforeEach(resetPublished);

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
