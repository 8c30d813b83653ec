import { expect, test } from "vitest";
import { toClaims, toIdentity } from "./identity.js";

test("claims of OpenID Connect become an identity", () => {
  expect(
    toIdentity("jwt", { sub: "u1", iss: "https://issuer", email: "a@b.c", scope: "read write", roles: ["admin"] }),
  ).toEqual({
    provider: "jwt",
    id: "u1",
    name: "a@b.c",
    issuer: "https://issuer",
    scopes: ["read", "write"],
    roles: ["admin"],
    claims: expect.objectContaining({ sub: "u1" }),
  });
});

test.each([
  ["[a b]", ["a", "b"]],
  ["a,b", ["a", "b"]],
  [
    ["a", 7, "b"],
    ["a", "b"],
  ],
  [undefined, []],
  [7, []],
])("groups given as %j are %j", (groups, roles) => {
  expect(toIdentity("cognito", { sub: "u", "cognito:groups": groups })?.roles).toEqual(roles);
});

test("a machine is known by its client id, and nobody without a subject", () => {
  expect(toIdentity("jwt", { client_id: "m" })?.id).toBe("m");
  for (const nobody of [{}, { sub: "" }, { sub: 7 }, null, "x", undefined])
    expect(toIdentity("jwt", nobody)).toBeUndefined();
});

test.each([
  [{ iss: "https://issuer", scope: "orders.read orders.write" }, "", ["orders.read", "orders.write"]],
  [{ iss: "https://issuer", scp: ["read"], tenant: "acme" }, "", ["read"]],
  [{ sub: null, azp: "web", scope: "read" }, "web", ["read"]],
  [{ appid: "00000003", roles: ["Orders.Read"] }, "00000003", []],
  [{ cid: "0oa", scp: ["read"] }, "0oa", ["read"]],
])("a token without a subject keeps its scopes and claims: %j", (claims, id, scopes) => {
  expect(toIdentity("jwt", claims)).toMatchObject({ provider: "jwt", id, scopes, claims });
});

test("claims have no prototype, also with a claim named __proto__", () => {
  const claims = toClaims(JSON.parse('{"__proto__":{"admin":true},"sub":"u"}'));
  expect(Object.getPrototypeOf(claims)).toBeNull();
  expect(claims.admin).toBeUndefined();
});
