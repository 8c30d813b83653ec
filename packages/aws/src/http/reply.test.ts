import { HandlerError, type HttpReply, http as portable, reply, withHeaders } from "@portico/core";
import type { ALBResult, APIGatewayProxyResult, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { leapingClock } from "../../../core/test/leaping-clock.js";
import {
  alb,
  albMulti,
  answer,
  everyFormat,
  functionUrl,
  lambdaContext,
  lattice,
  logged,
  payloadV2,
  rest,
} from "../../test/events.js";
import { http } from "../http.js";
import type { HttpResult, PayloadV2Result, RestResult } from "./result.js";

leapingClock();

const cookies = { a: "1", b: { value: "2", expires: new Date(Date.UTC(2030, 0, 2)) } };
const lines = ["a=1", "b=2; Expires=Wed, 02 Jan 2030 00:00:00 GMT"];
const type = "text/plain; charset=utf-8";

test("REST API: exactly the keys it takes, repeated headers in multiValueHeaders", async () => {
  const response = reply.text("x", { cookies, headers: { "x-list": ["c", "d"], "x-one": "e" } });
  for (const event of [rest(), rest({ version: "1.0" })]) {
    const result = (await answer(event, response)) satisfies RestResult | HttpResult;
    expect(result satisfies unknown as APIGatewayProxyResult).toStrictEqual({
      statusCode: 200,
      headers: { "content-type": type, "x-one": "e" },
      multiValueHeaders: { "x-list": ["c", "d"], "set-cookie": lines },
      body: "x",
      isBase64Encoded: false,
    });
  }
  expect(await answer(rest(), reply.text("x"))).not.toHaveProperty("multiValueHeaders");
});

test.each([
  ["HTTP API 2.0", payloadV2()],
  ["function URL", functionUrl()],
])("%s: cookies in their own list, other repeated headers joined, and always a statusCode", async (_name, event) => {
  const result = (await answer(
    event,
    reply.text("x", { cookies, headers: { "x-list": ["c", "d"] } }),
  )) as PayloadV2Result;
  expect(result satisfies APIGatewayProxyStructuredResultV2).toStrictEqual({
    statusCode: 200,
    headers: { "content-type": type, "x-list": "c, d" },
    cookies: lines,
    body: "x",
    isBase64Encoded: false,
  });
  const one = reply.text("x", { headers: { "set-cookie": "one=1; Expires=Wed, 02 Jan 2030 00:00:00 GMT" } });
  expect(await answer(event, one)).toMatchObject({ cookies: ["one=1; Expires=Wed, 02 Jan 2030 00:00:00 GMT"] });
});

test("ALB with multi-value headers: all of them in multiValueHeaders, since it ignores headers", async () => {
  const result = await answer(albMulti(), reply.text("x", { cookies, headers: { "x-one": "e" } }));
  expect(result as ALBResult).toStrictEqual({
    statusCode: 200,
    statusDescription: "200 OK",
    multiValueHeaders: { "content-type": [type], "x-one": ["e"], "set-cookie": lines },
    body: "x",
    isBase64Encoded: false,
  });
});

test.each([
  ["ALB", alb()],
  ["VPC Lattice", lattice()],
])("%s: several cookies under several spellings of the name, since only one fits", async (_name, event) => {
  const many = Array.from({ length: 20 }, (_, index) => `c${index}=1`);
  const result = await answer(event, reply.text("x", { headers: { "set-cookie": many, "x-list": ["c", "d"] } }));
  expect(result).toMatchObject({
    statusDescription: "200 OK",
    headers: { "x-list": "c, d", "set-cookie": "c0=1", "Set-cookie": "c1=1" },
  });
  expect(result).not.toHaveProperty("multiValueHeaders");
  const names = Object.keys(result.headers ?? {}).filter((name) => name.toLowerCase() === "set-cookie");
  expect(names.map((name) => result.headers?.[name])).toEqual(many);
});

test.each([
  [200, "200 OK"],
  [201, "201 Created"],
  [302, "302 Found"],
  [303, "303 OK"],
  [404, "404 Not Found"],
  [418, "418 Error"],
])("ALB: status %d has the description %j", async (status, statusDescription) => {
  expect(await answer(alb(), reply.text("x", { status }))).toMatchObject({ statusCode: status, statusDescription });
});

describe.each(everyFormat)("%s", (_name, event) => {
  const send = (response: HttpReply) => answer(event, response);

  test("a string is sent as text, bytes as base64", async () => {
    expect(await send(reply.text("grüße"))).toMatchObject({ body: "grüße", isBase64Encoded: false });
    expect(await send(reply.bytes(new Uint8Array([0, 255])))).toMatchObject({ body: "AP8=", isBase64Encoded: true });
    const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    expect(await send(reply.bytes(view))).toMatchObject({ body: "AQI=", isBase64Encoded: true });
  });

  test("bytes of a textual type are sent as text, where that loses nothing", async () => {
    const bytes = new TextEncoder().encode("\ufeffgrüße");
    const as = (contentType: string, more = {}, body = bytes) =>
      send(reply.bytes(body, { headers: { "content-type": contentType, ...more } }));
    for (const textual of [
      "text/css",
      "application/json",
      "application/problem+json",
      "image/svg+xml",
      "APPLICATION/JSON; charset=utf-8",
    ]) {
      expect(await as(textual)).toMatchObject({ body: "\ufeffgrüße", isBase64Encoded: false });
    }
    const base64 = { body: Buffer.from(bytes).toString("base64"), isBase64Encoded: true };
    for (const binary of ["image/png", "application/jsonx", "application/octet-stream", "x"])
      expect(await as(binary)).toMatchObject(base64);
    expect(await as("text/plain", { "content-encoding": "gzip" })).toMatchObject(base64);
    expect(await as("text/plain", { "content-encoding": "identity" })).toMatchObject({ isBase64Encoded: false });
    expect(await as("text/plain", {}, new Uint8Array([0xff]))).toMatchObject({ body: "/w==", isBase64Encoded: true });
  });

  test("a type that is not known goes as text where it is text, in one piece, in chunks, and of a Response", async () => {
    const types = [
      "application/yaml",
      "application/graphql",
      "application/toml",
      "application/x-ndjson",
      "application/vnd.a+yaml",
    ];
    for (const type of [...types, "application/vnd.acme.recipe"]) {
      const headers = { "content-type": type };
      const chunks = async function* () {
        yield "a: gr";
        yield "üße\n";
      };
      for (const response of [
        reply.text("a: grüße\n", { headers }),
        reply.bytes(new TextEncoder().encode("a: grüße\n"), { headers }),
        reply.stream(chunks(), { headers }),
        new Response("a: grüße\n", { headers }) as unknown as HttpReply,
      ])
        expect(await send(response)).toMatchObject({ body: "a: grüße\n", isBase64Encoded: false });
    }
    const asBytes = (type: string, body: Uint8Array<ArrayBuffer>) =>
      send(reply.bytes(body, { headers: { "content-type": type } }));
    expect(await asBytes("application/yaml", new Uint8Array([97, 0]))).toMatchObject({ isBase64Encoded: true });
    expect(await asBytes("application/pdf", new Uint8Array([97]))).toMatchObject({ isBase64Encoded: true });
  });

  test("no body is an empty string, never base64", async () => {
    for (const response of [
      reply.empty(),
      reply.redirect("/x"),
      reply.text("ignored", { status: 304 }),
      reply.bytes(new Uint8Array()),
    ]) {
      expect(await send(response)).toMatchObject({ body: "" });
    }
    expect(await send(reply.empty())).toMatchObject({ statusCode: 204, isBase64Encoded: false });
  });

  test("a streamed body is collected: text as text, bytes as base64", async () => {
    async function* parts(): AsyncGenerator<string | Uint8Array> {
      yield "gr";
      yield new Uint8Array([0xc3]);
      yield new Uint8Array([0xbc]);
      yield "ße";
    }
    expect(await send(reply.stream(parts(), { headers: { "content-type": "text/plain" } }))).toMatchObject({
      body: "grüße",
      isBase64Encoded: false,
    });
    expect(await send(reply.stream(parts()))).toMatchObject({
      body: Buffer.from("grüße").toString("base64"),
      isBase64Encoded: true,
    });
    const response = (await answer(event, (() => new Response("from a Response")) as never)) as RestResult;
    expect(response).toMatchObject({ statusCode: 200, body: "from a Response", isBase64Encoded: false });
  });

  test("a stream that fails is a 500, with the reason in the log and what layers added in the reply", async () => {
    const broken = portable
      .use(async (_request, _context, next) => withHeaders(await next(), { "x-mark": "1", etag: '"x"' }))
      .any("/*path")
      .handle(() =>
        reply.stream(
          (async function* () {
            yield "start";
            throw new Error("a secret reason");
          })(),
          { headers: { "content-type": "text/csv", "cache-control": "public" } },
        ),
      );
    let result: HttpResult | undefined;
    const [entry] = await logged(async () => {
      result = await http(broken)(event, lambdaContext());
    });
    expect(result).toMatchObject({ statusCode: 500, body: expect.stringContaining('"code":"INTERNAL"') });
    expect(JSON.stringify(result)).not.toContain("secret");
    const fields = { ...result?.headers, ...(result as RestResult).multiValueHeaders };
    expect([fields["x-mark"]].flat()).toEqual(["1"]);
    expect([fields["content-type"]].flat()).toEqual(["application/problem+json"]);
    expect(Object.keys(fields)).not.toContain("etag");
    expect(Object.keys(fields)).not.toContain("cache-control");
    expect(entry).toMatchObject({ level: "ERROR", errorMessage: "a secret reason" });
  });

  test("a stream that does not end is given up before the deadline: 504, and its source is let go", async () => {
    let ended = false;
    async function* endless() {
      try {
        for (;;) {
          yield "tick";
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      } finally {
        ended = true;
      }
    }
    let result: HttpResult | undefined;
    await logged(async () => {
      const fn = portable.any("/*path").handle(() => reply.stream(endless()));
      result = await http(fn)(event, lambdaContext({ getRemainingTimeInMillis: () => 200 }));
    });
    expect(result).toMatchObject({ statusCode: 504 });
    await expect.poll(() => ended).toBe(true);
  });

  test("a reply over the limit, escapes and base64 counted, is a 500 with the reason in the log", async () => {
    const limit = "elb" in event.requestContext ? 1024 * 1024 : 6 * 1024 * 1024;
    for (const response of [
      reply.text("x".repeat(limit)),
      reply.text('"'.repeat(limit / 2)),
      reply.text("\u0001".repeat(limit / 5)),
      reply.text("é".repeat(limit / 2)),
      reply.bytes(new Uint8Array((limit * 3) / 4)),
      reply.stream(
        (async function* () {
          for (let n = 0; n <= limit / 65536; n += 1) yield new Uint8Array(65536);
        })(),
      ),
    ]) {
      let result: HttpResult | undefined;
      const log = await logged(async () => {
        result = await send(response);
      });
      expect(result?.statusCode).toBe(500);
      expect(log).toMatchObject([{ level: "ERROR", errorMessage: expect.stringContaining(String(limit)) }]);
    }
    for (const response of [
      reply.text("x".repeat(limit - 1000)),
      reply.bytes(new Uint8Array((limit / 4) * 3 - 1000)),
    ]) {
      expect(await send(response)).toMatchObject({ statusCode: 200 });
    }
  });

  test("a refusal whose details are over the limit stays the refusal that it is", async () => {
    const details = Array.from({ length: 200_000 }, (_, index) => ({
      path: `items.${index}`,
      message: "is not a number",
    }));
    const error = new HandlerError("UNPROCESSABLE", "The order is not valid.", { details, appCode: "ORDER" });
    let result: HttpResult | undefined;
    await logged(async () => {
      result = await send(reply.problem(error));
    });
    expect(result?.statusCode).toBe(422);
    expect(JSON.parse(String(result?.body))).toMatchObject({
      code: "UNPROCESSABLE",
      appCode: "ORDER",
      detail: "The order is not valid.",
    });
  });

  test("a handler that throws, returns nothing or replies with what cannot be sent is a 500", async () => {
    const bad: (() => unknown)[] = [
      () => {
        throw new Error("a secret reason");
      },
      () => undefined,
      () => ({ status: 42, headers: {}, body: null }),
      () => ({ status: 200, headers: { "x-a": "1\r\nset-cookie: evil=1" }, body: null }),
      () => reply.json({ big: 1n }),
    ];
    for (const handler of bad) {
      let result: HttpResult | undefined;
      const log = await logged(async () => {
        result = await answer(event, handler as () => HttpReply);
      });
      expect(result).toMatchObject({ statusCode: 500, body: expect.stringContaining('"code":"INTERNAL"') });
      expect(JSON.stringify(result)).not.toMatch(/secret|evil/);
      expect(log).toMatchObject([{ level: "ERROR" }]);
    }
  });

  test("a handler that never settles is a 504 before Lambda ends it", async () => {
    const start = Date.now();
    let result: HttpResult | undefined;
    const fn = portable.any("/*path").handle(() => new Promise<HttpReply>(() => undefined));
    await logged(async () => {
      result = await http(fn)(event, lambdaContext({ getRemainingTimeInMillis: () => 800 }));
    });
    expect(result).toMatchObject({ statusCode: 504 });
    expect(Date.now() - start).toBeLessThan(800);
  });

  test("hop-by-hop fields are the platform's business, and the answer to HEAD has no body", async () => {
    const response = reply.text("body", {
      headers: { connection: "close", "transfer-encoding": "chunked", "content-length": "99" },
    });
    const result = await send(response);
    const names = Object.keys({ ...result.headers, ...(result as RestResult).multiValueHeaders });
    expect(names).toEqual(["content-type"]);
  });
});

test("a time-out that is stated ends an invocation earlier than Lambda's", async () => {
  let result: HttpResult | undefined;
  const fn = portable.any("/*path").handle(() => new Promise<HttpReply>(() => undefined));
  await logged(async () => {
    result = await http(fn, { timeoutMs: 100 })(
      payloadV2(),
      lambdaContext({ getRemainingTimeInMillis: () => 900_000 }),
    );
  });
  expect(result).toMatchObject({ statusCode: 504 });
});

test("with timeoutMs 0 the end is Lambda's own", async () => {
  const fn = portable.get("/").handle((_request, { remainingMs }) => reply.text(`${remainingMs() > 800_000}`));
  const context = lambdaContext({ getRemainingTimeInMillis: () => 900_000 });
  const result = await http(fn, { timeoutMs: 0 })(payloadV2(), context);
  expect(result).toMatchObject({ statusCode: 200, body: "true" });
});

test("HEAD is answered with the headers of GET and no body", async () => {
  const fn = portable.get("/").handle(() => reply.text("body", { headers: { etag: '"x"' } }));
  const event = rest({ httpMethod: "HEAD" });
  expect(await http(fn)(event, lambdaContext())).toMatchObject({ statusCode: 200, headers: { etag: '"x"' }, body: "" });
});

test("the handler has two parameters and always gives a promise", () => {
  const handler = http(portable.get("/").handle(() => reply.text("x")));
  expect(handler).toHaveLength(2);
  expect(handler(payloadV2(), lambdaContext())).toBeInstanceOf(Promise);
});

test("several invocations of one function run at once, each with its own reply", async () => {
  const fn = portable.any("/:n").handle(async ({ params, id }, context) => {
    await new Promise((resolve) => setTimeout(resolve, 20 - Number(params.n)));
    return reply.json([params.n, id, context.id]);
  });
  const handler = http(fn);
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      handler(payloadV2({ rawPath: `/${n}` }, { requestId: `r${n}` }), lambdaContext({ awsRequestId: `i${n}` })),
    ),
  );
  expect(results.map(({ body }) => JSON.parse(body))).toEqual(
    Array.from({ length: 10 }, (_, n) => [String(n), `r${n}`, `i${n}`]),
  );
});

