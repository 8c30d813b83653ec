import type { Identity } from "@portico/core";
import { toClaims, toIdentity } from "@portico/core/adapter";
import type { PayloadV2Event, RestEvent } from "./event.js";

/** Who a REST API's authorizer, its IAM check or its client certificate says is calling; first match. */
export function restIdentity({ version, requestContext: { authorizer, identity } }: RestEvent): Identity | undefined {
  // An HTTP API without an authorizer says `{ claims: null, scopes: null }`.
  const said =
    authorizer?.claims === undefined
      ? lambdaIdentity(authorizer)
      : toIdentity(version === "1.0" ? "jwt" : "cognito", authorizer.claims, texts(authorizer.scopes));
  return said ?? iamIdentity(identity) ?? certificateIdentity(identity?.clientCert);
}

/** Who an HTTP API's authorizer, or a function URL's IAM check, says is calling. */
export function payloadV2Identity({
  authorizer,
  authentication,
}: PayloadV2Event["requestContext"]): Identity | undefined {
  return (
    (authorizer?.jwt && toIdentity("jwt", authorizer.jwt.claims, texts(authorizer.jwt.scopes))) ??
    lambdaIdentity(authorizer?.lambda) ??
    iamIdentity(authorizer?.iam) ??
    certificateIdentity(authentication?.clientCert)
  );
}

/** Who a Lattice auth policy says is calling. */
export function latticeIdentity(identity: Readonly<Record<string, unknown>> | null | undefined): Identity | undefined {
  return make("iam", identity?.principal, identity);
}

/** Who ALB's OpenID Connect action says is calling, from headers that count only where ALB is the one way in. */
export function albIdentity(request: { header(name: string): string | undefined }): Identity | undefined {
  const sub = request.header("x-amzn-oidc-identity");
  if (!sub) return undefined;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(request.header("x-amzn-oidc-data")?.split(".")[1] ?? "", "base64").toString());
  } catch {
    // The subject stands without further claims.
  }
  return toIdentity("alb-oidc", { ...toClaims(claims), sub });
}

/** A Lambda authorizer may name nobody: the id is empty then, and the claims are what it said. */
function lambdaIdentity(said: Readonly<Record<string, unknown>> | null | undefined): Identity | undefined {
  const claims = toClaims(said);
  // What API Gateway adds on its own.
  delete claims.integrationLatency;
  if (Object.values(claims).every((value) => value === null)) return undefined;
  return make("lambda", claims.principalId ?? claims.sub ?? claims.userId ?? "", claims, "");
}

function iamIdentity(said: Readonly<Record<string, unknown>> | null | undefined): Identity | undefined {
  return make("iam", said?.userArn ?? said?.caller, said);
}

function certificateIdentity(certificate: unknown): Identity | undefined {
  const claims = toClaims(certificate);
  const identity = make("mtls", claims.subjectDN, claims);
  return identity && typeof claims.issuerDN === "string" ? { ...identity, issuer: claims.issuerDN } : identity;
}

function make(provider: string, id: unknown, said: unknown, nobody?: string): Identity | undefined {
  const subject = typeof id === "string" && id !== "" ? id : nobody;
  return subject === undefined ? undefined : { provider, id: subject, scopes: [], roles: [], claims: toClaims(said) };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
