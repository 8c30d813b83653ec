import { deflateSync, gzipSync } from "node:zlib";
import { http as portable, reply } from "@portico/core";
import { toNodeWire } from "@portico/core/adapter";
import { describe, expect, test } from "vitest";
import {
  alb,
  albMulti,
  answer,
  everyFormat,
  functionUrl,
  lambdaContext,
  lattice,
  payloadV2,
  read,
  rest,
  see,
} from "../../test/events.js";
import { http } from "../http.js";
import type { HttpEvent, RestEvent } from "./event.js";
import type { RestResult } from "./result.js";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

test.each(everyFormat)("%s: an event without query, cookies or body reads as a plain request", async (_name, event) => {
  const request = await read(event);
  expect(request).toMatchObject({ kind: "http", method: "GET", path: "/", basePath: expect.any(String), cookies: {} });
  expect([...request.query]).toEqual([]);
  expect(request.headers.get("Host")).toContain(".");
  expect(request.url).toMatch(/^https?:\/\/[\w.-]+\/$/);
  expect(request.body).toBeNull();
  expect(await request.text()).toBe("");
  expect(request.identity).toBeUndefined();
  expect(request.id).not.toBe("");
  expect(request.native).toBe(event);
});

test.each(everyFormat)("%s: maps that are null, undefined or missing are empty", async (_name, event) => {
  for (const nothing of [null, undefined]) {
    const maps = [
      "headers",
      "multiValueHeaders",
      "queryStringParameters",
      "multiValueQueryStringParameters",
      "cookies",
      "pathParameters",
    ];
    const bare = { ...event, rawQueryString: undefined, ...Object.fromEntries(maps.map((name) => [name, nothing])) };
    const request = await read(bare);
    expect([...request.headers]).toEqual([]);
    expect([...request.query]).toEqual([]);
    expect(request.headers.get("host")).toBeNull();
    expect({ ...request.cookies }).toEqual({});
    expect(request.url).toMatch(/^https:\/\/[\w.-]+\/$/);
  }
});

test.each(everyFormat)("%s: a body said to be base64 is bytes, one that is not is text", async (_name, event) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const binary = { ...event, body: Buffer.from(bytes).toString("base64"), isBase64Encoded: true };
  expect(await (await read(binary)).bytes()).toStrictEqual(bytes);
  expect(await (await read({ ...event, body: "grüße", isBase64Encoded: false })).text()).toBe("grüße");
  for (const body of ["", null, undefined]) {
    expect(await (await read({ ...event, body, isBase64Encoded: true })).bytes()).toHaveLength(0);
  }
});

test("bytes of a base64 body own their memory, so that none of another request's can be reached", async () => {
  const bytes = await (await read(payloadV2({ body: "AAEC", isBase64Encoded: true }))).bytes();
  expect(bytes.buffer.byteLength).toBe(3);
  expect(bytes.constructor).toBe(Uint8Array);
});

test.each(["a", "abcde", "ab!d", "AAE=C", "AA\nEC", "====", "é", "QUJD QUJD"])(
  "a body %j that is said to be base64 and is not answers 400 when it is read",
  async (body) => {
    const { request } = await see(payloadV2({ body, isBase64Encoded: true }));
    for (const form of ["text", "json", "bytes"] as const) {
      await expect(request[form]()).rejects.toMatchObject({ code: "EVENT_MALFORMED", status: 400 });
    }
  },
);

test("base64 in the alphabet for URLs, and without padding, is read", async () => {
  expect(text(await (await read(payloadV2({ body: "-_8", isBase64Encoded: true }))).bytes())).toBe("\xfb\xff");
});

test.each([
  ["HTTP API 2.0", payloadV2({ rawPath: "/a b/ü/100%/x#y" })],
  ["HTTP API 1.0", rest({ version: "1.0", path: "/a b/ü/100%/x#y" })],
])("%s: the path that the platform decoded is encoded again", async (_name, event) => {
  expect((await read(event)).path).toBe("/a%20b/%C3%BC/100%25/x%23y");
});