test("work passed to waitUntil is settled before the reply is returned, while a body is collected too", async () => {
  const done: string[] = [];
  const later = (what: string) =>
    new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => void done.push(what));
  const fn = portable.any("/*path").handle((_request, { waitUntil }) => {
    waitUntil(later("handler"));
    return reply.stream(
      (async function* () {
        waitUntil(later("stream"));
        yield "x";
      })(),
    );
  });
  await http(fn)(payloadV2(), lambdaContext());
  expect(done).toEqual(["handler", "stream"]);
});

test.each([
  [{ basePath: "v1" }, "base path"],
  [{ basePath: "/:tenant" }, "base path"],
  [{ bodyLimit: Number.NaN }, "bodyLimit"],
  [{ timeoutMs: Number.NaN }, "timeoutMs"],
  [{ trustedProxies: -1 }, "trustedProxies"],
  [{ trustedProxies: 1.5 }, "trustedProxies"],
  [{ publicUrl: "shop.example.com" }, "publicUrl"],
  [{ publicUrl: "forwarded" }, "publicUrl"],
  [{ trust: ["easy-auth" as "alb-oidc"] }, "easy-auth"],
])("the option %j is refused where the function is made", (options, named) => {
  const fn = portable.get("/").handle(() => reply.text("x"));
  expect(() => http(fn, options)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(named) }),
  );
});

