import { inspect } from "node:util";
import { expect, test } from "vitest";
import { InvocationContext } from "./context.js";
import { childOf } from "./context-child.js";
import { NodeSource } from "./kinds/http/node-request.js";
import { LazyHttpRequest, withParams } from "./kinds/http/request.js";
import { LazyMessage } from "./kinds/message.js";
import { toLine } from "./log-line.js";
import { plainEvent } from "./printed.js";

// Each value that must not be seen has "secret" in it.
const jwt = `eyJhbGciOiJIUzI1NiJ9.${btoa("secret").repeat(20)}.x`;
const secretHeaders = {
  Authorization: "Bearer secret",
  "Proxy-Authorization": "Basic secret",
  "X-Serverless-Authorization": "Bearer secret",
  Cookie: "sid=secret",
  "x-api-key": "secret",
  "x-functions-key": "secret",
  "x-ms-client-principal": "secret",
  "x-ms-token-aad-access-token": "secret",
  "x-goog-iap-jwt-assertion": "secret",
  "x-amzn-oidc-data": "secret",
  "x-amz-security-token": "secret",
  "x-apigateway-api-userinfo": "secret",
  "x-arr-log-url": `/a?code=secret`,
  "x-original-url": "/api/orders?code=secret",
  Referer: "https://example.test/a?token=secret",
  "x-forwarded-assertion-of-ours": jwt,
  "x-odd": jwt,
};
const query =
  "code=secret&sig=secret&access_token=secret&X-Amz-Signature=secret&X-Amz-Credential=secret&X-Goog-Signature=secret" +
  "&api_key=secret&state=secret&sku=a1";

function request(headers: Record<string, string> = secretHeaders): LazyHttpRequest {
  const rawHeaders = Object.entries({ Host: "example.test", "User-Agent": "curl/8", ...headers }).flat();
  const native = { method: "POST", url: `/orders/7?${query}`, rawHeaders, socket: { remoteAddress: "192.0.2.1" } };
  const source = new NodeSource(native as never, { trustedProxies: 0 } as never, "id-1", "api", 0);
  return new LazyHttpRequest(source, { id: "7", token: "secret" });
}

const ways: [string, (value: object) => string][] = [
  ["JSON", (value) => JSON.stringify(value)],
  ["a log line", (value) => toLine({ message: "x", value })],
  ["the console", (value) => inspect(value, { depth: 10 })],
  ["the console, nested", (value) => inspect({ value }, { depth: 10 })],
  ["a log line, of a copy", (value) => toLine({ message: "x", value: { ...value } })],
];

test.each(ways)("a request in %s is small, can be read, and shows no credential", (way, show) => {
  for (const one of [request(), withParams(request(), { id: "7", token: "secret" })]) {
    const shown = show(one);
    expect(shown).not.toContain("secret");
    expect(shown).not.toContain("eyJ");
    expect(shown.length).toBeLessThan(4_000);
    if (way.includes("copy")) continue;
    for (const seen of ["POST", "/orders/7", "curl/8", "a1", "192.0.2.1", "[redacted]"]) expect(shown).toContain(seen);
  }
});

test("the header fields of a request show no credential either", () => {
  for (const [, show] of ways) expect(show(request().headers)).not.toContain("secret");
  expect(JSON.parse(JSON.stringify(request().headers))).toMatchObject({
    "user-agent": "curl/8",
    authorization: "[redacted]",
  });
});

test("a request with a thousand fields is small", () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`x-field-${n}`, "v".repeat(1000)]));
  expect(JSON.stringify(request(many)).length).toBeLessThan(20_000);
});

test("a request that is malformed can be shown", () => {
  const broken = request({});
  const source = Object.create(broken["~source"], {
    path: {
      value: () => {
        throw new Error("no");
      },
    },
    headerEntries: {
      value: () => {
        throw new Error("no");
      },
    },
  });
  expect(JSON.parse(JSON.stringify(new LazyHttpRequest(source)))).toMatchObject({
    method: "POST",
    path: "[unreadable]",
  });
});

test.each(ways.slice(0, 4))(
  "a context and its children in %s are small, without what middleware added",
  (_way, show) => {
    const native = { event: { headers: secretHeaders }, context: {} };
    const root = new InvocationContext({ id: "i1", functionName: "orders", platform: "aws", native });
    const child = childOf(childOf(root, { stripe: { key: "secret" } }), { user: "ada" });
    for (const one of [root, child]) {
      const shown = show(one);
      expect(shown).not.toContain("secret");
      expect(shown.length).toBeLessThan(1_500);
      expect(shown).toContain("orders");
    }
    expect(JSON.parse(JSON.stringify(child))).toMatchObject({ id: "i1", additions: ["stripe", "user"] });
  },
);

test.each(ways)("a message in %s shows neither its payload nor the native one", (_way, show) => {
  const message = new LazyMessage("queue", {
    native: { body: "secret", messageAttributes: { authorization: "secret" } },
    id: () => "m1",
    source: () => "orders",
    time: () => new Date(0),
    body: () => "secret",
    attributes: () => ({ authorization: "secret", tenant: "acme" }),
    contentType: () => "application/json",
    correlationId: () => undefined,
    subject: () => undefined,
    replyTo: () => undefined,
    attempt: () => 2,
  });
  expect(show(message)).not.toContain("secret");
  expect(JSON.parse(JSON.stringify(message))).toEqual({
    kind: "queue",
    id: "m1",
    source: "orders",
    time: "1970-01-01T00:00:00.000Z",
    contentType: "application/json",
    attempt: 2,
    attributes: { authorization: "[redacted]", tenant: "acme" },
  });
});

test("a change shows its key, whatever numbers it has, and not its items", () => {
  const change = plainEvent({
    kind: "change",
    table: "orders",
    key: { id: 2n ** 64n },
    after: { card: "secret" },
    native: "secret",
  });
  for (const [, show] of ways.slice(0, 4)) expect(show(change)).not.toContain("secret");
  expect(JSON.parse(JSON.stringify(change))).toEqual({
    kind: "change",
    table: "orders",
    key: { id: "18446744073709551616" },
  });
});
