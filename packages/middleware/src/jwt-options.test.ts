import { describe, expect, test } from "vitest";
import { audience, issuer } from "../test/issuer.js";
import { type JwtOptions, jwt } from "./jwt.js";

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
    ...[Number.NaN, -1, "5000"].flatMap((value) =>
      ["jwksTimeoutMs", "jwksCacheMs", "jwksCooldownMs", "clockToleranceSeconds"].map(
        (name) => [`${name} ${JSON.stringify(value)}`, { jwks: "https://id.example.com", [name]: value }] as const,
      ),
    ),
    ["a time that no timer takes", { jwks: "https://id.example.com", jwksTimeoutMs: Number.POSITIVE_INFINITY }],
    ["a negative tolerance", { keys: [key], clockToleranceSeconds: -1 }],
  ];
  test.each(cases)("%s", (_what, options) => {
    expect(() => jwt({ issuer, audience, ...options } as JwtOptions & { optional: true })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