test("what is not an HTTP function is refused where it is made", () => {
  expect(() => http((() => undefined) as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test.each(everyFormat)("%s: only a reply's own header fields are sent", async (_name, event) => {
  const headers = Object.create({ "x-inherited": "a\r\nset-cookie: b=c" }) as Record<string, string>;
  headers["x-own"] = "d";
  const result = JSON.stringify(await answer(event, { status: 200, headers, body: "x" }));
  expect(result).toContain("x-own");
  expect(result).not.toContain("x-inherited");
});

test.each(everyFormat)("%s: half a character is replaced, as in UTF-8", async (_name, event) => {
  expect(await answer(event, reply.text("a\ud800b"))).toMatchObject({ body: "a\ufffdb" });
});

test.each(everyFormat)("%s: a collected reply has no content-length of its own", async (_name, event) => {
  async function* chunks() {
    yield "abc";
  }
  const response = reply.stream(chunks(), { headers: { "content-length": "10" } });
  expect(JSON.stringify(await answer(event, response))).not.toContain("content-length");
});

test("work that a collected stream passes to waitUntil, and that never ends, holds the reply up to the deadline only", async () => {
  const fn = portable.any("/*path").handle((_request, { waitUntil }) => {
    async function* chunks() {
      waitUntil(new Promise(() => undefined));
      yield "abc";
    }
    return reply.stream(chunks(), { headers: { "content-type": "text/plain" } });
  });
  const startMs = Date.now();
  const lambda = lambdaContext({ getRemainingTimeInMillis: () => 300 - (Date.now() - startMs) });
  let result: unknown;
  const log = await logged(async () => {
    result = await http(fn)(payloadV2(), lambda);
  });
  expect(result).toMatchObject({ statusCode: 200, body: "abc" });
  expect(log).toMatchObject([{ message: "work passed to waitUntil did not finish in time" }]);
});
