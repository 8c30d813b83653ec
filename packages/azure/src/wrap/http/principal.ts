import type { Identity } from "@portico/core";
import { unencodable } from "@portico/core/adapter";

/**
 * The header fields by which Easy Auth tells who is calling, which make `request.user`. An identity that another platform's authorizer found is told
 * in the same way, its claims as text.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it has an id or a name that no header can have.
 * @see https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function principalHeaders(identity: Identity): Readonly<Record<string, string>> {
  const { provider, id, roles, scopes, claims } = identity;
  const [name, issuer] = [identity.name || id, identity.issuer || undefined];
  if (provider === "easy-auth" && typeof claims.identityProvider === "string" && claims.userId === id)
    return { "x-ms-client-principal": toBase64(claims) };
  const list: { typ: string; val: string }[] = [];
  for (const [typ, value] of Object.entries(claims)) for (const val of toTexts(value)) list.push({ typ, val });
  const add = (typ: string, values: readonly string[]) => {
    if (list.some((claim) => claim.typ === typ)) return;
    for (const val of values) list.push({ typ, val });
  };
  add("roles", roles);
  add("scp", scopes.length === 0 ? [] : [scopes.join(" ")]);
  add("iss", issuer === undefined ? [] : [issuer]);
  for (const text of [id, name, issuer ?? provider])
    if (text !== "" && !headerText.test(text)) throw refuse("its id, name or issuer is no text that a header can have");
  return {
    "x-ms-client-principal": toBase64({ auth_typ: provider, claims: list, name_typ: "name", role_typ: "roles" }),
    // A token without a subject names nobody.
    ...(id !== "" && { "x-ms-client-principal-id": id }),
    ...(name !== "" && { "x-ms-client-principal-name": name }),
    "x-ms-client-principal-idp": issuer ?? provider,
  };
}

// Without space around it.
const headerText = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** A claim's values as App Service writes them. */
function toTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(toTexts);
  if (value === undefined || value === null) return [];
  return [typeof value === "object" ? JSON.stringify(value) : String(value)];
}

function toBase64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64");
}

function refuse(reason: string) {
  return unencodable("An Azure HTTP request", "identity", reason);
}
