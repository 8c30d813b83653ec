import { expect, test } from "vitest";
import { alb, albMulti, functionUrl, lattice, payloadV2, read, rest } from "../../test/events.js";

const validity = { notBefore: "Aug 29 00:28:21 2020 GMT", notAfter: "Aug  5 00:28:21 2120 GMT" };
const certificate = { clientCertPem: "PEM", subjectDN: "CN=client", issuerDN: "CN=ca", serialNumber: "1", validity };
const iam = { accessKey: "AKIA", userArn: "arn:aws:iam::1:user/ada", userId: "AIDA", callerId: "AIDA" };

test("HTTP API: a JWT authorizer's claims and scopes", async () => {
  const claims = {
    sub: "ada",
    iss: "https://issuer",
    email: "ada@example.com",
    "cognito:groups": "[admin staff]",
    scope: "x y",
  };
  const { identity } = await read(payloadV2({}, { authorizer: { jwt: { claims, scopes: ["read", "write"] } } }));
  expect(identity).toEqual({
    provider: "jwt",
    id: "ada",
    name: "ada@example.com",
    issuer: "https://issuer",
    scopes: ["read", "write"],
    roles: ["admin", "staff"],
    claims,
  });
  const bare = await read(payloadV2({}, { authorizer: { jwt: { claims, scopes: null } } }));
  expect(bare.identity?.scopes).toEqual(["x", "y"]);
});

test("REST API: a Cognito authorizer's claims", async () => {
  const { identity } = await read(rest({}, { authorizer: { claims: { sub: "ada", "cognito:groups": "admin" } } }));
  expect(identity).toMatchObject({ provider: "cognito", id: "ada", roles: ["admin"] });
});

test("HTTP API 1.0: a JWT authorizer's claims, and nobody where there is no authorizer", async () => {
  const at = (authorizer: unknown) => read(rest({ version: "1.0" }, { authorizer }));
  expect((await at({ claims: { sub: "ada" }, scopes: ["read"] })).identity).toMatchObject({
    provider: "jwt",
    id: "ada",
    scopes: ["read"],
  });
  expect((await at({ claims: null, scopes: null })).identity).toBeUndefined();
});

test("a token without a subject keeps its scopes and claims, on every front end", async () => {
  const claims = { iss: "https://issuer", scope: "read write", tenant: "acme" };
  const events = [
    payloadV2({}, { authorizer: { jwt: { claims, scopes: ["read", "write"] } } }),
    payloadV2({}, { authorizer: { jwt: { claims, scopes: null } } }),
    rest({ version: "1.0" }, { authorizer: { claims, scopes: ["read", "write"] } }),
    rest({}, { authorizer: { claims } }),
  ];
  for (const event of events)
    expect((await read(event)).identity).toMatchObject({ id: "", scopes: ["read", "write"], claims });
  const data = `x.${Buffer.from(JSON.stringify(claims)).toString("base64")}.y`;
  const headers = { "x-amzn-oidc-data": data };
  expect((await read(alb({ headers }), { trust: ["alb-oidc"] })).identity).toMatchObject({ id: "", claims });
  const twice = alb({ headers: { ...headers, "X-Amzn-Oidc-Data": data } });
  expect((await read(twice, { trust: ["alb-oidc"] })).identity).toBeUndefined();
});

test("a Lambda authorizer's context, with the principal as the id", async () => {
  const said = { principalId: "ada", tenant: "acme", integrationLatency: 5, admin: "true" };
  expect((await read(rest({}, { authorizer: said }))).identity).toEqual({
    provider: "lambda",
    id: "ada",
    scopes: [],
    roles: [],
    claims: { principalId: "ada", tenant: "acme", admin: "true" },
  });
  expect((await read(payloadV2({}, { authorizer: { lambda: { tenant: "acme" } } }))).identity).toMatchObject({
    provider: "lambda",
    id: "",
    claims: { tenant: "acme" },
  });
  for (const nobody of [{}, null, { integrationLatency: 5 }]) {
    expect((await read(rest({}, { authorizer: nobody }))).identity).toBeUndefined();
    expect((await read(payloadV2({}, { authorizer: { lambda: nobody } }))).identity).toBeUndefined();
  }
});

