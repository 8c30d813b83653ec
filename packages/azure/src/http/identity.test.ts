import { expect, test } from "vitest";
import { readEasyAuth } from "./identity.js";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const read = (headers: Record<string, string>) => readEasyAuth((name) => headers[name]);

const identifier = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
const appService = {
  auth_typ: "aad",
  name_typ: "preferred_username",
  role_typ: "roles",
  claims: [
    { typ: "iss", val: "https://login.microsoftonline.com/t/v2.0" },
    { typ: identifier, val: "user-1" },
    { typ: "preferred_username", val: "ann@example.com" },
    { typ: "roles", val: "admin" },
    { typ: "roles", val: "reader" },
    { typ: "http://schemas.microsoft.com/identity/claims/scope", val: "orders.read orders.write" },
  ],
};

test("Static Web Apps' principal is read", () => {
  const principal = {
    identityProvider: "github",
    userId: "u1",
    userDetails: "ann",
    userRoles: ["anonymous", "authenticated"],
  };
  expect(read({ "x-ms-client-principal": encode(principal) })).toEqual({
    provider: "easy-auth",
    id: "u1",
    name: "ann",
    issuer: "github",
    scopes: [],
    roles: ["anonymous", "authenticated"],
    claims: principal,
  });
});

test("App Service's principal is read, without its companion headers too", () => {
  expect(read({ "x-ms-client-principal": encode(appService) })).toMatchObject({
    provider: "easy-auth",
    id: "user-1",
    name: "ann@example.com",
    issuer: "https://login.microsoftonline.com/t/v2.0",
    scopes: ["orders.read", "orders.write"],
    roles: ["admin", "reader"],
    claims: { [identifier]: "user-1", roles: ["admin", "reader"] },
  });
});

test("App Service's companion headers say who it is", () => {
  const headers = {
    "x-ms-client-principal": encode({ auth_typ: "google", claims: [] }),
    "x-ms-client-principal-id": "g-1",
    "x-ms-client-principal-name": "bob",
    "x-ms-client-principal-idp": "google",
  };
  expect(read(headers)).toMatchObject({ id: "g-1", name: "bob", issuer: "google", scopes: [], roles: [] });
});

test("claims named like members of every object set no prototype", () => {
  const claims = [
    { typ: "__proto__", val: "x" },
    { typ: "sub", val: "1" },
  ];
  const identity = read({ "x-ms-client-principal": encode({ claims }) });
  expect(Object.getPrototypeOf(identity?.claims)).toBeNull();
  expect(Object.keys(identity?.claims ?? {})).toEqual(["__proto__", "sub"]);
});

test("a token without a subject keeps its scopes, roles and claims", () => {
  const claims = [
    { typ: "iss", val: "https://issuer" },
    { typ: "scp", val: "read write" },
    { typ: "roles", val: "admin" },
  ];
  expect(read({ "x-ms-client-principal": encode({ claims }) })).toMatchObject({
    id: "",
    issuer: "https://issuer",
    scopes: ["read", "write"],
    roles: ["admin"],
  });
  const client = [...claims, { typ: "azp", val: "worker" }];
  expect(read({ "x-ms-client-principal": encode({ claims: client }) })).toMatchObject({ id: "worker" });
});

test.each([
  ["nothing", ""],
  ["no base64", "%%%"],
  ["no JSON", Buffer.from("{").toString("base64")],
  ["null", encode(null)],
  ["a list", encode([1])],
  ["text", encode("x")],
  ["nobody", encode({})],
  ["an empty user", encode({ userId: "" })],
  ["claims that are none", encode({ claims: [null, 1, { typ: 1 }] })],
  ["claims that are no list", encode({ claims: { typ: "sub", val: "1" } })],
])("a header with %s gives no identity", (_what, header) => {
  expect(read({ "x-ms-client-principal": header })).toBeUndefined();
});
