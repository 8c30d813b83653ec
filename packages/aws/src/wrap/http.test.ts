import { type HttpRequest, reply } from "@portico/core";
import { LazyHttpRequest } from "@portico/core/adapter";
import { fake } from "@portico/testing";
import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "../../../core/test/random.js";
import { answer, read } from "../../test/events.js";
import type { HttpEvent } from "../http/event.js";
import { decodeHttpPrelude, decodeHttpResult, encodeHttp, type HttpFormat } from "./http.js";

const formats: readonly HttpFormat[] = ["rest", "http-1.0", "http-2.0", "url", "alb", "alb-multi", "lattice"];
const decoding: readonly HttpFormat[] = ["http-1.0", "http-2.0"];
const single: readonly HttpFormat[] = ["alb"];
const now = new Date(1583348638390);

// What goes into a request, as far as every client can send it.
const token = fc
  .stringMatching(/^[a-z][a-z\d-]{0,10}$/)
  .filter((name) => !/^(host|cookie|content-.*|x-forwarded-.*|transfer-.*)$/.test(name));
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const text = fc.string({ unit: "binary", maxLength: 12 }).map((given) => given.toWellFormed());
const segment = fc
  .oneof(
    fc.stringMatching(/^[\w.~!$&'()*+,;=:@-]{1,10}$/),
    text.filter((given) => given !== "").map((given) => encodeURIComponent(given)),
  )
  .filter((given) => !/^(\.|%2e)+$/i.test(given));
const body = fc.oneof(fc.constant(undefined), text, fc.uint8Array({ maxLength: 40 }), fc.json());
const type = fc.constantFrom(
  "application/json",
  "text/plain; charset=utf-8",
  "application/octet-stream",
  "image/png",
  "",
);

const requests = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
  segments: fc.array(segment, { maxLength: 4 }),
  slash: fc.boolean(),
  query: fc.array(fc.tuple(text, text), { maxLength: 5 }),
  headers: fc.dictionary(token, fc.array(value, { minLength: 1, maxLength: 3 }), { maxKeys: 5 }),
  cookies: fc.dictionary(fc.stringMatching(/^[A-Za-z]\w{0,8}$/), fc.stringMatching(/^[\w%.-]{0,10}$/), { maxKeys: 3 }),
  body,
  type,
  clientIp: fc.oneof(fc.ipV4(), fc.ipV6()),
});

type Given = typeof requests extends fc.Arbitrary<infer T> ? T : never;

function toRequest(given: Given): HttpRequest {
  const query = new URLSearchParams(given.query).toString();
  const path = `/${given.segments.join("/")}${given.slash && given.segments.length > 0 ? "/" : ""}`;
  const cookie = Object.entries(given.cookies).map(([name, content]) => `${name}=${content}`);
  return fake.http({
    method: given.method,
    url: `https://shop.example${path}${query === "" ? "" : `?${query}`}`,
    headers: {
      ...given.headers,
      ...(given.type !== "" && { "content-type": given.type }),
      ...(cookie.length > 0 && { cookie: cookie.join("; ") }),
    },
    body: given.body,
    clientIp: given.clientIp,
    time: now,
  }) as HttpRequest;
}

