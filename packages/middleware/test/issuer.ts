import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { http, reply } from "@portico/core";
import { type FakeHttpInit, fake, header } from "@portico/testing";
import * as jose from "jose";
import { type JwtOptions, jwt } from "../src/jwt.js";

export const issuer = "https://id.example.com/";
export const audience = "orders";

export interface Signer {
  readonly kid: string;
  readonly key: jose.CryptoKey;
  readonly jwk: jose.JWK & { kty: string };
  readonly spki: string;
}

export async function createSigner(kid: string, alg = "RS256"): Promise<Signer> {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await jose.exportJWK(publicKey)), kid, alg, use: "sig" } as Signer["jwk"];
  return { kid, key: privateKey, jwk, spki: await jose.exportSPKI(publicKey) };
}

/** Two of the issuer's keys, and one of somebody else that claims to be the first. */
export const [first, second, stranger] = await Promise.all([
  createSigner("one"),
  createSigner("two"),
  createSigner("one"),
]);

/** Seconds since the epoch. */
export const now = () => Math.floor(Date.now() / 1000);

export interface TokenParts {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
}

/** A good token, but for what is given; a claim of undefined is left out. */
export async function sign({ key, kid }: Signer, { claims, header: more }: TokenParts = {}): Promise<string> {
  const payload = { iss: issuer, aud: audience, sub: "ada", exp: now() + 300, ...claims };
  return new jose.SignJWT(payload).setProtectedHeader({ alg: "RS256", kid, ...more }).sign(key);
}

/** What the issuer's server answers, and how often it was asked. */
export const published = { keys: [] as unknown, status: 200, requests: 0, delayMs: 0 };

export function resetPublished(): void {
  Object.assign(published, { keys: [first.jwk], status: 200, requests: 0, delayMs: 0 });
}

// A real server, so that real fetches and their failures are what is tested.
const server = createServer((_request, response) => {
  published.requests += 1;
  setTimeout(() => {
    response.writeHead(published.status, { "content-type": "application/json", connection: "close" });
    response.end(typeof published.keys === "string" ? published.keys : JSON.stringify({ keys: published.keys }));
  }, published.delayMs);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
server.unref();

export const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;

/** A function behind the layer, with the issuer's server unless other keys are given. */
export function protect(options: Partial<JwtOptions> = {}) {
  const source = options.keys || options.secret ? {} : { jwks };
  return http
    .get("/")
    .use(jwt({ issuer, audience, ...source, ...options } as JwtOptions & { optional?: false }))
    .handle((_request, { identity, claims }) => reply.json({ identity, claims }));
}

export type Protected = ReturnType<typeof protect>;

export async function call(fn: Protected, init: FakeHttpInit) {
  const context = fake.context();
  const response = await fn(fake.http(init), context);
  return { status: response.status, challenge: header(response, "www-authenticate"), response, logs: context.logs };
}

export const bearer = (fn: Protected, token: string, scheme = "Bearer") =>
  call(fn, { headers: { authorization: `${scheme} ${token}` } });
