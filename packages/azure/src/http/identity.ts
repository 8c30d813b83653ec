import type { Identity } from "@portico/core";
import { toClaims } from "@portico/core/adapter";

/** The header's JSON as Static Web Apps writes it. */
interface StaticWebAppsPrincipal {
  readonly identityProvider: string;
  readonly userId: string;
  readonly userDetails?: string;
  readonly userRoles?: readonly string[];
}

/** The header's JSON as App Service authentication writes it. */
interface AppServicePrincipal {
  readonly auth_typ?: string;
  readonly name_typ?: string;
  readonly role_typ?: string;
  readonly claims?: readonly { readonly typ: string; readonly val: string }[];
}

const nameIdentifier = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
const scopeClaim = "http://schemas.microsoft.com/identity/claims/scope";
const objectIdentifier = "http://schemas.microsoft.com/identity/claims/objectidentifier";

/**
 * Who Easy Auth (App Service authentication, Static Web Apps) says is calling, from `x-ms-client-principal` and its companions. Anybody
 * can send these headers to an app without Easy Auth. A header that is not what Easy Auth writes gives no identity.
 *
 * @see https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function readEasyAuth(header: (name: string) => string | undefined): Identity | undefined {
  const principal = parsePrincipal(header("x-ms-client-principal"));
  if (!principal) return undefined;
  return "userId" in principal ? fromStaticWebApps(principal) : fromAppService(principal, header);
}

function parsePrincipal(header: string | undefined): StaticWebAppsPrincipal | AppServicePrincipal | undefined {
  if (!header) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(header, "base64").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fromStaticWebApps(principal: StaticWebAppsPrincipal): Identity | undefined {
  const id = text(principal.userId);
  if (id === undefined) return undefined;
  const roles = Array.isArray(principal.userRoles)
    ? principal.userRoles.filter((role) => typeof role === "string")
    : [];
  return {
    provider: "easy-auth",
    id,
    name: text(principal.userDetails),
    issuer: text(principal.identityProvider),
    scopes: [],
    roles,
    claims: toClaims(principal),
  };
}

function fromAppService(
  principal: AppServicePrincipal,
  header: (name: string) => string | undefined,
): Identity | undefined {
  const claims: Record<string, unknown> = Object.create(null);
  for (const claim of Array.isArray(principal.claims) ? principal.claims : []) {
    const { typ, val } = (claim ?? {}) as { typ?: unknown; val?: unknown };
    if (typeof typ !== "string" || typeof val !== "string") continue;
    const before = claims[typ];
    claims[typ] = before === undefined ? val : [before, val].flat();
  }
  const id =
    text(header("x-ms-client-principal-id")) ??
    first(claims[nameIdentifier] ?? claims.sub ?? claims[objectIdentifier] ?? claims.oid) ??
    first(claims.client_id ?? claims.azp ?? claims.appid ?? claims.cid);
  if (id === undefined && Object.keys(claims).length === 0) return undefined;
  const { name_typ: nameType, role_typ: roleType } = principal;
  return {
    provider: "easy-auth",
    // A token may name nobody; what it allows counts all the same.
    id: id ?? "",
    name:
      text(header("x-ms-client-principal-name")) ?? first(typeof nameType === "string" ? claims[nameType] : undefined),
    issuer: first(claims.iss) ?? text(header("x-ms-client-principal-idp")) ?? text(principal.auth_typ),
    scopes: list(claims[scopeClaim] ?? claims.scp).flatMap((scopes) => scopes.split(" ").filter(Boolean)),
    roles: list(typeof roleType === "string" ? claims[roleType] : claims.roles),
    claims,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function list(value: unknown): string[] {
  return value === undefined ? [] : ([value].flat() as string[]);
}

function first(value: unknown): string | undefined {
  return text(list(value)[0]);
}