/** Everything of a request that a format can carry, in one plain value. */
async function facts(request: HttpRequest, format: HttpFormat) {
  const added = ["host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "content-length"];
  const joins = format === "http-2.0" || format === "url";
  // Order among different names is not kept.
  const query = [...request.query].map(([name, content]) => ({ name, content }));
  const order = joins ? query : query.toSorted((one, two) => (one.name < two.name ? -1 : one.name > two.name ? 1 : 0));
  return {
    method: request.method,
    path: request.path,
    query: order.map(({ name, content }) => `${name}=${content}`),
    headers: [...request.headers]
      .filter(([name]) => !added.includes(name))
      .map(([name]) => [name, joins ? request.headers.getAll(name).join(",") : request.headers.getAll(name)]),
    cookies: { ...request.cookies },
    body: [...(await request.bytes())],
    clientIp: request.clientIp,
    url: new URL(request.url).protocol,
    time: format.startsWith("alb") ? undefined : request.time,
  };
}

describe.each(formats)("%s", (format) => {
  test("what is encoded reads back as the same request, or is refused: nothing changes silently", async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (given) => {
        const request = toRequest(given);
        let event: HttpEvent;
        try {
          event = await encodeHttp(request, { format });
        } catch (error) {
          expect(error).toMatchObject({ code: "EVENT_UNENCODABLE" });
          const repeats =
            Object.values(given.headers).some((lines) => lines.length > 1) ||
            new Set(given.query.map(([name]) => name)).size < given.query.length;
          // Only where the format has no room for it.
          expect(decoding.includes(format) || (single.includes(format) && repeats)).toBe(true);
          return;
        }
        const back = await read(JSON.parse(JSON.stringify(event)));
        expect(await facts(back, format)).toEqual(await facts(request, format));
        if (format !== "url") expect(new URL(back.url).host).toBe("shop.example");
      }),
      cases(150),
    );
  });

  test("a reply reads back as the same reply", async () => {
    const event = JSON.parse(JSON.stringify(await encodeHttp(fake.http() as HttpRequest, { format })));
    const replies = fc.record({
      status: fc.constantFrom(200, 201, 204, 301, 302, 304, 400, 404, 418, 500, 503),
      headers: fc.dictionary(token, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), { maxKeys: 4 }),
      cookies: fc.dictionary(fc.stringMatching(/^[A-Za-z]\w{0,8}$/), text, { maxKeys: 4 }),
      body: fc.oneof(text, fc.uint8Array({ maxLength: 40 })),
      type: fc.constantFrom("application/json", "text/plain", "application/octet-stream"),
    });
    const hopByHop = /^(connection|keep-alive|proxy-connection|te|trailer|upgrade)$/;
    await fc.assert(
      fc.asyncProperty(replies, async ({ status, headers, cookies, body: content, type: contentType }) => {
        const fields = Object.fromEntries(
          Object.entries(headers).filter(([name]) => !hopByHop.test(name) && name !== "set-cookie"),
        );
        const response = reply.text("", { status, headers: { ...fields, "content-type": contentType }, cookies });
        const result = JSON.parse(JSON.stringify(await answer(event, { ...response, body: content })));
        const back = decodeHttpResult(result, format);
        expect(back.error).toBeUndefined();
        expect(back.status).toBe(status);
        const bodiless = status === 204 || status === 304;
        expect(Buffer.from((back.body ?? "") as string)).toEqual(
          bodiless ? Buffer.alloc(0) : Buffer.from(content as string),
        );
        const joined = (value: string | readonly string[] | undefined) => [value ?? []].flat().join(", ");
        for (const name of Object.keys(response.headers)) {
          if (name === "set-cookie") expect([back.headers[name] ?? []].flat()).toEqual(response.headers[name]);
          else expect(joined(back.headers[name])).toBe(joined(response.headers[name]));
        }
      }),
      cases(150),
    );
  });

  test("an identity is carried where the format has a place for it, and refused elsewhere", async () => {
    const claims = {
      sub: "ada",
      principalId: "ada",
      userArn: "arn:aws:iam::1:user/ada",
      principal: "arn:aws:iam::1:user/ada",
      subjectDN: "CN=ada",
    };
    const ids: Record<string, string> = {
      jwt: "ada",
      cognito: "ada",
      lambda: "ada",
      iam: claims.userArn,
      mtls: "CN=ada",
    };
    const carried: Record<HttpFormat, string[]> = {
      rest: ["cognito", "lambda", "iam", "mtls"],
      "http-1.0": ["jwt", "lambda", "iam", "mtls"],
      "http-2.0": ["jwt", "lambda", "iam", "mtls"],
      url: ["iam"],
      alb: [],
      "alb-multi": [],
      lattice: ["iam"],
    };
    for (const [provider, id] of Object.entries({ ...ids, "easy-auth": "ada" })) {
      const request = fake.http({ identity: { provider, id, claims } }) as HttpRequest;
      const event = encodeHttp(request, { format });
      if (carried[format].includes(provider))
        expect((await read(JSON.parse(JSON.stringify(await event)))).identity).toMatchObject({ provider, id, claims });
      else {
        await expect(event).rejects.toMatchObject({ code: "EVENT_UNENCODABLE" });
        expect((await read(await encodeHttp(request, { format, lossy: true }))).identity).toBeUndefined();
      }
    }
  });
});

