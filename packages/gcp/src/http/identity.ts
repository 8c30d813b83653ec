import type { Identity } from "@portico/core";
import { type HttpSource, toClaims, toIdentity } from "@portico/core/adapter";

/** Identities that arrive in headers which anybody could send, were it not for what stands in front. */
export type TrustedIdentity = "iap" | "api-gateway";

/** Who is calling, by the first of these that says so. */
export function readIdentity(source: HttpSource, trust: readonly TrustedIdentity[]): Identity | undefined {
  for (const name of trust) {
    const identity = name === "iap" ? readIap(source) : readApiGateway(source);
    if (identity) return identity;
  }
  return undefined;
}

/** @see https://cloud.google.com/iap/docs/identity-howto */
function readIap(source: HttpSource): Identity | undefined {
  const [issuer, id] = splitNamespace(onlyLine(source, "x-goog-authenticated-user-id"));
  if (id === undefined) return undefined;
  const [, name] = splitNamespace(onlyLine(source, "x-goog-authenticated-user-email"));
  const assertion = onlyLine(source, "x-goog-iap-jwt-assertion")?.split(".")[1];
  return { provider: "iap", id, name, issuer, scopes: [], roles: [], claims: toClaims(decodeJson(assertion)) };
}

/** @see https://cloud.google.com/api-gateway/docs/authenticating-users-jwt */
function readApiGateway(source: HttpSource): Identity | undefined {
  return toIdentity("api-gateway", decodeJson(onlyLine(source, "x-apigateway-api-userinfo")));
}

/** Two lines are one too many to know which is the platform's. */
function onlyLine(source: HttpSource, name: string): string | undefined {
  const lines = source.headerLines(name);
  return lines.length === 1 && lines[0] !== "" ? lines[0] : undefined;
}

/** `accounts.google.com:1234`, in two. */
function splitNamespace(text: string | undefined): readonly [namespace: string | undefined, rest: string | undefined] {
  if (text === undefined) return [undefined, undefined];
  const colon = text.lastIndexOf(":");
  return colon < 0 ? [undefined, text] : [text.slice(0, colon), text.slice(colon + 1) || undefined];
}

function decodeJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
}