test.each([
  ["REST API", rest({ path: "/a%20b/%c3%bc/a%2Fb" })],
  ["function URL", functionUrl({ rawPath: "/a%20b/%c3%bc/a%2Fb" })],
  ["ALB", alb({ path: "/a%20b/%c3%bc/a%2Fb" })],
  ["VPC Lattice", lattice({ path: "/a%20b/%c3%bc/a%2Fb" })],
])("%s: the path that is still encoded stays so, in one spelling", async (_name, event) => {
  expect((await read(event)).path).toBe("/a%20b/%C3%BC/a%2Fb");
});

test("HTTP API 2.0: the stage is taken off the path, and kept as the base path", async () => {
  const at = (rawPath: string, stage: string | null, options = {}) =>
    read(payloadV2({ rawPath }, { stage: stage as string }), options);
  expect(await at("/dev/orders", "dev")).toMatchObject({ path: "/orders", basePath: "/dev" });
  expect(await at("/dev", "dev")).toMatchObject({ path: "/", basePath: "/dev" });
  expect(await at("/dev/", "dev")).toMatchObject({ path: "/", basePath: "/dev" });
  expect(await at("", "$default")).toMatchObject({ path: "/", basePath: "" });
  expect(await at("/$default/x", "$default")).toMatchObject({ path: "/$default/x", basePath: "" });
  // Not the stage: another segment that starts like it, a custom domain's path, and an emulator without stages.
  expect(await at("/develop", "dev")).toMatchObject({ path: "/develop", basePath: "" });
  expect(await at("/orders", "dev")).toMatchObject({ path: "/orders", basePath: "" });
  expect(await at("/orders", null)).toMatchObject({ path: "/orders", basePath: "" });
  // A route behind a custom domain that starts with the stage's name.
  expect(await at("/dev/orders", "dev", { stripStage: false })).toMatchObject({ path: "/dev/orders", basePath: "" });
});

test("REST API: the path has no stage, and a link needs it: the base path has", async () => {
  expect(await read(rest({ path: "/prod/x" }, { path: "/prod/prod/x" }))).toMatchObject({
    path: "/prod/x",
    basePath: "/prod",
  });
  expect(await read(rest({ path: "/" }, { path: "/prod/" }))).toMatchObject({ path: "/", basePath: "/prod" });
  expect(await read(rest({ path: "/" }, { path: "/prod" }))).toMatchObject({ path: "/", basePath: "/prod" });
  // A custom domain.
  expect(await read(rest({ path: "/v1/x" }, { path: "/v1/x" }))).toMatchObject({ path: "/v1/x", basePath: "" });
});

test.each([
  ["REST API", rest({ path: "/v1/orders" }, { path: "/v1/orders" })],
  ["HTTP API 2.0", payloadV2({ rawPath: "/v1/orders" })],
  ["HTTP API 2.0 with its stage", payloadV2({ rawPath: "/dev/v1/orders" }, { stage: "dev" })],
  ["ALB", alb({ path: "/v1/orders" })],
])("%s: a base path that is stated is taken off, where the path has it", async (_name, event) => {
  for (const basePath of ["/v1", "/v1/"]) expect((await read(event, { basePath })).path).toBe("/orders");
  expect((await read(event, { basePath: "/v1/orders" })).path).toBe("/");
  for (const basePath of ["/v", "/v1/o", "/v2"]) expect((await read(event, { basePath })).path).toBe("/v1/orders");
});

test("REST API: decoded query values are encoded again, all of them, the empty ones too", async () => {
  const multiValueQueryStringParameters = { a: ["1&2", "3"], flag: [""], "k=y": ["%41", "x+y", "ü #"] };
  const request = await read(
    rest({ multiValueQueryStringParameters, queryStringParameters: { a: "3", flag: "", "k=y": "ü #" } }),
  );
  expect([...request.query]).toEqual([
    ["a", "1&2"],
    ["a", "3"],
    ["flag", ""],
    ["k=y", "%41"],
    ["k=y", "x+y"],
    ["k=y", "ü #"],
  ]);
  expect([...(await read(rest({ queryStringParameters: { a: "1" } }))).query]).toEqual([["a", "1"]]);
  expect([...(await read(rest({ multiValueQueryStringParameters: { a: ["\ud800"] } }))).query]).toEqual([
    ["a", "\ufffd"],
  ]);
});