const order = () =>
  fake.http({
    method: "POST",
    url: "https://api.example/a%20b/ü?x=1&x=%26&y=",
    headers: { "x-list": ["c", "d"], cookie: "a=1; b=2", "x-forwarded-for": "6.6.6.6", "user-agent": "test" },
    json: { a: 1 },
    clientIp: "203.0.113.7",
    id: "request-1",
    time: now,
  }) as HttpRequest;

test.each<[HttpFormat, string]>([
  ["rest", "111122223333"],
  ["http-1.0", "111122223333"],
  ["http-2.0", "111122223333"],
  ["url", ".lambda-url.eu-west-1.on.aws"],
  ["alb", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:"],
  ["lattice", "arn:aws:vpc-lattice:eu-west-1:111122223333:service/"],
])("%s: account and region are those of the options", async (format, own) => {
  const options = { format, region: "eu-west-1", accountId: "111122223333", lossy: true } as const;
  const text = JSON.stringify(await encodeHttp(order(), options));
  expect(text).toContain(own);
  expect(text).not.toMatch(/us-east-1|123456789012/);
  expect(JSON.stringify(await encodeHttp(order(), { format, lossy: true }))).toMatch(/us-east-1|123456789012/);
});

test("REST API: the event is what the service sends", async () => {
  const event = await encodeHttp(order(), { format: "rest", stage: "dev" });
  expect(event as unknown as APIGatewayProxyEvent).toMatchObject({
    resource: "/{proxy+}",
    path: "/a%20b/%C3%BC",
    httpMethod: "POST",
    headers: {
      "x-list": "d",
      cookie: "a=1; b=2",
      Host: "api.example",
      "User-Agent": "test",
      "X-Forwarded-For": "6.6.6.6, 203.0.113.7",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
    },
    multiValueHeaders: { "x-list": ["c", "d"], Host: ["api.example"], "X-Forwarded-Port": ["443"] },
    queryStringParameters: { x: "&", y: "" },
    multiValueQueryStringParameters: { x: ["1", "&"], y: [""] },
    pathParameters: { proxy: "a%20b/%C3%BC" },
    stageVariables: null,
    requestContext: {
      path: "/dev/a%20b/%C3%BC",
      stage: "dev",
      requestId: "request-1",
      requestTime: "04/Mar/2020:19:03:58 +0000",
      requestTimeEpoch: 1583348638390,
      identity: { sourceIp: "203.0.113.7", userAgent: "test", userArn: null },
    },
    body: '{"a":1}',
    isBase64Encoded: false,
  });
  expect(event).not.toHaveProperty("version");
  expect(await encodeHttp(fake.http() as HttpRequest, { format: "rest" })).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    body: null,
  });
});

test("HTTP API 1.0: the path is decoded, and there is no authorizer to speak of", async () => {
  expect(await encodeHttp(order(), { format: "http-1.0" })).toMatchObject({
    version: "1.0",
    path: "/a b/ü",
    requestContext: { authorizer: { claims: null, scopes: null }, path: "/a b/ü", stage: "$default" },
  });
});

const spelled = {
  accept: "Accept",
  "accept-encoding": "Accept-Encoding",
  authorization: "Authorization",
  "cloudfront-is-smarttv-viewer": "CloudFront-Is-SmartTV-Viewer",
  "cloudfront-viewer-country": "CloudFront-Viewer-Country",
  host: "Host",
  "user-agent": "User-Agent",
  via: "Via",
  "x-amz-cf-id": "X-Amz-Cf-Id",
  "x-amzn-trace-id": "X-Amzn-Trace-Id",
  "x-forwarded-for": "X-Forwarded-For",
  "x-forwarded-port": "X-Forwarded-Port",
  "x-forwarded-proto": "X-Forwarded-Proto",
};

