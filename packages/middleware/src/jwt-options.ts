import { HandlerError } from "@portico/core";
import { checkNumbers, milliseconds, timerMilliseconds } from "@portico/core/adapter";

/** A public key as a JSON Web Key. @see https://www.rfc-editor.org/rfc/rfc7517 */
export interface PublicJwk {
  readonly kty: string;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  readonly [member: string]: unknown;
}

/** What tokens are signed with: exactly one of these. */
export type JwtKeys =
  | {
      /** Where the issuer publishes its keys; https, or http on the local machine. */
      readonly jwks: string | URL;
      readonly keys?: undefined;
      readonly secret?: undefined;
    }
  | {
      /** The issuer's public keys themselves. */
      readonly keys: readonly PublicJwk[];
      readonly jwks?: undefined;
      readonly secret?: undefined;
    }
  | {
      /** A secret shared with the issuer, text taken as UTF-8: at least as many bytes as the algorithm's hash, 32 for HS256. */
      readonly secret: string | Uint8Array;
      readonly jwks?: undefined;
      readonly keys?: undefined;
    };

/** What is checked of a token, whatever its keys. */
export interface JwtChecks {
  /** The `iss` that tokens must have, or several to choose from. */
  readonly issuer: string | readonly string[];
  /** The `aud` that tokens must be for. `false` for issuers whose tokens name none (Cognito access tokens): check another claim then. */
  readonly audience: string | readonly string[] | false;
  /** Signature algorithms accepted. Default: RS, PS, ES and EdDSA with public keys, HS256 with a secret; never `none`. */
  readonly algorithms?: readonly string[] | undefined;
  /** How far the clocks of issuer and function may be apart. Seconds; default 60. */
  readonly clockToleranceSeconds?: number | undefined;
  /** Claims that tokens must have beside `iss`, `aud`, `exp` and the subject. */
  readonly requiredClaims?: readonly string[] | undefined;
  /** Values that claims must have, each exactly: the `email` of the one account that may call, say. Other tokens are refused with 403. */
  readonly claims?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** The `typ` that tokens must have: `at+jwt` keeps ID tokens out where the issuer follows RFC 9068. Default: any. */
  readonly type?: string | undefined;
  /** Scopes a token must have, all of them. Default: none. */
  readonly scopes?: readonly string[] | undefined;
  /** Takes the token from this header, with or without `Bearer`, and no longer from `authorization`. */
  readonly header?: string | undefined;
  /** Takes the token from this cookie. Browsers send cookies by themselves: guard against forged requests with SameSite. */
  readonly cookie?: string | undefined;
  /** How long fetched keys are used before they are fetched again. Milliseconds; default 10 minutes. */
  readonly jwksCacheMs?: number | undefined;
  /** How long after a fetch a token with an unknown key does not cause another. Milliseconds; default 30 seconds. */
  readonly jwksCooldownMs?: number | undefined;
  /** Milliseconds that the keys' server has to answer; default 5 seconds. */
  readonly jwksTimeoutMs?: number | undefined;
}

const symmetric = { HS256: 32, HS384: 48, HS512: 64 } as const satisfies Record<string, number>;
const asymmetric = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/**
 * The algorithms to accept, fit for the kind of key: a secret for HS alone, public keys never for HS, so that nobody can sign with a
 * public key as the secret.
 *
 * @throws {HandlerError} CONFIG_INVALID when the options do not fit together.
 */
export function checkJwtOptions(options: JwtKeys & JwtChecks): readonly string[] {
  const { jwks, keys, secret, header, cookie } = options;
  if ([jwks, keys, secret].filter((given) => given !== undefined).length !== 1) {
    throw invalid("give one of jwks, keys and secret");
  }
  if (header !== undefined && cookie !== undefined) throw invalid("a token comes from a header or from a cookie");
  if ([options.issuer].flat().filter(Boolean).length === 0) throw invalid("an issuer is needed");
  if (options.audience !== false && [options.audience].flat().filter(Boolean).length === 0) {
    throw invalid(
      "an audience is needed",
      "Without one, every token of the issuer is accepted; `false` says that you check it.",
    );
  }
  const vague = Object.entries(options.claims ?? {}).find(([, value]) => value === undefined || value === "");
  if (vague) throw invalid(`claims.${vague[0]} has no value`, "Check that its environment variable is set.");
  checkNumbers(options, {
    clockToleranceSeconds: { is: "a number of seconds", to: 3600 },
    jwksCacheMs: milliseconds,
    jwksCooldownMs: milliseconds,
    jwksTimeoutMs: { ...timerMilliseconds, is: "a whole number of milliseconds", whole: true },
  });
  if (jwks !== undefined) checkUrl(jwks);
  if (keys) checkKeys(keys);

  const possible: readonly string[] = secret === undefined ? asymmetric : Object.keys(symmetric);
  const algorithms = options.algorithms ?? (secret === undefined ? asymmetric : ["HS256"]);
  const wrong = algorithms.find((algorithm) => !possible.includes(algorithm));
  if (wrong !== undefined || algorithms.length === 0) {
    const kind = secret === undefined ? "public keys" : "a secret";
    throw invalid(`${wrong ?? "no algorithm"} does not go with ${kind}`, `Possible are ${possible.join(", ")}.`);
  }
  if (secret !== undefined) checkSecret(secret, algorithms as (keyof typeof symmetric)[]);
  return algorithms;
}

function checkUrl(jwks: string | URL): void {
  const url = URL.canParse(String(jwks)) ? new URL(jwks) : undefined;
  const local = url?.protocol === "http:" && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol !== "https:" && !local)
    throw invalid("jwks is an https URL", "Keys fetched in the clear could be anybody's.");
}

function checkKeys(keys: readonly PublicJwk[]): void {
  if (keys.length === 0) throw invalid("keys is empty");
  for (const { kty, d } of keys) {
    if (kty === "oct") throw invalid("keys has a symmetric key", "Give it as `secret`.");
    if (d !== undefined) throw invalid("keys has a private key", "Only the issuer needs it; give its public half.");
  }
}

function checkSecret(secret: string | Uint8Array, algorithms: readonly (keyof typeof symmetric)[]): void {
  const length = typeof secret === "string" ? new TextEncoder().encode(secret).byteLength : secret.byteLength;
  const needed = Math.max(...algorithms.map((algorithm) => symmetric[algorithm]));
  if (length < needed) throw invalid(`the secret has ${length} bytes, and ${algorithms.join(", ")} asks for ${needed}`);
}

function invalid(what: string, hint?: string): HandlerError {
  return new HandlerError("CONFIG_INVALID", `jwt: ${what}.`, { hint });
}
