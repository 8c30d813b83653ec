import { type HttpRequest, InvocationContext } from "@azure/functions";
import { http as portable, reply } from "@portico/core";
import { expect, test } from "vitest";
import { body, bytes, deploy, origin } from "../../test/deploy.js";
import type { invoke } from "../../test/worker.js";
import { type AzureHttpOptions, http } from "../http.js";

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

test("X-Forwarded-Host is believed by publicUrl alone, and a written public URL stands before every header", async () => {
  const init = { url: `${origin}/api/x?a=1`, headers: { "x-forwarded-host": "evil.test, shop.test" } };
  const url = (options?: AzureHttpOptions) => see((request) => request.url, init, options);
  expect(await url()).toBe(`${origin}/x?a=1`);
  expect(await url({ trustedProxies: 1 })).toBe(`${origin}/x?a=1`);
  expect(await url({ trustedProxies: 1, publicUrl: "forwarded" })).toBe("https://shop.test/x?a=1");
  expect(await url({ publicUrl: "https://own.test" })).toBe("https://own.test/x?a=1");
});

// The library's own request refuses most of these before a handler sees them; one over it, such as an instrumentation's, need not.
test.each(["ex.com:99999", "1.2.3.256", "xn--a", "", "a.test,b.test"])(
  "the invalid host %j never makes a URL that cannot be parsed, nor a 500",
  async (host) => {
    const fn = portable.get("/x").handle((request) => reply.json([request.url, request.toRequest().url]));
    const native = { method: "GET", url: `https://${host}/api/x`, headers: new Headers(), body: null } as HttpRequest;
    for (const [options, expected] of [
      [{}, "https://localhost/x"],
      [{ publicUrl: "https://own.test" }, "https://own.test/x"],
    ] as const) {
      const answer = await http("hosts", fn, options)(native, new InvocationContext());
      // From Node 24 on the parser takes this Punycode.
      const isParsed = host === "xn--a" && URL.canParse("https://xn--a");
      const url = isParsed ? expected.replace("localhost", host) : expected;
      expect(answer).toMatchObject({ status: 200, body: JSON.stringify([url, url]) });
    }
  },
);

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
  [0, "6.6.6.6, 203.0.113.7:50112", "203.0.113.7"],
  [1, "6.6.6.6, 198.51.100.1, 203.0.113.7:50112", "198.51.100.1"],
  [1, "203.0.113.7:50112", "203.0.113.7"],
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