describe("the names of headers", () => {
  const headers = Object.fromEntries(Object.keys(spelled).map((name) => [name, "1.1.1.1"]));
  const request = () => fake.http({ headers: { ...headers, "x-own": "1" }, clientIp: "1.1.1.1" }) as HttpRequest;
  const namesIn = async (format: HttpFormat, given = request()) => {
    const event = (await encodeHttp(given, { format, lossy: true })) as unknown as Record<string, object | undefined>;
    const maps = [event.headers, event.multiValueHeaders].filter((map) => map !== undefined);
    return maps.map((map) => Object.keys(map).toSorted());
  };

  test.each(["rest", "http-1.0"] as const)("are a REST API's own in both maps: %s", async (format) => {
    const names = [...Object.values(spelled), "x-own"].toSorted();
    expect(await namesIn(format)).toEqual([names, names]);
  });

  test.each(["http-2.0", "url", "alb", "alb-multi", "lattice"] as const)("are in lower case: %s", async (format) => {
    for (const names of await namesIn(format)) expect(names).toEqual([...Object.keys(spelled), "x-own"].toSorted());
  });

  test("are spelled as the client sent them where the host knows, and told once for several lines", async () => {
    const raw = ["host", "a.example", "X-Own", "1", "AUTHORIZATION", "x", "x-own", "2", "Content-Type", "text/plain"];
    const lines = { "x-own": ["1", "2"], authorization: "x", "content-type": "text/plain", host: "a.example" };
    const sent = Object.create(fake.http({ headers: lines }), {
      native: { value: { rawHeaders: raw } },
    }) as HttpRequest;
    const [names] = await namesIn("rest", sent);
    const forwarded = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];
    expect(names).toEqual(["Authorization", "Content-Type", "Host", "X-Own", ...forwarded].toSorted());
    const event = { headers: {}, multiValueHeaders: { "X-Own": ["1"], "Content-Type": ["text/plain"] } };
    const again = Object.create(fake.http({ headers: lines }), { native: { value: event } }) as HttpRequest;
    expect(await namesIn("rest", again)).toEqual([names, names]);
  });
});

test("HTTP API 1.0: a named stage stands in the path, and is taken off again", async () => {
  const given = fake.http({ url: "https://api.example/dev/x" }) as HttpRequest;
  for (const [stage, path] of [
    ["dev", "/dev/dev/x"],
    ["live", "/live/dev/x"],
    ["$default", "/dev/x"],
  ] as const) {
    const event = await encodeHttp(given, { format: "http-1.0", stage });
    expect(event).toMatchObject({ path, requestContext: { path, stage } });
    expect(await read(event)).toMatchObject({ path: "/dev/x", basePath: stage === "$default" ? "" : `/${stage}` });
  }
  const root = {
    ...(await encodeHttp(fake.http() as HttpRequest, { format: "http-1.0", stage: "dev" })),
    path: "/dev",
  };
  Object.assign(root, { requestContext: { stage: "dev", path: "/dev" } });
  expect(await read(root as HttpEvent)).toMatchObject({ path: "/", basePath: "/dev" });
  const kept = await encodeHttp(given, { format: "http-1.0", stage: "dev" });
  expect(await read(kept, { stripStage: false })).toMatchObject({ path: "/dev/dev/x" });
});

test.each<[HttpFormat, string | undefined]>([
  ["rest", "application/json"],
  ["http-1.0", "text/plain;charset=UTF-8"],
  ["http-2.0", "text/plain;charset=UTF-8"],
  ["url", "application/json"],
  ["alb", undefined],
  ["alb-multi", undefined],
  ["lattice", undefined],
])("%s: a body without a content type gets what the front end says: %s", (format, type) => {
  expect(decodeHttpResult({ statusCode: 200, body: "x" }, format).headers["content-type"]).toBe(type);
  for (const nothing of [{ statusCode: 204 }, { statusCode: 200, body: "" }])
    expect(decodeHttpResult(nothing, format).headers).not.toHaveProperty("content-type");
  const own = { "Content-Type": "text/html" };
  const map = format === "alb-multi" ? { multiValueHeaders: { "Content-Type": ["text/html"] } } : { headers: own };
  expect(decodeHttpResult({ statusCode: 200, body: "x", ...map }, format).headers["content-type"]).toBe("text/html");
});

