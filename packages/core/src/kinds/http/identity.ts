/** Who the platform's own authorizer says is calling, in one shape. */
export interface Identity {
  /** Which authorizer said so: `jwt`, `lambda`, `iam`, `cognito`, `mtls`, `alb-oidc`, `easy-auth`, `iap`, `api-gateway`. */
  readonly provider: string;
  /** The subject: a user id, an ARN, a principal id. Empty where the authorizer names none, as for a token without `sub`. */
  readonly id: string;
  /** A readable name, such as an e-mail address. */
  readonly name?: string | undefined;
  readonly issuer?: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  /** Everything the authorizer said, as it said it; no prototype. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A record without a prototype, from whatever an authorizer delivered. */
export function toClaims(value: unknown): Record<string, unknown> {
  const claims: Record<string, unknown> = Object.create(null);
  if (typeof value === "object" && value !== null) {
    for (const name of Object.keys(value)) claims[name] = (value as Record<string, unknown>)[name];
  }
  return claims;
}

/**
 * An identity from JWT claims, as OpenID Connect names them. A token without `sub` names its client, or nobody: its id is empty then, and its
 * scopes and claims count all the same. Undefined where there is no claim at all, or a `sub` that is no name.
 */
export function toIdentity(provider: string, value: unknown, scopes?: readonly string[]): Identity | undefined {
  const claims = toClaims(value);
  const { sub = null } = claims;
  const id = sub === null ? clientOf(claims) : text(sub);
  if (id === undefined) return undefined;
  return {
    provider,
    id,
    name: text(claims.email) ?? text(claims.preferred_username) ?? text(claims.username) ?? text(claims.name),
    issuer: text(claims.iss),
    scopes: scopes ?? words(claims.scope ?? claims.scp),
    roles: words(claims.roles ?? claims["cognito:groups"]),
    claims,
  };
}

/** The client that a token was given to, as issuers spell it; empty where they do not, undefined where the token says nothing. */
function clientOf({ client_id, azp, appid, cid, ...rest }: Record<string, unknown>): string | undefined {
  const client = text(client_id) ?? text(azp) ?? text(appid) ?? text(cid);
  return client ?? (Object.keys(rest).length > 0 ? "" : undefined);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list, or text such as `a b`, `a,b` or API Gateway's `[a b]`. */
function words(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string");
  return typeof value === "string"
    ? value
        .replace(/^\[|\]$/g, "")
        .split(/[ ,]+/)
        .filter(Boolean)
    : [];
}
