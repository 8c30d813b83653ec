import {
  type Context,
  HandlerError,
  type HttpReply,
  type HttpRequest,
  type Identity,
  type Middleware,
  type Next,
} from "@portico/core";
import { checkNames, type OptionNames, toIdentity, trimWhiteSpace } from "@portico/core/adapter";
import { checkJwtOptions, type JwtChecks, type JwtKeys } from "./jwt-options.js";
import { createVerify } from "./jwt-verify.js";

export type { JwtChecks, JwtKeys, PublicJwk } from "./jwt-options.js";

export type JwtOptions = JwtKeys &
  JwtChecks & {
    /** Lets requests without a token pass, with `identity` and `claims` undefined; a bad token is still refused. Default: false. */
    readonly optional?: boolean | undefined;
  };

const names = {
  jwks: true,
  keys: true,
  secret: true,
  issuer: true,
  audience: true,
  algorithms: true,
  clockToleranceSeconds: true,
  requiredClaims: true,
  claims: true,
  type: true,
  scopes: true,
  header: true,
  cookie: true,
  jwksCacheMs: true,
  jwksCooldownMs: true,
  jwksTimeoutMs: true,
  optional: true,
} satisfies OptionNames<JwtOptions>;

/** What {@link jwt} adds to the context. */
export interface JwtAdditions {
  /** Who the token says is calling; its `provider` is `jwt`. */
  readonly identity: Identity;
  /** All claims of the token; no prototype. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What {@link jwt} adds with `optional`. */
export type OptionalJwtAdditions = { readonly [K in keyof JwtAdditions]: JwtAdditions[K] | undefined };

type JwtLayer<A extends object> = Middleware<HttpRequest, Context, A, HttpReply>;

/**
 * Lets only requests with a valid JSON Web Token pass, and says who is calling. Answers 401 with a `www-authenticate` challenge when the
 * token is missing, malformed, expired, or not from this issuer for this audience; 403 when it lacks a scope; 503, and never 401, when the
 * issuer's keys cannot be fetched. No part of a token is logged.
 *
 * Needs the package `jose`, loaded at the first token. With `jwks` the first fetch also loads Node's fetch: 20 to 40 ms of CPU, once per
 * process; `keys` and `secret` do without.
 *
 * @example
 * http.use(jwt({ issuer: "https://id.example.com/", audience: "orders", jwks: "https://id.example.com/.well-known/jwks.json" }))
 *   .get("/me")
 *   .handle((_request, { identity }) => reply.json({ id: identity.id }));
 *
 * @throws {HandlerError} CONFIG_INVALID when the options do not fit together, such as an HS algorithm with public keys.
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
export function jwt(options: JwtOptions & { readonly optional: true }): JwtLayer<OptionalJwtAdditions>;
export function jwt(options: JwtOptions & { readonly optional?: false | undefined }): JwtLayer<JwtAdditions>;
export function jwt(options: JwtOptions) {
  checkNames(options ?? null, names);
  const verify = createVerify(options, checkJwtOptions(options));
  const { optional = false, scopes = [], claims = {} } = options;

  return async (request: HttpRequest, _context: Context, next: Next<HttpReply>) => {
    const token = readToken(request, options);
    if (token === undefined) {
      if (optional) return next({ identity: undefined, claims: undefined });
      throw unauthorized("An access token is needed.");
    }
    const identity = await identify(token, verify);
    const missing = scopes.filter((scope) => !identity.scopes.includes(scope));
    if (missing.length > 0) {
      throw new HandlerError("FORBIDDEN", "The access token lacks a scope.", {
        details: { scopes: missing },
        headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${scopes.join(" ")}"` },
      });
    }
    const wrong = Object.keys(claims).find((name) => identity.claims[name] !== claims[name]);
    if (wrong !== undefined) {
      throw new HandlerError("FORBIDDEN", `The access token's claim ${wrong} is not one that is accepted.`, {
        headers: { "www-authenticate": 'Bearer error="insufficient_scope"' },
      });
    }
    return next({ identity, claims: identity.claims });
  };
}

function readToken({ headers, cookies }: HttpRequest, { header, cookie }: JwtChecks): string | undefined {
  if (cookie !== undefined) return cookies[cookie] || undefined;
  const value = trimWhiteSpace(headers.get(header ?? "authorization") ?? "") || undefined;
  const bearer = value && /^bearer(?: +(.*))?$/is.exec(value);
  if (bearer) return bearer[1] || undefined;
  // Another scheme than Bearer brings no token.
  return header === undefined ? undefined : value;
}

// No platform passes on more than this in one header. Three parts, none empty: a token with `alg: none` has no third.
const longestToken = 16_384;
const signedToken = /^[\w-]+\.[\w-]+\.[\w-]+$/;

async function identify(token: string, verify: (token: string) => Promise<object>): Promise<Identity> {
  if (token.length > longestToken) throw refused("The access token is too long.");
  if (!signedToken.test(token)) throw refused("The access token is not a signed token.");
  let claims: object;
  try {
    claims = await verify(token);
  } catch (error) {
    throw toRefusal(error);
  }
  const identity = toIdentity("jwt", claims);
  // RFC 9068, section 2.2: an access token has a subject. One that names its client alone is a machine's.
  if (!identity?.id) throw refused("The access token has no subject.");
  return identity;
}

// jose's errors by their codes: https://github.com/panva/jose/tree/main/docs/util/errors
const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: "The access token has expired.",
  ERR_JWT_CLAIM_VALIDATION_FAILED: "A claim of the access token is missing or wrong.",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "The signature of the access token is not valid.",
  ERR_JOSE_ALG_NOT_ALLOWED: "The access token is signed with an algorithm that is not accepted.",
  ERR_JWKS_NO_MATCHING_KEY: "The access token is signed with an unknown key.",
  ERR_JWS_INVALID: "The access token is malformed.",
  ERR_JWT_INVALID: "The access token is malformed.",
  ERR_JOSE_NOT_SUPPORTED: "The access token is signed in a way that is not supported.",
};

// The error itself carries the whole payload in its cause, so only its message goes to the log.
function toRefusal(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  const reason = typeof code === "string" && Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return reason === undefined ? error : refused(reason, message);
}

function refused(reason: string, hint?: string): HandlerError {
  return unauthorized(reason, `error="invalid_token", error_description="${reason}"`, hint);
}

function unauthorized(message: string, parameters?: string, hint?: string): HandlerError {
  const challenge = parameters === undefined ? "Bearer" : `Bearer ${parameters}`;
  return new HandlerError("UNAUTHORIZED", message, { hint, headers: { "www-authenticate": challenge } });
}