test("HTTP API 2.0: decoded path behind the stage, raw query, cookies apart, headers joined", async () => {
  const event = await encodeHttp(order(), { format: "http-2.0", stage: "dev" });
  expect(event as unknown as APIGatewayProxyEventV2).toMatchObject({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/dev/a b/ü",
    rawQueryString: "x=1&x=%26&y=",
    cookies: ["a=1", "b=2"],
    headers: { "x-list": "c,d" },
    queryStringParameters: { x: "1,&", y: "" },
    requestContext: {
      http: { method: "POST", path: "/dev/a b/ü", sourceIp: "203.0.113.7" },
      stage: "dev",
      timeEpoch: 1583348638390,
    },
    body: '{"a":1}',
  });
  expect((event as { headers: object }).headers).not.toHaveProperty("cookie");
  const bare = await encodeHttp(fake.http() as HttpRequest, { format: "http-2.0" });
  for (const name of ["body", "cookies", "queryStringParameters", "pathParameters"])
    expect(bare).not.toHaveProperty(name);
});

test("function URL: the path stays encoded, and the domain says what it is", async () => {
  expect(await encodeHttp(order(), { format: "url", stage: "ignored" })).toMatchObject({
    rawPath: "/a%20b/%C3%BC",
    requestContext: { stage: "$default", domainName: expect.stringContaining(".lambda-url.") },
  });
});

test("ALB: query values stay encoded; exactly one pair of maps is there", async () => {
  const multi = await encodeHttp(order(), { format: "alb-multi" });
  expect(multi as unknown as ALBEvent).toMatchObject({
    path: "/a%20b/%C3%BC",
    multiValueQueryStringParameters: { x: ["1", "%26"], y: [""] },
    multiValueHeaders: { "x-list": ["c", "d"] },
  });
  expect(multi).not.toHaveProperty("headers");
  const one = await encodeHttp(order(), { format: "alb", lossy: true });
  expect(one).toMatchObject({ queryStringParameters: { x: "%26", y: "" }, headers: { "x-list": "d" } });
  expect(one).not.toHaveProperty("multiValueHeaders");
  await expect(encodeHttp(order(), { format: "alb" })).rejects.toMatchObject({ code: "EVENT_UNENCODABLE" });
  expect(await encodeHttp(fake.http() as HttpRequest, { format: "alb" })).toMatchObject({ body: "" });
});

test("a base path stands in the path in place of the stage", async () => {
  for (const format of ["rest", "http-2.0"] as const) {
    const event = await encodeHttp(order(), { format, stage: "dev", basePath: "/v1" });
    expect(await read(event, { basePath: "/v1" })).toMatchObject({ path: "/a%20b/%C3%BC", basePath: "/v1" });
  }
});

test("a route's template gives resource, routeKey and path parameters", async () => {
  const request = fake.http({ url: "/orders/7", params: { id: "7" } }) as HttpRequest;
  const template = "/orders/:id";
  expect(await encodeHttp(request, { format: "rest", template })).toMatchObject({
    resource: "/orders/{id}",
    pathParameters: { id: "7" },
  });
  expect(await encodeHttp(request, { format: "http-2.0", template })).toMatchObject({
    routeKey: "GET /orders/{id}",
    pathParameters: { id: "7" },
  });
  expect(await encodeHttp(request, { format: "rest", template: "/files/*path" })).toMatchObject({
    resource: "/files/{path+}",
  });
});

test.each(["/a%2Fb", "/a%252Fb", "/%25zz"])(
  "a format that decodes the path refuses %s, which would change, unless told to lose it",
  async (path) => {
    const request = fake.http({ path }) as HttpRequest;
    for (const format of decoding) {
      const event = await encodeHttp(request, { format }).catch((error: unknown) => error);
      if ((event as { code?: string }).code === "EVENT_UNENCODABLE") await encodeHttp(request, { format, lossy: true });
      else expect((await read(event)).path).toBe(path);
    }
    for (const format of ["rest", "url", "alb", "lattice"] as const)
      expect((await read(await encodeHttp(request, { format }))).path).toBe(path);
  },
);

