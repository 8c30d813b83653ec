import type { Identity } from "@portico/core";
import { type HttpSource, toClaims, toIdentity } from "@portico/core/adapter";
import type { PayloadV2Event, RestEvent } from "./event.js";

type Said = object | null | undefined;

/** Who a REST API's authorizer, its IAM check or its client certificate says is calling; first match. */
export function restIdentity({ version, requestContext: { authorizer, identity } }: RestEvent): Identity | undefined {
  const { claims, scopes } = toClaims(authorizer);
  const caller = toClaims(identity);
  // An HTTP API without an authorizer says `{ claims: null, scopes: null }`.
  const said = claims
    ? toIdentity(version === "1.0" ? "jwt" : "cognito", claims, texts(scopes))
    : lambdaIdentity(authorizer);
  return said ?? iamIdentity(caller) ?? certificateIdentity(caller.clientCert as Said);
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
export function latticeIdentity(identity: Said): Identity | undefined {
  return make("iam", toClaims(identity).principal, identity);
}

/** Who ALB's OpenID Connect action says is calling, from headers that count only where ALB is the one way in. */
export function albIdentity(request: Pick<HttpSource, "header" | "headerLines">): Identity | undefined {
  const [sub, second] = request.headerLines("x-amzn-oidc-identity");
  // Two lines are one too many to know which is the platform's.
  if (second !== undefined || request.headerLines("x-amzn-oidc-data").length > 1) return undefined;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(request.header("x-amzn-oidc-data")?.split(".")[1] ?? "", "base64").toString());
  } catch {
    // The subject stands without further claims.
  }
  return toIdentity("alb-oidc", sub ? { ...toClaims(claims), sub } : claims);
}

/** A Lambda authorizer may name nobody: the id is empty then, and the claims are what it said. */
function lambdaIdentity(said: Said): Identity | undefined {
  const claims = toClaims(said);
  // What API Gateway adds on its own.
  delete claims.integrationLatency;
  if (Object.values(claims).every((value) => value === null)) return undefined;
  return make("lambda", claims.principalId ?? claims.sub ?? claims.userId ?? "", claims, "");
}

function iamIdentity(said: Said): Identity | undefined {
  const { userArn, caller } = toClaims(said);
  return make("iam", userArn ?? caller, said);
}

function certificateIdentity(said: Said): Identity | undefined {
  const { subjectDN, issuerDN } = toClaims(said);
  const identity = make("mtls", subjectDN, said);
  return identity && typeof issuerDN === "string" ? { ...identity, issuer: issuerDN } : identity;
}

function make(provider: string, id: unknown, said: Said, nobody?: string): Identity | undefined {
  const subject = typeof id === "string" && id !== "" ? id : nobody;
  return subject === undefined ? undefined : { provider, id: subject, scopes: [], roles: [], claims: toClaims(said) };
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