test("an IAM caller by its ARN", async () => {
  for (const make of [payloadV2, functionUrl]) {
    expect((await read(make({}, { authorizer: { iam } }))).identity).toMatchObject({
      provider: "iam",
      id: iam.userArn,
      claims: iam,
    });
  }
  const identity = { userArn: iam.userArn, caller: "AIDA", sourceIp: "203.0.113.7" };
  expect((await read(rest({}, { identity }))).identity).toMatchObject({ provider: "iam", id: iam.userArn });
  const principal = "arn:aws:sts::1:assumed-role/r/s";
  const event = lattice();
  const context = { ...event.requestContext, identity: { type: "AWS_IAM", principal, sessionName: "s" } };
  expect((await read({ ...event, requestContext: context })).identity).toMatchObject({
    provider: "iam",
    id: principal,
    claims: { sessionName: "s" },
  });
});

test("a client certificate by its subject, after any authorizer", async () => {
  const mtls = { provider: "mtls", id: "CN=client", issuer: "CN=ca" };
  expect((await read(payloadV2({}, { authentication: { clientCert: certificate } }))).identity).toMatchObject(mtls);
  expect((await read(rest({}, { identity: { clientCert: certificate } }))).identity).toMatchObject(mtls);
  const both = {
    authentication: { clientCert: certificate },
    authorizer: { jwt: { claims: { sub: "ada" }, scopes: null } },
  };
  expect((await read(payloadV2({}, both))).identity).toMatchObject({ provider: "jwt", id: "ada" });
});

test("claims have no prototype, so that a claim named __proto__ is a claim", async () => {
  const claims = JSON.parse('{"sub":"ada","__proto__":"x"}') as object;
  const { identity } = await read(payloadV2({}, { authorizer: { jwt: { claims, scopes: null } } }));
  expect(Object.getPrototypeOf(identity?.claims)).toBeNull();
  expect(Object.hasOwn(identity?.claims ?? {}, "__proto__")).toBe(true);
});

test("ALB: the headers of its OpenID Connect action count only where they are trusted by name", async () => {
  const data = `x.${Buffer.from(JSON.stringify({ sub: "other", email: "ada@example.com" })).toString("base64")}.y`;
  const headers = { "x-amzn-oidc-identity": "ada", "x-amzn-oidc-data": data };
  const events = [
    alb({ headers }),
    albMulti({ multiValueHeaders: { "x-amzn-oidc-identity": ["ada"], "x-amzn-oidc-data": [data] } }),
  ];
  for (const event of events) {
    expect((await read(event)).identity).toBeUndefined();
    expect((await read(event, { trust: ["alb-oidc"] })).identity).toMatchObject({
      provider: "alb-oidc",
      id: "ada",
      name: "ada@example.com",
    });
  }
  const broken = alb({ headers: { ...headers, "x-amzn-oidc-data": "no token" } });
  expect((await read(broken, { trust: ["alb-oidc"] })).identity).toMatchObject({ id: "ada" });
  expect((await read(alb(), { trust: ["alb-oidc"] })).identity).toBeUndefined();
  const twice = alb({ headers: { ...headers, "X-Amzn-Oidc-Identity": "eve" } });
  expect((await read(twice, { trust: ["alb-oidc"] })).identity).toBeUndefined();
  // On any other source these are headers like all others.
  expect((await read(payloadV2({ headers }), { trust: ["alb-oidc"] })).identity).toBeUndefined();
});

test("headers that name somebody are nobody's word", async () => {
  const headers = {
    authorization: "Bearer x",
    "x-amzn-oidc-identity": "eve",
    "x-ms-client-principal": "eve",
    "x-goog-iap-jwt-assertion": "eve",
  };
  expect((await read(payloadV2({ headers }))).identity).toBeUndefined();
});
