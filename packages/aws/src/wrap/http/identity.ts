import type { RequestParts } from "./request.js";

type Said = Readonly<Record<string, unknown>>;

/** What a REST API's context says of a caller, and an HTTP API's with payload format 1.0. */
export function restCaller(
  { identity, lose }: RequestParts,
  version1: boolean,
): { authorizer?: Said; identity?: Said } {
  if (!identity) return {};
  const { provider, claims, scopes } = identity;
  if (provider === "cognito" && !version1) return { authorizer: { claims } };
  if (provider === "jwt" && version1) return { authorizer: { claims, scopes } };
  if (provider === "lambda") return { authorizer: { ...claims } };
  if (provider === "iam") return { identity: { ...claims } };
  if (provider === "mtls") return { identity: { clientCert: { ...claims } } };
  lose("identity", `it is from ${provider}`);
  return {};
}

/** What the context of payload format 2.0 says of a caller. */
export function payloadV2Caller(
  { identity, lose }: RequestParts,
  functionUrl: boolean,
): { authorizer?: Said; authentication?: Said } {
  if (!identity) return {};
  const { provider, claims, scopes } = identity;
  if (provider === "iam") return { authorizer: { iam: { ...claims } } };
  if (provider === "jwt" && !functionUrl) return { authorizer: { jwt: { claims: { ...claims }, scopes } } };
  if (provider === "lambda" && !functionUrl) return { authorizer: { lambda: { ...claims } } };
  if (provider === "mtls" && !functionUrl) return { authentication: { clientCert: { ...claims } } };
  lose("identity", `it is from ${provider}`);
  return {};
}

/** What Lattice says of a caller. */
export function latticeCaller({ identity, lose }: RequestParts): Said {
  if (!identity) return { type: "NONE" };
  if (identity.provider === "iam" && typeof identity.claims.principal === "string") return { ...identity.claims };
  lose("identity", `it is from ${identity.provider}`);
  return { type: "NONE" };
}
