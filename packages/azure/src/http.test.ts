import { HttpRequest, InvocationContext } from "@azure/functions";
import { http as portable, reply } from "@portico/core";
import { expect, test, vi } from "vitest";
import { invoke, worker } from "../test/worker.js";
import { type AzureHttpOptions, http } from "./http.js";

const origin = "https://contoso.azurewebsites.net";
let count = 0;

/** Registers a handler under a name of its own, and returns what the host sees of an invocation. */
function deploy(fn: Parameters<typeof http>[1], options?: AzureHttpOptions) {
  count += 1;
  const name = `f${count}`;
  const handler = http(name, fn, options);
  return { name, handler, invoke: (init: Parameters<typeof invoke>[1]) => invoke(name, { method: "GET", ...init }) };
}

const body = (answer: { body: { bytes: Uint8Array } }) => Buffer.from(answer.body.bytes).toString();
const bytes = (text: string) => ({ bytes: Buffer.from(text) });

/** What a function sees of a request. */
async function see<T>(
  read: (request: Parameters<Parameters<ReturnType<typeof portable.any>["handle"]>[0]>[0]) => T | Promise<T>,
  init: Parameters<typeof invoke>[1],
  options?: AzureHttpOptions,
): Promise<T> {
  let seen: T | undefined;
  const fn = portable.any("/*rest").handle(async (request) => {
    seen = await read(request);
    return reply.empty();
  });
  const answer = await deploy(fn, options).invoke(init);
  expect(answer.statusCode, body(answer)).toBe("204");
  return seen as T;
}

test("a function is registered with its route, its methods and Azure's own options", () => {
  const { name } = deploy(
    portable.get("/orders/:id").handle(() => reply.empty()),
    { authLevel: "function" },
  );
  const bindings = Object.values(worker.functions.get(name)?.metadata.bindings ?? {});
  expect(bindings).toContainEqual(
    expect.objectContaining({
      type: "httpTrigger",
      route: "orders/{id}",
      methods: ["GET", "HEAD"],
      authLevel: "function",
    }),
  );
  expect(bindings).toContainEqual(expect.objectContaining({ type: "http", direction: "out" }));
});

test("options may be shared between registrations, although Azure's library writes into those it is given", () => {
  const options = { authLevel: "anonymous" } as const;
  Object.freeze(options);
  deploy(
    portable.get("/a").handle(() => reply.empty()),
    options,
  );
  deploy(
    portable.post("/a").handle(() => reply.empty()),
    options,
  );
});