test.each([
  ["HTTP API 2.0", payloadV2],
  ["function URL", functionUrl],
])("%s: the raw query is taken as it stands, not the map that joins with commas", async (_name, make) => {
  const request = await read(
    make({ rawQueryString: "a=1&a=2&b=&c=x+y%26&%61=3", queryStringParameters: { a: "1,2,3", b: "", c: "x y&" } }),
  );
  expect(request.url.split("?")[1]).toBe("a=1&a=2&b=&c=x+y%26&%61=3");
  expect(request.query.getAll("a")).toEqual(["1", "2", "3"]);
  expect(request.query.get("c")).toBe("x y&");
});

test("HTTP API 2.0: where an emulator sends the map alone, that is the query", async () => {
  const { rawQueryString: _raw, ...event } = payloadV2({ queryStringParameters: { a: "x y&z" } });
  expect([...(await read(event)).query]).toEqual([["a", "x y&z"]]);
});

test.each([
  ["ALB", alb({ queryStringParameters: { a: "x%20y+z%26", b: "", "%63": "%2B" } })],
  [
    "ALB with multi-value headers",
    albMulti({ multiValueQueryStringParameters: { a: ["x%20y+z%26"], b: [""], "%63": ["%2B"] } }),
  ],
  ["VPC Lattice", lattice({ queryStringParameters: { a: ["x%20y+z%26"], b: [""], "%63": ["%2B"] } })],
  ["VPC Lattice with single values", lattice({ queryStringParameters: { a: "x%20y+z%26", b: "", "%63": "%2B" } })],
  ["VPC Lattice with the query in its path", lattice({ path: "/?a=x%20y+z%26&b=&%63=%2B" })],
])("%s: query values are as they stood in the URL, and are decoded once", async (_name, event) => {
  expect([...(await read(event)).query]).toEqual([
    ["a", "x y z&"],
    ["b", ""],
    ["c", "+"],
  ]);
});

test("a query value that a hand-made event has decoded cannot break out of its place", async () => {
  for (const event of [
    alb({ queryStringParameters: { a: "x&b=y #z" } }),
    lattice({ queryStringParameters: { a: "x&b=y #z" } }),
  ]) {
    expect([...(await read(event)).query]).toEqual([["a", "x&b=y #z"]]);
    expect(new URL((await read(event)).url).searchParams.get("a")).toBe("x&b=y #z");
  }
});

test("a bare percent sign stands for itself where the path is decoded, and stays as it is where it is not", async () => {
  expect((await read(payloadV2({ rawPath: "/100%" }))).path).toBe("/100%25");
  expect((await read(functionUrl({ rawPath: "/100%25" }))).path).toBe("/100%25");
  expect(await answer(functionUrl({ rawPath: "/100%" }), reply.text("x"))).toMatchObject({ statusCode: 400 });
});

test("a query name such as __proto__ is a name", async () => {
  const parse = (json: string): Record<string, string[]> => JSON.parse(json);
  const events = [
    payloadV2({ rawQueryString: "__proto__=1&constructor=2" }),
    rest({ multiValueQueryStringParameters: parse('{"__proto__":["1"],"constructor":["2"]}') }),
    albMulti({ multiValueQueryStringParameters: parse('{"__proto__":["1"],"constructor":["2"]}') }),
  ];
  for (const event of events) {
    expect([...(await read(event)).query]).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  }
});

test("headers are found in any case, on sources that keep the client's spelling too", async () => {
  for (const event of [
    payloadV2({ headers: { "X-One": "1" } }),
    rest({ headers: {}, multiValueHeaders: { "x-oNE": ["1"] } }),
  ]) {
    const { headers } = await read(event);
    expect([headers.get("x-one"), headers.get("X-ONE"), headers.has("x-on")]).toEqual(["1", "1", false]);
    expect([...headers]).toEqual([["x-one", "1"]]);
  }
});

test("a header that nobody sent is missing, also one that every object has", async () => {
  const { headers } = await read(payloadV2());
  for (const name of ["constructor", "__proto__", "tostring", "x"]) expect(headers.get(name)).toBeNull();
});

