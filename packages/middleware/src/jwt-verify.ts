import { HandlerError } from "@portico/core";
import type { JWK, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from "jose";
import type { JwtChecks, JwtKeys } from "./jwt-options.js";

type Jose = typeof import("jose");
type Verify = (token: string) => Promise<JWTPayload>;

/** Checks a token's signature and claims. jose is loaded, and keys are fetched, at the first token. */
export function createVerify(options: JwtKeys & JwtChecks, algorithms: readonly string[]): Verify {
  let verify: Promise<Verify> | undefined;
  return async (token) => {
    verify ??= load(options, algorithms);
    return (await verify)(token);
  };
}

async function load(options: JwtKeys & JwtChecks, algorithms: readonly string[]): Promise<Verify> {
  const jose = await importJose();
  const { issuer, audience, clockToleranceSeconds = 60, requiredClaims = [], type } = options;
  const checks: JWTVerifyOptions = {
    algorithms: [...algorithms],
    issuer: [issuer].flat(),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ["exp", ...requiredClaims],
    ...(audience !== false && { audience: [audience].flat() }),
    ...(type !== undefined && { typ: type }),
  };
  if (options.secret !== undefined) {
    const { secret } = options;
    const key = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
    return async (token) => (await jose.jwtVerify(token, key, checks)).payload;
  }
  const getKey = toGetKey(jose, options);
  return async (token) => {
    try {
      return (await jose.jwtVerify(token, getKey, checks)).payload;
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSMultipleMatchingKeys)) throw error;
      return tryEach(jose, token, error, checks);
    }
  };
}

async function importJose(): Promise<Jose> {
  try {
    return await import("jose");
  } catch (cause) {
    throw new HandlerError("CONFIG_INVALID", "jwt: the package jose cannot be loaded.", {
      cause,
      hint: "npm install jose",
    });
  }
}

function toGetKey(jose: Jose, options: JwtKeys & JwtChecks): JWTVerifyGetKey {
  if (options.jwks === undefined) return jose.createLocalJWKSet({ keys: [...(options.keys ?? [])] as JWK[] });
  const { jwksCacheMs = 600_000, jwksCooldownMs = 30_000, jwksTimeoutMs = 5000 } = options;
  const fetchKey = jose.createRemoteJWKSet(new URL(options.jwks), {
    cacheMaxAge: jwksCacheMs,
    cooldownDuration: jwksCooldownMs,
    timeoutDuration: jwksTimeoutMs,
  });
  const { JWKSNoMatchingKey, JWKSMultipleMatchingKeys, JOSENotSupported } = jose.errors;
  const ofTheToken = [JWKSNoMatchingKey, JWKSMultipleMatchingKeys, JOSENotSupported];
  return async (header, token) => {
    try {
      return await fetchKey(header, token);
    } catch (cause) {
      if (ofTheToken.some((kind) => cause instanceof kind)) throw cause;
      // Not the caller's fault: a 401 would make it throw a good token away.
      throw new HandlerError("UNAVAILABLE", "The keys that tokens are checked with cannot be had at the moment.", {
        cause,
        headers: { "retry-after": "5" },
      });
    }
  };
}

/** A token that does not name its key, where several would do. */
async function tryEach(
  jose: Jose,
  token: string,
  keys: InstanceType<Jose["errors"]["JWKSMultipleMatchingKeys"]>,
  checks: JWTVerifyOptions,
) {
  for await (const key of keys) {
    try {
      return (await jose.jwtVerify(token, key, checks)).payload;
    } catch (error) {
      if (!(error instanceof jose.errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new jose.errors.JWSSignatureVerificationFailed();
}