test.each(["", "1a", "a b", "a.b", "a".repeat(129)])("the function name %j is refused", (name) => {
  const fn = portable.get("/").handle(() => reply.empty());
  expect(() => http(name, fn)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("a function of another kind is refused", () => {
  const queue = Object.assign(async () => undefined, { trigger: { kind: "queue" } });
  expect(() => http("queue", queue as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test.each([
  [undefined, "/api/orders/1", "/orders/1", "/api"],
  [undefined, "/API/orders/1", "/orders/1", "/API"],
  [undefined, "/api", "/", "/api"],
  [undefined, "/api/", "/", "/api"],
  [undefined, "/apis/1", "/apis/1", ""],
  ["", "/api/orders", "/api/orders", ""],
  ["/v1/shop/", "/v1/shop/orders", "/orders", "/v1/shop"],
  [undefined, "/api/a%2fb/caf%C3%A9%20x", "/a%2Fb/caf%C3%A9%20x", "/api"],
])("with the prefix %s, %s has the path %s", async (routePrefix, sent, path, basePath) => {
  const seen = await see(
    (request) => ({ path: request.path, basePath: request.basePath }),
    { url: origin + sent },
    { routePrefix },
  );
  expect(seen).toEqual({ path, basePath });
});

test("the query keeps repeated names, which Azure's own query joins", async () => {
  const url = `${origin}/api/x?a=1&a=2&b=%20x&empty=&c=%zz`;
  const seen = await see((request) => ({ query: [...request.query], url: request.url }), {
    url,
    query: { a: "1,2", b: " x" },
  });
  expect(seen.query).toEqual([
    ["a", "1"],
    ["a", "2"],
    ["b", " x"],
    ["empty", ""],
    ["c", "%zz"],
  ]);
  expect(seen.url).toBe(`${origin}/x?a=1&a=2&b=%20x&empty=&c=%zz`);
});

test("headers, cookies and parameters are read", async () => {
  const fn = portable.get("/tenants/:tenant").handle((request) =>
    reply.json({
      params: request.params,
      cookies: request.cookies,
      header: request.headers.get("X-One"),
      missing: request.headers.get("x-two"),
      odd: request.headers.get("not a name"),
      lines: request.headers.getAll("x-one"),
      names: [...request.headers.keys()],
    }),
  );
  const answer = await deploy(fn).invoke({
    url: `${origin}/api/tenants/a%20b`,
    headers: { "x-one": "1", cookie: "a=1; b=x%20y" },
    params: { tenant: "something else" },
  });
  expect(JSON.parse(body(answer))).toEqual({
    params: { tenant: "a b" },
    cookies: { a: "1", b: "x y" },
    header: "1",
    missing: null,
    odd: null,
    lines: ["1"],
    names: ["cookie", "x-one"],
  });
});

test.each([
  [undefined, "203.0.113.7:50112", "203.0.113.7"],
  [undefined, "6.6.6.6, 203.0.113.7:50112", "203.0.113.7"],
  [undefined, "[2001:db8::1]:50112", "2001:db8::1"],
  [undefined, "2001:db8::1", "2001:db8::1"],
  [undefined, "nonsense", undefined],
  [2, "6.6.6.6, 198.51.100.1, 203.0.113.7:50112", "198.51.100.1"],
  [2, "203.0.113.7:50112", "203.0.113.7"],
  [0, "203.0.113.7:50112", undefined],
])("with %s trusted proxies the client of %j is %s", async (trustedProxies, forwarded, expected) => {
  const init = { url: `${origin}/api/x`, headers: { "x-forwarded-for": forwarded } };
  expect(await see((request) => request.clientIp, init, { trustedProxies })).toBe(expected);
});

test("without the header there is no client address", async () => {
  expect(await see((request) => request.clientIp, { url: `${origin}/api/x` })).toBeUndefined();
});

test("an identity exists only where Easy Auth is trusted", async () => {
  const principal = Buffer.from(JSON.stringify({ userId: "u1", identityProvider: "github" })).toString("base64");
  const init = { url: `${origin}/api/x`, headers: { "x-ms-client-principal": principal } };
  expect(await see((request) => request.identity, init)).toBeUndefined();
  expect(await see((request) => request.identity, init, { trust: ["easy-auth"] })).toMatchObject({ id: "u1" });
});

test("the body is read in every form, and again", async () => {
  const init = { method: "POST", url: `${origin}/api/x`, body: bytes('{"a":"ö"}') };
  const seen = await see(
    async (request) => [await request.json(), await request.text(), (await request.bytes()).length],
    init,
  );
  expect(seen).toEqual([{ a: "ö" }, '{"a":"ö"}', 10]);
});

test("binary bodies are exact", async () => {
  const sent = Buffer.from([0, 1, 255, 128, 13, 10]);
  const init = { method: "PUT", url: `${origin}/api/x`, body: { bytes: sent } };
  expect(Buffer.from(await see((request) => request.bytes(), init))).toEqual(sent);
});

test("forms are read", async () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const init = { method: "POST", url: `${origin}/api/x`, headers, body: bytes("a=1&b=two+words&b=%C3%A9") };
  const seen = await see(async (request) => [...(await request.formData()).entries()], init);
  expect(seen).toEqual([
    ["a", "1"],
    ["b", "two words"],
    ["b", "é"],
  ]);
});

test.each(["GET", "HEAD", "POST"])("a %s without a body has none", async (method) => {
  const seen = await see(async (request) => [request.body, await request.text()], { method, url: `${origin}/api/x` });
  expect(seen).toEqual([null, ""]);
});

test("a chunked body, which the host drops, is refused in place of read as empty", async () => {
  const { invoke: call } = deploy(portable.post("/x").handle(async (request) => reply.text(await request.text())));
  const headers = { "transfer-encoding": "chunked" };
  const answer = await call({ method: "POST", url: `${origin}/api/x`, headers });
  expect(answer.statusCode).toBe("400");
  expect(body(answer)).toContain("content-length");
});

test("a body over the limit is refused with 413", async () => {
  const fn = portable.post("/x").handle(async (request) => reply.text(await request.text()));
  const { invoke: call } = deploy(fn, { bodyLimit: 5 });
  expect((await call({ method: "POST", url: `${origin}/api/x`, body: bytes("12345") })).statusCode).toBe("200");
  expect((await call({ method: "POST", url: `${origin}/api/x`, body: bytes("123456") })).statusCode).toBe("413");
});

test.each([
  ["invalid UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
  ["invalid JSON", Buffer.from("{")],
  ["a prototype", Buffer.from('{"__proto__":{"a":1}}')],
])("JSON with %s is refused with 400", async (_what, sent) => {
  const { invoke: call } = deploy(portable.post("/x").handle(async (request) => reply.json(await request.json())));
  expect((await call({ method: "POST", url: `${origin}/api/x`, body: { bytes: sent } })).statusCode).toBe("400");
});

test("100 KB of headers are read", async () => {
  const headers = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-${index}`, "v".repeat(1000)]));
  expect(await see((request) => [...request.headers].length, { url: `${origin}/api/x`, headers })).toBe(100);
});

test("the context knows the deadline, the first invocation and the region", async () => {
  vi.stubEnv("REGION_NAME", "West Europe");
  const fn = portable
    .get("/x")
    .handle((_request, { coldStart, region, remainingMs }) =>
      reply.json({ coldStart, region, remaining: remainingMs() }),
    );
  const { invoke: call } = deploy(fn);
  const first = JSON.parse(body(await call({ url: `${origin}/api/x` })));
  expect(first).toMatchObject({ coldStart: true, region: "West Europe" });
  expect(first.remaining).toBeGreaterThan(229_000);
  expect(first.remaining).toBeLessThanOrEqual(230_000);
  expect(JSON.parse(body(await call({ url: `${origin}/api/x` }))).coldStart).toBe(false);
  vi.unstubAllEnvs();
});

test("header lists are joined, and text without a type gets none", async () => {
  const fn = portable.get("/x").handle(() => ({ status: 200, headers: { vary: ["a", "b"] }, body: "untyped é" }));
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.headers).toEqual({ vary: "a, b" });
  expect(body(answer)).toBe("untyped é");
});

test("several cookies all leave", async () => {
  const fn = portable.get("/x").handle(() =>
    reply.text("", {
      cookies: {
        a: "x y;=é",
        b: { value: "2", partitioned: true, path: "/" },
        c: { value: "", expires: new Date(0) },
      },
    }),
  );
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.headers["set-cookie"]).toBe("b=2; Path=/; Partitioned");
  expect(answer.cookies).toMatchObject([
    { name: "a", value: "x y;=é", path: { value: "" } },
    { name: "c", value: "", maxAge: { value: 0 } },
  ]);
});

test("cookie attributes that are lost are told in the log", async () => {
  const cookie = { value: "1", partitioned: true };
  const fn = portable.get("/x").handle(() => reply.empty({ cookies: { a: cookie, b: cookie } }));
  worker.logs.length = 0;
  await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(JSON.parse(worker.logs.find(({ level }) => level === "warning")?.message ?? "")).toMatchObject({
    attributes: ["Partitioned"],
  });
});

test("a cookie that cannot leave beside others is a 500 with a reason in the log", async () => {
  const fn = portable.get("/x").handle(() => reply.empty({ headers: { "set-cookie": ["a=1", "=2"] } }));
  worker.logs.length = 0;
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("500");
  expect(worker.logs.at(-1)?.message).toContain("EVENT_UNENCODABLE");
});

test.each([204, 205, 304])("status %s has no body", async (status) => {
  const fn = portable.get("/x").handle(() => ({ status, headers: { "x-a": "1" }, body: "text" }));
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer).toMatchObject({ statusCode: String(status), headers: { "x-a": "1" } });
  expect(body(answer)).toBe("");
});

test.each([
  ["throws nothing", () => Promise.reject(undefined)],
  ["throws null", () => Promise.reject(null)],
  ["throws an error with a status", () => Promise.reject(Object.assign(new Error("secret"), { status: 418 }))],
  ["returns nothing", () => undefined],
  ["returns text", () => "text"],
  ["returns an impossible status", () => ({ status: 42, headers: {}, body: null })],
])("a handler that %s is a 500, with a reason in the log", async (_what, handler) => {
  worker.logs.length = 0;
  const fn = portable.get("/x").handle(handler as never);
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("500");
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(body(answer)).not.toContain("secret");
  expect(worker.logs.filter(({ category }) => category === "user").map(({ level }) => level)).toEqual(["error"]);
});

test("a handler that never settles is given up before the deadline", async () => {
  const fn = portable.get("/x").handle(() => new Promise<never>(() => undefined));
  const answer = await deploy(fn, { timeoutMs: 200 }).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("504");
});

async function* chunks(...parts: string[]) {
  for (const part of parts) {
    if (part === "!") throw new Error("the source broke");
    yield part;
  }
}

test("a stream is collected, within a limit", async () => {
  const fn = portable.get("/x").handle(() => reply.stream(chunks("a", "b")));
  expect(body(await deploy(fn).invoke({ url: `${origin}/api/x` }))).toBe("ab");
  const answer = await deploy(
    portable.get("/x").handle(() => reply.stream(chunks("a", "b"))),
    { collectLimit: 1 },
  ).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("500");
});

test("a stream that fails or never ends is an error, since nothing was sent", async () => {
  const fails = portable.get("/x").handle(() => reply.stream(chunks("a", "!")));
  expect((await deploy(fails).invoke({ url: `${origin}/api/x` })).statusCode).toBe("500");
  const endless = async function* () {
    yield "a";
    await new Promise(() => undefined);
  };
  const never = portable.get("/x").handle(() => reply.stream(endless()));
  const answer = await deploy(never, { timeoutMs: 100 }).invoke({ url: `${origin}/api/x` });
  expect(answer.statusCode).toBe("504");
});

test("a web-standard Response is accepted", async () => {
  const fn = portable.get("/x").handle(() => new Response("native", { status: 202, headers: { "x-native": "1" } }));
  const answer = await deploy(fn).invoke({ url: `${origin}/api/x` });
  expect(answer).toMatchObject({ statusCode: "202", headers: { "x-native": "1" } });
  expect(body(answer)).toBe("native");
});

test("a shutdown aborts invocations under way and waits for them, and for no others", async () => {
  const fn = portable
    .get("/x")
    .handle(
      (_request, { signal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve(reply.text(signal.reason.code)))),
    );
  const { invoke: call } = deploy(fn);
  const [terminate] = worker.hooks.get("appTerminate") ?? [];
  const answer = call({ url: `${origin}/api/x` });
  await new Promise((resolve) => setTimeout(resolve, 10));
  await terminate?.({});
  expect(body(await answer)).toBe("CANCELLED");
  const start = Date.now();
  await terminate?.({});
  expect(Date.now() - start).toBeLessThan(50);
});

test("what is logged after the reply does not go through Azure's context", async () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => undefined);
  const fn = portable.get("/x").handle((_request, { log }) => {
    setTimeout(() => log.info("late"), 5);
    return reply.empty();
  });
  worker.logs.length = 0;
  await deploy(fn).invoke({ url: `${origin}/api/x` });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(worker.logs).toEqual([]);
  expect(String(info.mock.calls[0]?.[0])).toContain('"late"');
  info.mockRestore();
});

test("several invocations run at once, each with its own context", async () => {
  const fn = portable.get("/:n").handle(async (request, { waitUntil }) => {
    waitUntil(Promise.resolve());
    await new Promise((resolve) => setTimeout(resolve, 10));
    return reply.text(request.params.n);
  });
  const { invoke: call } = deploy(fn);
  const answers = await Promise.all(["1", "2", "3"].map((n) => call({ url: `${origin}/api/${n}` })));
  expect(answers.map(body)).toEqual(["1", "2", "3"]);
});

test.each([undefined, null, "text", 7, [], { id: 1 }, Buffer.from("x"), { isPastDue: false }])(
  "an event of another trigger (%j) is refused by name, which the host takes for a failure",
  async (event) => {
    const { handler } = deploy(portable.post("/x").handle(() => reply.empty()));
    const context = new InvocationContext({ invocationId: "1", functionName: "x" });
    await expect(handler(event as never, context)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  },
);

test("the handler can be called in a test, with Azure's own constructors", async () => {
  const { handler } = deploy(portable.get("/orders/:id").handle((request) => reply.json(request.params)));
  const request = new HttpRequest({ method: "GET", url: `${origin}/api/orders/7` });
  const answer = await handler(request, new InvocationContext({ invocationId: "1", functionName: "x" }));
  expect(answer).toEqual({ status: 200, headers: { "content-type": "application/json" }, body: '{"id":"7"}' });
});