test.each([
  [
    "REST API",
    rest({ headers: { "X-List": "b,c" }, multiValueHeaders: { "X-List": ["a", "b,c"], cookie: ["x=1", "y=2"] } }),
  ],
  ["ALB", albMulti({ multiValueHeaders: { "x-list": ["a", "b,c"], cookie: ["x=1", "y=2"] } })],
  ["VPC Lattice", lattice({ headers: { "x-list": ["a", "b,c"], cookie: ["x=1", "y=2"] } })],
])("%s: all lines of a header are kept apart; cookies are joined with semicolons", async (_name, event) => {
  const { headers, cookies } = await read(event);
  expect(headers.getAll("x-list")).toEqual(["a", "b,c"]);
  expect(headers.get("x-list")).toBe("a, b,c");
  expect(headers.get("cookie")).toBe("x=1; y=2");
  expect({ ...cookies }).toEqual({ x: "1", y: "2" });
});

test("header lines that repeat a part of another line are no duplicates", async () => {
  const { headers } = await read(rest({ multiValueHeaders: { accept: ["text/html", "text/html;q=1", "text"] } }));
  expect(headers.getAll("accept")).toEqual(["text/html", "text/html;q=1", "text"]);
});

test("spellings of one name that differ in case are lines of one field", async () => {
  expect((await read(rest({ multiValueHeaders: { "X-A": ["1"], "x-a": ["2"] } }))).headers.get("x-a")).toBe("1, 2");
});

test("REST API: empty lists are missing headers, and the map with all values counts", async () => {
  const event = rest({ headers: { "content-type": "" }, multiValueHeaders: { "content-type": [], "x-a": ["1"] } });
  const { headers } = await read(event);
  expect([headers.get("content-type"), headers.get("x-a")]).toEqual([null, "1"]);
  expect((await read(rest({ headers: { "x-a": "1" }, multiValueHeaders: {} }))).headers.get("x-a")).toBe("1");
});

test.each([
  ["HTTP API 2.0", payloadV2],
  ["function URL", functionUrl],
])("%s: cookies, which the platform moves out of the headers, are put back", async (_name, make) => {
  const { headers, cookies } = await read(make({ cookies: ["a=1", "b=x%20y", "cookie1"] }));
  expect(headers.get("cookie")).toBe("a=1; b=x%20y; cookie1");
  expect(headers.getAll("cookie")).toEqual(["a=1; b=x%20y; cookie1"]);
  expect([...headers].filter(([name]) => name === "cookie")).toHaveLength(1);
  expect({ ...cookies }).toEqual({ a: "1", b: "x y" });
  // An emulator that sends an empty list and a header.
  expect((await read(make({ cookies: [], headers: { Cookie: "a=1" } }))).headers.get("cookie")).toBe("a=1");
  const both = await read(make({ cookies: ["a=1"], headers: { cookie: "b=2" } }));
  expect([...both.headers]).toEqual([["cookie", "a=1"]]);
});

test("the scheme is the one the client used, the host the one it asked for", async () => {
  expect((await read(alb())).url).toBe("http://lb.eu-west-1.elb.amazonaws.com/");
  expect((await read(alb({ headers: { host: "shop.example:8080", "x-forwarded-proto": "https" } }))).url).toBe(
    "https://shop.example:8080/",
  );
  expect((await read(payloadV2({ headers: {} }))).url).toBe("https://abc.execute-api.eu-west-1.amazonaws.com/");
});

/** The event with these lines of a field. */
function withField(event: HttpEvent, name: string, lines: readonly string[]): HttpEvent {
  const before: object = event;
  const maps = Object.entries(before).flatMap(([map, fields]: [string, Record<string, unknown> | null]) => {
    if (!fields || !["headers", "multiValueHeaders"].includes(map)) return [];
    const others = Object.entries(fields).filter(([field]) => field.toLowerCase() !== name);
    const isList = map === "multiValueHeaders" || Array.isArray(others[0]?.[1]);
    return [[map, { ...Object.fromEntries(others), [name]: isList ? lines : lines.join(",") }]];
  });
  return { ...event, ...Object.fromEntries(maps) };
}

