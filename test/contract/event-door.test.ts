import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HandlerError, http, queue, reply } from "@portico/core";
import { toHttp } from "@portico/core/adapter";
import { jwt } from "@portico/middleware/jwt";
import { serve } from "@portico/node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { captureOutput } from "./in-process.js";

// As Pub/Sub push and Knative send events: with a token of OpenID Connect, whose keys are published.
const issuer = "https://accounts.google.com";
const audience = "https://orders.example.com";
const sender = { email: "push@project.iam.gserviceaccount.com", email_verified: true };
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const got: string[] = [];
let url = "";
let stop = async () => {};

function sign(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 300;
  const input = `${encode({ alg: "RS256", kid: "1" })}.${encode({ iss: issuer, aud: audience, sub: "1", exp, ...sender, ...claims })}`;
  return `${input}.${createSign("RSA-SHA256").update(input).sign(privateKey, "base64url")}`;
}

async function send(path: string, token?: string): Promise<number> {
  const one = { specversion: "1.0", id: "1", source: "/orders", type: "x", data: { a: 1 } } as const;
  const { headers, body } = toHttp({ ...one, datacontenttype: "application/json" }, "binary");
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(url + path, { method: "POST", headers: { ...headers, ...authorization }, body })).status;
}

beforeAll(async () => {
  const output = captureOutput();
  const keys = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256" }] })),
  );
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));
  const jwks = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/certs`;
  const app = http
    .use(() => Promise.reject(new HandlerError("UNAUTHORIZED", "Who are you?")))
    .any("/*rest")
    .handle(() => reply.text("app"));
  const orders = queue("orders").handle(({ id }) => void got.push(id));
  const serving = await serve([app, orders], {
    port: 0,
    host: "127.0.0.1",
    signals: [],
    events: { authorize: jwt({ issuer, audience, jwks, claims: sender }) },
  });
  url = serving.url;
  stop = async () => {
    output.release();
    await serving.close();
    await new Promise((resolve) => keys.close(resolve));
  };
});
afterAll(() => stop());
beforeEach(() => void got.splice(0));

test("a token of the issuer, for the audience, of the account that is named, brings an event in", async () => {
  expect([await send("/", sign({})), await send("/queue/orders", sign({}))]).toEqual([204, 204]);
  expect(got).toEqual(["1", "1"]);
});

test.each([
  ["no token", undefined, 401],
  ["another audience", sign({ aud: "https://other.example.com" }), 401],
  ["another issuer", sign({ iss: "https://issuer.example.com" }), 401],
  ["a token that has expired", sign({ exp: 1 }), 401],
  ["a changed token", `${sign({}).slice(0, -8)}AAAAAAAA`, 401],
  ["another account", sign({ email: "other@project.iam.gserviceaccount.com" }), 403],
  ["an account that is not verified", sign({ email_verified: false }), 403],
  ["a claim of another type", sign({ email_verified: "true" }), 403],
])("%s brings none in, at any path", async (_name, token, status) => {
  for (const path of ["/", "/queue/orders", "/queue/none"]) expect(await send(path, token)).toBe(status);
  expect(got).toEqual([]);
});