test("a format that does not exist is refused", async () => {
  await expect(encodeHttp(order(), { format: "grpc" as HttpFormat })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

test("a body that is over Lambda's limit is encoded all the same: the limit is the front end's", async () => {
  const source = (fake.http({ body: new Uint8Array(100) }) as LazyHttpRequest)["~source"];
  const request = new LazyHttpRequest(source, undefined, undefined, Number.POSITIVE_INFINITY);
  expect((await encodeHttp(request, { format: "url" })).body).toHaveLength(136);
});

const good = { statusCode: 200, headers: { "x-a": "1" }, body: "x" };
test.each<[HttpFormat, string, unknown]>([
  ["rest", "an unknown key", { ...good, cookies: ["a=1"] }],
  ["rest", "no object", "text"],
  ["rest", "null", null],
  ["rest", "a list", []],
  ["rest", "no statusCode", { body: "x" }],
  ["rest", "an impossible status", { ...good, statusCode: 42 }],
  ["rest", "a status that is no number", { ...good, statusCode: "ok" }],
  ["rest", "an object for a body", { ...good, body: { a: 1 } }],
  ["rest", "a header that is an object", { ...good, headers: { "x-a": {} } }],
  ["rest", "headers that are text", { ...good, headers: "x-a: 1" }],
  ["rest", "a multi value header that is text", { ...good, multiValueHeaders: { "x-a": "1" } }],
  ["http-1.0", "no object", undefined],
  ["http-2.0", "cookies that are text", { ...good, cookies: "a=1" }],
  ["http-2.0", "an object for a body", { ...good, body: {} }],
  ["alb", "a status as text", { ...good, statusCode: "200" }],
  ["alb-multi", "a number for a body", { ...good, body: 7 }],
  ["alb", "over a megabyte", { ...good, body: "x".repeat(1024 * 1024) }],
  ["lattice", "no statusCode", { body: "x" }],
  ["url", "over six megabytes", { ...good, body: "x".repeat(6 * 1024 * 1024) }],
  ["url", "base64 that is none", { ...good, body: "!", isBase64Encoded: true }],
])("%s: a result with %s is the service's 502, with the reason for the log", (format, _what, result) => {
  expect(decodeHttpResult(result, format)).toMatchObject({
    status: 502,
    body: '{"message":"Internal server error"}',
    error: { message: expect.stringMatching(/malformed|base64/) },
  });
});

test("HTTP API 2.0 and function URL: a result without a statusCode is the JSON body of a 200", () => {
  for (const format of ["http-2.0", "url"] as const) {
    for (const result of [{ a: 1 }, "text", null, undefined, [1], 7]) {
      expect(decodeHttpResult(result, format)).toEqual({
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(result) ?? "null",
      });
    }
  }
});

test("each service reads its own map of headers and ignores the others", () => {
  const result = {
    statusCode: 200,
    headers: { "X-A": "single", "x-b": "b" },
    multiValueHeaders: { "x-a": ["m1", "m2"] },
  };
  expect(decodeHttpResult(result, "rest").headers).toEqual({ "x-a": ["m1", "m2"], "x-b": "b" });
  expect(decodeHttpResult(result, "alb-multi").headers).toEqual({ "x-a": ["m1", "m2"] });
  expect(decodeHttpResult(result, "alb").headers).toEqual({ "x-a": "single", "x-b": "b" });
  expect(decodeHttpResult({ ...result, cookies: ["a=1", "b=2"] }, "http-2.0").headers).toEqual({
    "x-a": "single",
    "x-b": "b",
    "set-cookie": ["a=1", "b=2"],
  });
  expect(decodeHttpResult({ ...good, headers: { "set-cookie": "a=1", "Set-Cookie": "b=2" } }, "alb").headers).toEqual({
    "set-cookie": ["a=1", "b=2"],
  });
});

test("a prelude gives status and headers, from any of the maps", () => {
  expect(decodeHttpPrelude('{"statusCode":201,"headers":{"X-A":"1"},"cookies":["a=1","b=2"]}')).toEqual({
    status: 201,
    headers: { "x-a": "1", "set-cookie": ["a=1", "b=2"] },
  });
  expect(decodeHttpPrelude('{"multiValueHeaders":{"set-cookie":["a=1"]}}')).toEqual({
    status: 200,
    headers: { "set-cookie": "a=1" },
  });
  for (const wrong of ["", "[]", '"x"', '{"statusCode":42}'])
    expect(() => decodeHttpPrelude(wrong)).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
});