test.each(everyFormat)(
  "%s: an invalid Host never makes a URL that cannot be parsed, nor a 500",
  async (_name, event) => {
    for (const hosts of [
      ["ex.com:99999"],
      ["1.2.3.256"],
      ["xn--a"],
      [""],
      ["a.test", "b.test"],
      ["a b"],
      ["a/b?c#d"],
    ]) {
      const asked = withField(event, "host", hosts);
      const request = await read(asked);
      expect(new URL(request.url).pathname).toBe("/");
      expect(request.toRequest().url).toBe(request.url);
      const own = await read(asked, { publicUrl: "https://shop.example.com" });
      expect(own.url).toBe("https://shop.example.com/");
      expect(own.toRequest().url).toBe("https://shop.example.com/");
    }
  },
);

test.each(everyFormat)("%s: X-Forwarded-Host is believed by publicUrl alone", async (_name, event) => {
  const asked = withField(withField(event, "x-forwarded-host", ["shop.test"]), "host", ["a.test"]);
  expect(new URL((await read(asked)).url).host).toBe("a.test");
  expect(new URL((await read(asked, { trustedProxies: 1 })).url).host).toBe("a.test");
  const forwarded = await read(asked, { trustedProxies: 1, publicUrl: "forwarded" });
  expect(new URL(forwarded.url).host).toBe("shop.test");
});

test("id, time and source are the platform's; ALB has none, so the invocation's id and its start stand in", async () => {
  const time = new Date(1583348638390);
  for (const event of [payloadV2(), rest()])
    expect(await read(event)).toMatchObject({ id: "request-1", source: "abc", time });
  expect(await read(lattice())).toMatchObject({
    id: "invocation-1",
    source: "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1",
    time: new Date(1696331543569),
  });
  const request = await read(alb());
  expect(request).toMatchObject({ id: "invocation-1", source: expect.stringContaining("targetgroup/t/1") });
  expect(Math.abs(request.time.getTime() - Date.now())).toBeLessThan(1000);
  expect(request.time).toEqual(request.time);
});

test("the client's address is what the API saw; a header counts only behind as many proxies as are stated", async () => {
  const headers = { "x-forwarded-for": "6.6.6.6, 198.51.100.1, 130.176.0.1" };
  const events = [payloadV2({ headers }), rest({ headers, multiValueHeaders: {} }), functionUrl({ headers })];
  for (const event of events) {
    expect((await read(event)).clientIp).toBe("203.0.113.7");
    expect((await read(event, { trustedProxies: 1 })).clientIp).toBe("198.51.100.1");
    expect((await read(event, { trustedProxies: 9 })).clientIp).toBe("6.6.6.6");
  }
  expect((await read(payloadV2(), { trustedProxies: 1 })).clientIp).toBe("203.0.113.7");
});

test("ALB and Lattice: the client's address is the last one that the header names", async () => {
  const at = (list: string, trustedProxies = 0) =>
    read(alb({ headers: { "x-forwarded-for": list } }), { trustedProxies });
  expect((await at("6.6.6.6, 203.0.113.7")).clientIp).toBe("203.0.113.7");
  expect((await at("6.6.6.6, 203.0.113.7, 130.176.0.1", 1)).clientIp).toBe("203.0.113.7");
  expect((await at("203.0.113.7:4711")).clientIp).toBe("203.0.113.7");
  expect((await at("[2001:db8::1]:4711")).clientIp).toBe("2001:db8::1");
  expect((await at("2001:db8::1")).clientIp).toBe("2001:db8::1");
  expect((await at("")).clientIp).toBeUndefined();
  expect((await at("<script>", 1)).clientIp).toBeUndefined();
  expect((await read(lattice())).clientIp).toBe("10.0.0.7");
});

