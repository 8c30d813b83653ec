import { request as send } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { getFunction, getTestServer } from "@google-cloud/functions-framework/testing";
import { type AnyHttpFunction, type Context, http as declare, reply } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type GcpHttpOptions, http, native } from "./index.js";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const open: (() => void)[] = [];
let count = 0;

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  for (const close of open.splice(0)) close();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Serves a function with the real framework. */
async function deploy(fn: AnyHttpFunction, options?: GcpHttpOptions): Promise<number> {
  count += 1;
  const name = `fn${count}`;
  http(name, fn, options);
  const server = getTestServer(name);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

interface Sent {
  method?: string;
  host?: string;
  headers?: readonly string[];
  body?: string | Uint8Array;
}

/** Header lines as they stand, names and values in turns. */
function ask(port: number, path: string, { method = "GET", host = "a.test", headers = [], body }: Sent = {}) {
  return new Promise<{ status: number; raw: string[]; body: Buffer; json: () => unknown }>((resolve, reject) => {
    const lines = [
      "host",
      host,
      ...headers,
      ...(body === undefined ? [] : ["content-length", String(Buffer.byteLength(body))]),
    ];
    const outgoing = send({ port, host: "127.0.0.1", path, method, headers: lines, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          raw: response.rawHeaders,
          body: whole,
          json: () => JSON.parse(String(whole)),
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const logged = () =>
  vi.mocked(process.stdout.write).mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);

const echo = declare.any("/*rest").handle(async (request) =>
  reply.json({
    method: request.method,
    url: request.url,
    path: request.path,
    query: [...request.query],
    headers: [...request.headers],
    one: request.headers.getAll("x-one"),
    cookies: { ...request.cookies },
    clientIp: request.clientIp ?? null,
    identity: request.identity ?? null,
    body: Buffer.from(await request.bytes()).toString("hex"),
  }),
);

const hex = (body: string | Uint8Array) => Buffer.from(body).toString("hex");

test.each([
  ["application/json", '{"n": 1.0, "big": 12345678901234567890}'],
  ["application/json; charset=utf-8", '["ü"]'],
  ["application/cloudevents+json", '{"specversion":"1.0"}'],
  ["application/vnd.x+json", "1.50"],
  ["application/cloudevents-batch+json", "[]"],
  ["text/plain", "plain ü"],
  ["text/html", "<p>"],
  ["application/x-www-form-urlencoded", "a[b]=1&a[b]=2&c=+"],
  ["multipart/form-data; boundary=x", "--x--\r\n"],
  ["application/protobuf", Uint8Array.of(0, 255, 13, 10)],
  ["application/octet-stream", Uint8Array.from({ length: 256 }, (_, index) => index)],
])("a body of the type %s arrives as its exact bytes", async (type, body) => {
  const port = await deploy(echo);
  const seen = (await ask(port, "/", { method: "POST", headers: ["content-type", type], body })).json();
  expect(seen).toMatchObject({ method: "POST", body: hex(body) });
});

test("text in another charset keeps its bytes", async () => {
  const port = await deploy(echo);
  const body = Uint8Array.of(0x67, 0xfc);
  const seen = await ask(port, "/", {
    method: "POST",
    headers: ["content-type", "text/plain; charset=iso-8859-1"],
    body,
  });
  expect(seen.json()).toMatchObject({ body: "67fc" });
});

test("a body without a content type, which the framework leaves unread, is read", async () => {
  const port = await deploy(echo);
  expect((await ask(port, "/", { method: "POST", body: "hello" })).json()).toMatchObject({ body: hex("hello") });
});

test("no body is an empty one, also where the framework makes an object of nothing", async () => {
  const port = await deploy(
    declare.any("/").handle(async (request) => reply.json({ body: request.body, text: await request.text() })),
  );
  expect(
    (
      await ask(port, "/", { method: "POST", headers: ["content-type", "application/json", "content-length", "0"] })
    ).json(),
  ).toEqual({ body: null, text: "" });
  expect((await ask(port, "/")).json()).toEqual({ body: null, text: "" });
});

test("a compressed body arrives inflated, without the fields that are no longer true", async () => {
  const port = await deploy(echo);
  const body = gzipSync('{"a":1}');
  const headers = ["content-type", "application/json", "content-encoding", "gzip"];
  const seen = (await ask(port, "/", { method: "POST", headers, body })).json() as {
    headers: [string, string][];
    body: string;
  };
  expect(seen.body).toBe(hex('{"a":1}'));
  expect(seen.headers.map(([name]) => name)).not.toContain("content-encoding");
  expect(seen.headers.map(([name]) => name)).not.toContain("content-length");
});

test("the query is read from the target, not from Express", async () => {
  const port = await deploy(echo);
  expect((await ask(port, "/p?x=1&x=3&y[z]=2&plus=a+b&broken=%zz&__proto__=x&empty")).json()).toMatchObject({
    path: "/p",
    query: [
      ["x", "1"],
      ["x", "3"],
      ["y[z]", "2"],
      ["plus", "a b"],
      ["broken", "%zz"],
      ["__proto__", "x"],
      ["empty", ""],
    ],
  });
});

test("the path is the one that the client sent, in its canonical spelling", async () => {
  const port = await deploy(echo);
  expect((await ask(port, "/a%2fb/caf%c3%a9/%41//c")).json()).toMatchObject({ path: "/a%2Fb/caf%C3%A9/A//c" });
  expect((await ask(port, "//evil.test/a")).json()).toMatchObject({ path: "//evil.test/a" });
  const strict = await deploy(declare.get("/orders/:id").handle(({ params }) => reply.json(params)));
  expect((await ask(strict, "/orders/a%2Fb")).json()).toEqual({ id: "a/b" });
  expect((await ask(strict, "/orders/%ff")).status).toBe(400);
  expect((await ask(strict, "/orders/1", { method: "PUT" })).status).toBe(405);
  expect((await ask(strict, "/nothing")).status).toBe(404);
});

test("repeated header lines stay apart, and cookies are read from all of them", async () => {
  const port = await deploy(echo);
  const headers = ["X-One", "a, b", "x-one", "c", "Cookie", "a=1", "Cookie", "b=2; __proto__=x"];
  expect((await ask(port, "/", { headers })).json()).toMatchObject({ one: ["a, b", "c"], cookies: { a: "1", b: "2" } });
});

test("the client's address is the right-most one in X-Forwarded-For, never the first, which anybody can write", async () => {
  const headers = [
    "x-forwarded-for",
    "6.6.6.6, 1.2.3.4",
    "x-forwarded-proto",
    "https",
    "x-forwarded-host",
    "evil.test",
  ];
  const seen = async (options?: GcpHttpOptions) => (await ask(await deploy(echo, options), "/", { headers })).json();
  expect(await seen()).toMatchObject({ clientIp: "1.2.3.4", url: "https://a.test/" });
  expect(await seen({ trustedProxies: 1 })).toMatchObject({ clientIp: "6.6.6.6", url: "https://a.test/" });
  expect(await seen({ trustedProxies: 0 })).toMatchObject({ clientIp: "1.2.3.4", url: "https://a.test/" });
});

test("X-Forwarded-Host is believed by publicUrl alone, as the outermost proxy of yours wrote it", async () => {
  const headers = ["x-forwarded-proto", "https", "x-forwarded-host", "evil.test", "x-forwarded-host", "shop.test"];
  const seen = async (options: GcpHttpOptions) =>
    ((await ask(await deploy(echo, options), "/a?b", { headers })).json() as { readonly url: string }).url;
  expect(await seen({ trustedProxies: 1, publicUrl: "forwarded" })).toBe("https://shop.test/a?b");
  expect(await seen({ trustedProxies: 1, publicUrl: "https://own.test" })).toBe("https://own.test/a?b");
  expect(await seen({ publicUrl: "https://own.test" })).toBe("https://own.test/a?b");
});

test("an invalid Host never makes a URL that cannot be parsed, nor a 500", async () => {
  const fn = declare.get("/").handle((request) => reply.json([request.url, request.toRequest().url]));
  for (const [options, expected] of [
    [{}, "http://localhost/"],
    [{ publicUrl: "https://shop.test" }, "https://shop.test/"],
  ] as const) {
    const port = await deploy(fn, options);
    for (const host of ["ex.com:99999", "1.2.3.256", "xn--a", "", "a b"]) {
      const answer = await ask(port, "/", { host });
      // From Node 24 on the parser takes this Punycode.
      const isParsed = host === "xn--a" && URL.canParse("http://xn--a");
      const url = isParsed ? expected.replace("localhost", host) : expected;
      expect([answer.status, answer.json()]).toEqual([200, [url, url]]);
    }
  }
});

test("an identity in headers exists only where it is trusted by name", async () => {
  const assertion = `x.${Buffer.from('{"sub":"accounts.google.com:7","hd":"acme.test"}').toString("base64url")}.x`;
  const headers = [
    "x-goog-authenticated-user-email",
    "accounts.google.com:ada@acme.test",
    "x-goog-authenticated-user-id",
    "accounts.google.com:7",
    "x-goog-iap-jwt-assertion",
    assertion,
    "x-apigateway-api-userinfo",
    Buffer.from('{"sub":"auth0|9","email":"bob@acme.test","scope":"read write","iss":"https://issuer.test/"}').toString(
      "base64url",
    ),
  ];
  const identity = async (trust: GcpHttpOptions["trust"], lines: readonly string[] = headers) =>
    ((await ask(await deploy(echo, { trust }), "/", { headers: lines })).json() as { identity: unknown }).identity;
  expect(await identity(undefined)).toBeNull();
  expect(await identity(["iap"])).toEqual({
    provider: "iap",
    id: "7",
    name: "ada@acme.test",
    issuer: "accounts.google.com",
    scopes: [],
    roles: [],
    claims: { sub: "accounts.google.com:7", hd: "acme.test" },
  });
  expect(await identity(["api-gateway"])).toMatchObject({
    provider: "api-gateway",
    id: "auth0|9",
    name: "bob@acme.test",
    scopes: ["read", "write"],
    issuer: "https://issuer.test/",
  });
  const machine = Buffer.from('{"iss":"https://issuer.test/","scope":"orders.read","tenant":"acme"}').toString(
    "base64url",
  );
  expect(await identity(["api-gateway"], ["x-apigateway-api-userinfo", machine])).toMatchObject({
    id: "",
    scopes: ["orders.read"],
    claims: { tenant: "acme" },
  });
  expect(await identity(["iap"], [...headers, "x-goog-authenticated-user-id", "accounts.google.com:8"])).toBeNull();
  expect(await identity(["api-gateway"], ["x-apigateway-api-userinfo", "%%%"])).toBeNull();
});

test("a reply has its length, its cookies a line each, and nothing of Express's own", async () => {
  const port = await deploy(
    declare
      .get("/")
      .handle(() => reply.text("grüße", { cookies: { a: "1", b: "2" }, headers: { "x-two": ["1", "2"] } })),
  );
  const { raw, body } = await ask(port, "/");
  const lines = (name: string) => raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
  expect(lines("set-cookie")).toEqual(["a=1", "b=2"]);
  expect(lines("x-two")).toEqual(["1", "2"]);
  expect(lines("content-length")).toEqual(["7"]);
  expect(raw.map((name) => name.toLowerCase())).not.toContain("x-powered-by");
  expect(String(body)).toBe("grüße");
  expect(String((await ask(port, "/", { method: "HEAD" })).body)).toBe("");
});

test("a handler that throws, returns nothing or never settles gives an HTTP error, and the reason is in the log", async () => {
  const fails = async (handler: () => unknown, options?: GcpHttpOptions) => {
    vi.mocked(process.stdout.write).mockClear();
    const { status, body, raw } = await ask(await deploy(declare.get("/").handle(handler as never), options), "/");
    expect(raw).not.toContain("X-Google-Status");
    return { status, body: String(body), severities: logged().map(({ severity }) => severity) };
  };
  const thrown = await fails(() => {
    throw new Error("secret");
  });
  expect(thrown).toMatchObject({ status: 500, severities: ["ERROR"] });
  expect(thrown.body).not.toContain("secret");
  expect(await fails(() => undefined)).toMatchObject({ status: 500, severities: ["ERROR"] });
  expect(await fails(() => new Promise(() => {}), { timeoutMs: 100 })).toMatchObject({
    status: 504,
    severities: ["ERROR"],
  });
});

test("the time the function has comes from the option, else from the environment, else is Google's default", async () => {
  const fn = declare.get("/").handle((_request, { remainingMs }) => reply.json(Math.round(remainingMs() / 1000)));
  expect((await ask(await deploy(fn), "/")).json()).toBe(300);
  vi.stubEnv("CLOUD_RUN_TIMEOUT_SECONDS", "90");
  expect((await ask(await deploy(fn), "/")).json()).toBe(90);
  expect((await ask(await deploy(fn, { timeoutMs: 5_000 }), "/")).json()).toBe(5);
});

test("a body over the limit is 413, read by the framework or not", async () => {
  const fn = declare.post("/").handle(async (request) => reply.text(await request.text()));
  const port = await deploy(fn, { bodyLimit: 10 });
  for (const headers of [["content-type", "text/plain"], []]) {
    expect((await ask(port, "/", { method: "POST", headers, body: "x".repeat(11) })).status).toBe(413);
    expect((await ask(port, "/", { method: "POST", headers, body: "x".repeat(10) })).status).toBe(200);
  }
});

test("the signal aborts when the client leaves, and not when the body of a POST has been read", async () => {
  const states: unknown[] = [];
  let left: (() => void) | undefined;
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const fn = declare.post("/").handle(async (request, { signal }) => {
    await request.text();
    await pause(50);
    states.push(signal.aborted);
    signal.addEventListener("abort", () => {
      states.push((signal.reason as { code: string }).code);
      left?.();
    });
    await gone;
    return reply.empty();
  });
  const socket = connect(await deploy(fn), "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
  await pause(150);
  socket.destroy();
  await gone;
  expect(states).toEqual([false, "CANCELLED"]);
});

test("work passed to waitUntil is done before the reply ends, buffered or streamed", async () => {
  const order: string[] = [];
  const work = async () => {
    await pause(50);
    order.push("work");
  };
  async function* chunks(waitUntil: (promise: Promise<unknown>) => void) {
    yield "a";
    waitUntil(work());
  }
  const port = await deploy(
    declare.get("/:how").handle(({ params }, { waitUntil }) => {
      if (params.how === "stream") return reply.stream(chunks(waitUntil));
      waitUntil(work());
      return reply.text("a");
    }),
  );
  for (const how of ["buffered", "stream"]) {
    await ask(port, `/${how}`);
    order.push("reply");
  }
  expect(order).toEqual(["work", "reply", "work", "reply"]);
});

test("a streamed reply arrives chunk by chunk, and one that breaks off is cut", async () => {
  const times: number[] = [];
  async function* chunks() {
    yield "one";
    await pause(100);
    yield "two";
  }
  async function* broken() {
    yield "one";
    throw new Error("lost the database");
  }
  const port = await deploy(
    declare.get("/:how").handle(({ params }) => reply.stream(params.how === "broken" ? broken() : chunks())),
  );
  await new Promise<void>((resolve) => {
    send({ port, path: "/ok", agent: false }, (response) => {
      response.on("data", () => times.push(performance.now()));
      response.on("end", resolve);
    }).end();
  });
  expect(times).toHaveLength(2);
  expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(50);
  await expect(ask(port, "/broken")).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  expect(JSON.stringify(logged())).toContain("lost the database");
});

test("work that a stream passes to waitUntil, and that never ends, holds the reply up to the deadline only", async () => {
  async function* chunks({ waitUntil, signal }: Context, late: boolean) {
    yield "a";
    if (late) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    waitUntil(new Promise(() => undefined));
  }
  const port = await deploy(
    declare.get("/:when").handle(({ params }, context) => reply.stream(chunks(context, params.when === "late"))),
    { timeoutMs: 700 },
  );
  for (const when of ["early", "late"]) expect(String((await ask(port, `/${when}`)).body)).toBe("a");
});

test("a stream's signal aborts before Google cuts the connection", async () => {
  async function* chunks(signal: AbortSignal) {
    yield "a";
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    yield (signal.reason as { code: string }).code;
  }
  const port = await deploy(
    declare.get("/").handle((_request, { signal }) => reply.stream(chunks(signal))),
    { timeoutMs: 700 },
  );
  expect(String((await ask(port, "/")).body)).toBe("aTIMEOUT");
});

test.each([
  ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "b7ad6b7169203331", true],
  ["x-cloud-trace-context", "0AF7651916cd43dd8448eb211c80319c/18446744073709551615;o=1", "ffffffffffffffff", true],
  ["x-cloud-trace-context", "0af7651916cd43dd8448eb211c80319c/1", "0000000000000001", false],
  ["x-cloud-trace-context", "0af7651916cd43dd8448eb211c80319c", expect.stringMatching(/^[\da-f]{16}$/), false],
])("the trace comes from %s: %s", async (name, value, spanId, sampled) => {
  const port = await deploy(declare.get("/").handle((_request, { trace }) => reply.json(trace)));
  expect((await ask(port, "/", { headers: [name, value] })).json()).toEqual({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId,
    sampled,
  });
});

test.each(["x", "00000000000000000000000000000000/1", "0af7651916cd43dd8448eb211c80319c/99999999999999999999"])(
  "X-Cloud-Trace-Context %s is no trace",
  async (value) => {
    const port = await deploy(declare.get("/").handle((_request, { trace }) => reply.json(trace)));
    const seen = (await ask(port, "/", { headers: ["x-cloud-trace-context", value] })).json() as { traceId: string };
    expect(seen.traceId).toMatch(/^(?!0af7|0+$)[\da-f]{32}$/);
  },
);

test("a log entry is one line in the shape that Cloud Logging takes apart", async () => {
  const fn = declare.get("/").handle((_request, { log }) => {
    log.warn("low\nstock", { sku: "a", error: new Error("cause"), severity: "mine" });
    return reply.empty();
  });
  const headers = [
    "traceparent",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "function-execution-id",
    "abc123",
  ];
  await ask(await deploy(fn, { projectId: "acme" }), "/", { headers });
  expect(logged()).toEqual([
    {
      severity: "WARNING",
      message: "low\nstock",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      functionName: expect.any(String),
      sku: "a",
      fields: { severity: "mine" },
      error: expect.objectContaining({ message: "cause" }),
      stack_trace: expect.stringContaining("Error: cause"),
      "logging.googleapis.com/trace": "projects/acme/traces/0af7651916cd43dd8448eb211c80319c",
      "logging.googleapis.com/spanId": "b7ad6b7169203331",
      "logging.googleapis.com/trace_sampled": true,
      "logging.googleapis.com/labels": { execution_id: "abc123" },
    },
  ]);
});

test("the context tells the execution's id and the function's name, and gives the native request", async () => {
  const fn = declare.get("/").handle((request, context) =>
    reply.json({
      id: context.id,
      same: request.id === context.id,
      name: context.functionName,
      platform: context.platform,
      region: context.region ?? null,
      target: native(context)?.request.originalUrl,
    }),
  );
  const port = await deploy(fn);
  const first = (await ask(port, "/?a", { headers: ["function-execution-id", "abc123"] })).json();
  expect(first).toEqual({
    id: "abc123",
    same: true,
    name: `fn${count}`,
    platform: "gcp",
    region: null,
    target: "/?a",
  });
  const second = (await ask(port, "/")).json();
  expect(second).toMatchObject({ id: expect.stringMatching(/^\w{12}$/) });
  expect((await ask(port, "/", { headers: ["function-execution-id", 'a b"c'] })).json()).toMatchObject({
    id: expect.stringMatching(/^[\da-f-]{36}$/),
  });
});

test("with timeoutMs 0 there is no deadline, neither for the function nor for a stream", async () => {
  const fn = declare.get("/").handle((_request, { deadline, signal }) =>
    reply.stream(
      (async function* () {
        yield `${deadline}`;
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield ` ${signal.aborted}`;
      })(),
    ),
  );
  const port = await deploy(fn, { timeoutMs: 0 });
  expect(String((await ask(port, "/")).body)).toBe("undefined false");
});

test("a base path is taken off where the path starts with it", async () => {
  const port = await deploy(echo, { basePath: "/api" });
  expect((await ask(port, "/api/a")).json()).toMatchObject({ path: "/a", url: "http://a.test/a" });
  expect((await ask(port, "/a")).json()).toMatchObject({ path: "/a" });
  expect((await ask(port, "/apia")).json()).toMatchObject({ path: "/apia" });
});

test.each([
  [{ basePath: "api" }, "base path"],
  [{ bodyLimit: Number.NaN }, "bodyLimit"],
  [{ timeoutMs: -1 }, "timeoutMs"],
  [{ trustedProxies: 0.5 }, "trustedProxies"],
  [{ publicUrl: "shop.example.com" }, "publicUrl"],
  [{ publicUrl: "forwarded" }, "publicUrl"],
  [{ trust: ["easy-auth" as "iap"] }, "easy-auth"],
])("the option %j is refused where the function is made", (options, named) => {
  expect(() => http("wrong", echo, options)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(named) }),
  );
});

test("an event that is no HTTP request is refused by name", async () => {
  const handler = http("refuses", echo) as (...event: unknown[]) => Promise<void>;
  expect(handler.length).toBe(1);
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: "EVENT_UNSUPPORTED", message: expect.stringMatching(message) });
  const cloudEvent = { specversion: "1.0", type: "google.cloud.storage.object.v1.finalized", id: "1", source: "//s" };
  await expect(handler(cloudEvent)).rejects.toEqual(
    refused(/CloudEvent of the type google\.cloud\.storage\.object\.v1\.finalized/),
  );
  await expect(handler(cloudEvent, () => {})).rejects.toEqual(refused(/CloudEvent/));
  await expect(handler({ bucket: "b" }, { eventId: "1", eventType: "google.storage.object.finalize" })).rejects.toEqual(
    refused(/background event of the type google\.storage\.object\.finalize/),
  );
  for (const junk of [undefined, null, 5, "text", {}])
    await expect(handler(junk)).rejects.toEqual(refused(/refuses takes HTTP/));
});

test("a name that Google does not take, and what is no HTTP function, are refused at registration", () => {
  for (const name of ["", "1a", "a-", "a.b", "a".repeat(64)]) {
    expect(() => http(name, echo)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
  expect(() => http("ok", (() => undefined) as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  const handler = http("a_b-9", echo);
  expect(getFunction("a_b-9")).toBe(handler);
});

test("a JSON body that is no object or array is refused by the framework, before any function", async () => {
  const port = await deploy(echo);
  for (const body of ["1.5", '"x"', "null", "{broken"]) {
    vi.spyOn(console, "error").mockReturnValue();
    expect((await ask(port, "/", { method: "POST", headers: ["content-type", "application/json"], body })).status).toBe(
      400,
    );
  }
});

test("absurd content types, two hosts and too many bytes of headers have an answer", async () => {
  const port = await deploy(echo);
  for (const type of [
    "\u00ff/\u00ff",
    ";;;",
    "text/plain; charset=nonsense",
    "application/json; charset=utf-7",
    "x".repeat(5000),
  ]) {
    const answer = await ask(port, "/", { method: "POST", headers: ["content-type", type], body: "{}" });
    expect([200, 415], type.slice(0, 40)).toContain(answer.status);
  }
  expect((await ask(port, "/", { headers: ["host", "b.test"] })).status).toBe(400);
  expect((await ask(port, "/", { headers: ["x-a", "x".repeat(20_000)] })).status).toBe(431);
  // The framework's server closes without reading on: of Node 26 a client that still sends sees the reset, and not always the answer.
  const flood = await ask(port, "/", { headers: ["x-a", "x".repeat(100_000)] }).catch((error) => error);
  expect(["ECONNRESET", "EPIPE", 431]).toContain(flood.code ?? flood.status);
  expect((await ask(port, "/")).status).toBe(200);
});