test("100 KB of headers are read", async () => {
  const headers = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x-header-${index}`, "v".repeat(88)]));
  const request = await read(payloadV2({ headers }));
  expect([...request.headers]).toHaveLength(1000);
  expect(request.headers.get("X-Header-999")).toHaveLength(88);
});

test("a body over the limit answers 413", async () => {
  const event = payloadV2({ body: "12345", isBase64Encoded: false });
  const { request } = await see(event, { bodyLimit: 4 });
  await expect(request.text()).rejects.toMatchObject({ code: "TOO_LARGE", status: 413 });
});

test("a method is upper case, whatever an emulator sends", async () => {
  expect((await read(payloadV2({}, { http: { method: "post" } as never }))).method).toBe("POST");
});

test("a path that the function does not have is a 404, a wrong method a 405", async () => {
  const { http } = await import("@portico/core");
  const { http: deploy } = await import("../http.js");
  const { lambdaContext } = await import("../../test/events.js");
  const handler = deploy(http.get("/orders/:id").handle(({ params }) => reply.json(params)));
  const status = async (event: unknown) =>
    ((await handler(event as never, lambdaContext())) as { statusCode: number }).statusCode;
  expect(await status(payloadV2({ rawPath: "/orders/7" }))).toBe(200);
  expect(await status(payloadV2({ rawPath: "/nothing" }))).toBe(404);
  expect(await status(payloadV2({ rawPath: "/orders/7" }, { http: { method: "DELETE" } as never }))).toBe(405);
  expect(await answer(payloadV2(), reply.text("x"))).toMatchObject({ statusCode: 200 });
});

describe("a compressed request body", () => {
  const packed = gzipSync('{"a":1}');
  const ask = async (event: HttpEvent) => {
    let names: string[] = [];
    const fn = portable.post("/").handle(async (request) => {
      names = [...request.headers.keys()];
      expect(request.headers.has("content-encoding")).toBe(names.includes("content-encoding"));
      return reply.json(await request.json());
    });
    const result = (await http(fn)(event, lambdaContext())) as RestResult;
    return { ...result, names };
  };
  const of = (coding: string, body: string, isBase64Encoded: boolean, over: Partial<RestEvent> = {}) =>
    rest({
      httpMethod: "POST",
      path: "/",
      body,
      isBase64Encoded,
      headers: null,
      multiValueHeaders: {
        "Content-Encoding": [coding],
        "Content-Length": ["27"],
        "Content-Type": ["application/json"],
      },
      ...over,
    } as Partial<Parameters<typeof rest>[0]>);

  test("that a REST API has inflated comes without the fields of the compressed one", async () => {
    for (const event of [
      of("gzip", '{"a":1}', false),
      of("GZIP", Buffer.from('{"a":1}').toString("base64"), true),
      of("deflate", Buffer.from('{"a":1}').toString("base64"), true),
    ])
      expect(await ask(event)).toMatchObject({ statusCode: 200, body: '{"a":1}', names: ["content-type"] });
  });

  test("that nobody has inflated is a 415 on every front end", async () => {
    const base64 = packed.toString("base64");
    const body = { body: base64, isBase64Encoded: true };
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    const lists = { "content-encoding": ["gzip"], "content-type": ["application/json"] };
    for (const event of [
      of("gzip", base64, true),
      of("gzip", packed.toString("utf8"), false),
      of("deflate", deflateSync('{"a":1}').toString("base64"), true),
      of("br", base64, true),
      of("gzip", base64, true, { version: "1.0" }),
      payloadV2({
        ...body,
        headers,
        requestContext: { ...payloadV2().requestContext, http: { ...payloadV2().requestContext.http, method: "POST" } },
      }),
      alb({ ...body, headers, httpMethod: "POST" }),
      albMulti({ ...body, multiValueHeaders: lists, httpMethod: "POST" }),
      lattice({ ...body, headers: lists, method: "POST" }),
    ]) {
      const answer = await ask(event);
      expect(answer.statusCode).toBe(415);
      expect(JSON.stringify(answer)).toContain('"accept-encoding":');
    }
  });
});

test("REST: a Node app behind it finds its header lines spelled and ordered as the API sends them", async () => {
  const headers = { "X-Request-Id": ["1", "2"], Authorization: ["Bearer t"], Host: ["api.test"] };
  const request = await read(rest({ multiValueHeaders: headers }));
  const { headers: lines } = await toNodeWire(request);
  expect(lines).toEqual([
    ["host", "api.test"],
    ["X-Request-Id", "1"],
    ["X-Request-Id", "2"],
    ["Authorization", "Bearer t"],
  ]);
});

test("REST: what describes a body that came inflated is not spelled out either", async () => {
  const headers = { Host: ["api.test"], "Content-Encoding": ["gzip"], "Content-Length": ["5"], "X-A": ["1"] };
  const request = await read(rest({ httpMethod: "POST", multiValueHeaders: headers, body: "plain" }));
  const names = (await toNodeWire(request)).headers.map(([name]) => name);
  expect(names).toEqual(["host", "X-A"]);
});
