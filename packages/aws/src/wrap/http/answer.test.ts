import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { HttpReply, HttpRequest } from "@portico/core";
import { toChunks } from "@portico/core/adapter";
import { bytes, fake, text } from "@portico/testing";
import type { ALBEvent, ALBHandler, APIGatewayProxyHandler, APIGatewayProxyHandlerV2 } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environment } from "../environment.js";
import { http, type NativeHandler, type WrapHttpOptions } from "../http.js";
import type { NativeResponseStream } from "../lambda/response-stream.js";

const path = "/*rest";
const request = (url = "/orders?x=1") => fake.http({ url, headers: { "x-a": "1" } }) as HttpRequest;
const badGateway = { status: 502, body: '{"message":"Internal server error"}' };

describe("a handler that returns a result", () => {
  test("of payload format 2.0 gives the same reply as behind an HTTP API", async () => {
    const handler: APIGatewayProxyHandlerV2 = async (event) => ({
      statusCode: 201,
      headers: { "X-Path": event.rawPath, "x-query": event.rawQueryString },
      cookies: ["a=1", "b=2"],
      body: JSON.stringify(event.headers["x-a"]),
    });
    expect(await http(handler, { path, payload: "2.0" })(request())).toEqual({
      status: 201,
      headers: {
        "content-type": "text/plain;charset=UTF-8",
        "x-path": "/orders",
        "x-query": "x=1",
        "set-cookie": ["a=1", "b=2"],
      },
      body: '"1"',
    });
  });

  test("of payload format 2.0 may return the body alone, as JSON", async () => {
    expect(await http(async () => ({ ok: true }), { path, payload: "2.0" })(request())).toMatchObject({
      status: 200,
      body: '{"ok":true}',
    });
  });

  test("of a REST API may call back, and may send bytes", async () => {
    const handler: APIGatewayProxyHandler = (event, _context, callback) => {
      const body = Buffer.from([0, 255, event.httpMethod.length]).toString("base64");
      setTimeout(() => callback(null, { statusCode: 200, body, isBase64Encoded: true }), 1);
    };
    const response = await http(handler, { path, payload: "rest" })(request());
    expect([...(await bytes(response))]).toEqual([0, 255, 3]);
  });

  test("of an ALB gets and gives its own shape", async () => {
    const handler: ALBHandler = async (event) => ({
      statusCode: 200,
      multiValueHeaders: { "x-seen": event.multiValueHeaders?.["x-a"] ?? [] },
    });
    expect(await http(handler, { path, payload: "alb-multi" })(request())).toMatchObject({
      headers: { "x-seen": "1" },
    });
  });

  test("gets the route that its path and methods make at home", async () => {
    const seen = async (options: Pick<WrapHttpOptions, "path" | "methods">, params: Record<string, string> = {}) => {
      let event: Record<string, unknown> = {};
      const handler = async (given: Record<string, unknown>) => {
        event = given;
        return {};
      };
      await http(handler, { payload: "2.0", ...options })(fake.http({ url: "/orders/7", params }) as HttpRequest);
      return [event.routeKey, event.pathParameters];
    };
    expect(await seen({ path: "/*rest" })).toEqual(["$default", undefined]);
    expect(await seen({ path: "/orders/:id" }, { id: "7" })).toEqual(["ANY /orders/{id}", { id: "7" }]);
    expect(await seen({ path: "/orders/:id", methods: ["get"] }, { id: "7" })).toEqual([
      "GET /orders/{id}",
      { id: "7" },
    ]);
  });

  test("is declared by its path and methods, as plain data", () => {
    expect(http(async () => undefined, { path: "/a", methods: ["get", "POST"], payload: "1.0" }).trigger).toEqual({
      kind: "http",
      path: "/a",
      methods: ["GET", "POST"],
    });
  });

  const error = new Error("secret");
  test.each<[string, NativeHandler]>([
    ["rejects", () => Promise.reject(error)],
    [
      "throws",
      () => {
        throw error;
      },
    ],
    ["calls back with an error", (_event: object, _context: object, callback: (e: Error) => void) => callback(error)],
  ])("that %s is a 502, with the very error for the log alone", async (_what, handler) => {
    const context = fake.context();
    const response = await http(handler, { path, payload: "rest" })(request(), context);
    expect(response).toMatchObject({ ...badGateway, error });
    expect(response.error).toBe(error);
    expect(context.logs).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["has a key that a REST API does not know", { statusCode: 200, cookies: [] }],
    ["has a status that no client understands", { statusCode: 102, body: "" }],
    ["has a header with a line break", { statusCode: 200, headers: { "x-a": "a\r\nb" }, body: "" }],
    ["is nothing", undefined],
    ["has no JSON form", { statusCode: 200, body: 1n }],
  ])("whose result %s is a 502", async (_what, result) => {
    expect(await http(async () => result, { path, payload: "rest" })(request())).toMatchObject(badGateway);
  });

  test("is not called for a request that its format cannot carry, unless it may be lost", async () => {
    const options = { path, payload: "2.0" } as const;
    const refused = await http(async () => "called", options)(request("/a%2Fb"));
    expect(refused).toMatchObject({ status: 500, error: { code: "EVENT_UNENCODABLE", details: { field: "path" } } });
    expect(
      await http(async ({ rawPath }: { rawPath: string }) => rawPath, { ...options, lossy: true })(request("/a%2Fb")),
    ).toMatchObject({
      body: '"/a/b"',
    });
  });

  test("is told who calls in terms of AWS, where the option says how", async () => {
    const caller = fake.http({ identity: { provider: "easy-auth", id: "ada", claims: { oid: "7" } } }) as HttpRequest;
    const handler: APIGatewayProxyHandlerV2 = async ({ requestContext }) =>
      (requestContext as unknown as { authorizer: { jwt: { claims: object } } }).authorizer.jwt.claims as never;
    const plain = await http(handler, { path, payload: "2.0" })(caller);
    expect(plain.error).toMatchObject({ details: { field: "identity" } });
    const identity: WrapHttpOptions["identity"] = (given) => ({ ...given, provider: "jwt", claims: { sub: given.id } });
    expect(await http(handler, { path, payload: "2.0", identity })(caller)).toMatchObject({ body: '{"sub":"ada"}' });
  });

  test.each(["alb", "alb-multi"] as const)("behind %s is not told who calls by a client", async (payload) => {
    const headers = { "x-amzn-oidc-data": "e30.e30.", "x-amzn-oidc-identity": "eve", "x-amzn-trace-id": "Root=1" };
    const handler = async (event: ALBEvent) => ({
      statusCode: 200,
      body: Object.keys({ ...event.headers, ...event.multiValueHeaders })
        .filter((name) => name.startsWith("x-amzn"))
        .join(),
    });
    const fn = http(handler, { path, payload });
    expect(await fn(fake.http({ headers }) as HttpRequest)).toMatchObject({ body: "x-amzn-trace-id" });
    const known = fake.http({ headers, identity: { provider: "alb-oidc", id: "eve" } }) as HttpRequest;
    expect(await fn(known)).toMatchObject({ body: Object.keys(headers).join() });
  });

  test("for a front end that is none is refused at once", () => {
    expect(() => http(async () => undefined, { path, payload: "3.0" as never })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});

type Streams = (event: object, stream: NativeResponseStream, context: object) => unknown;
interface Awslambda {
  streamifyResponse(handler: Streams, options?: { highWaterMark: number }): NativeHandler;
  HttpResponseStream: { from(stream: NativeResponseStream, prelude: object): NativeResponseStream };
}
const globals = globalThis as { awslambda?: Awslambda };

describe("a handler that streams", () => {
  beforeAll(() => {
    environment({ awslambda: true });
  });
  afterAll(() => {
    delete globals.awslambda;
  });
  const stream = (handler: Streams, options: Partial<WrapHttpOptions> = {}, highWaterMark?: number) => {
    const native = globals.awslambda?.streamifyResponse(
      handler,
      highWaterMark === undefined ? undefined : { highWaterMark },
    );
    return http(native as NativeHandler, { path, payload: "url", ...options });
  };
  const withPrelude = (to: NativeResponseStream, prelude: object) =>
    globals.awslambda?.HttpResponseStream.from(to, prelude) as NativeResponseStream;

  test("sends what it writes, as bytes of no known type where it says nothing", async () => {
    const response = await stream(async (_event, to) => {
      to.write("a");
      to.write({ b: 1 } as never);
      to.end("c");
    })(request());
    expect(response).toMatchObject({ status: 200, headers: { "content-type": "application/octet-stream" } });
    expect(await text(response)).toBe('a{"b":1}c');
  });

  test("says its content type, or status, headers and cookies in a prelude", async () => {
    const typed = await stream(async (_event, to) => {
      to.setContentType("text/html");
      to.end("<p>");
    })(request());
    expect(typed.headers).toEqual({ "content-type": "text/html" });
    const prelude = { statusCode: 201, headers: { "X-A": "1" }, cookies: ["a=1", "b=2"] };
    const told = await stream(async (_event, to) => {
      const body = withPrelude(to, prelude);
      body.write("a");
      body.end("b");
    })(request());
    expect(told).toMatchObject({ status: 201, headers: { "x-a": "1", "set-cookie": ["a=1", "b=2"] } });
    expect(await text(told)).toBe("ab");
  });

  test("sends its prelude though it ends without a write, where the runtime forgets it", async () => {
    for (const end of [(to: Writable) => to.end(), (to: Writable) => to.end("body")]) {
      const response = await stream(async (_event, to) => void end(withPrelude(to, { statusCode: 404 })))(request());
      expect(response.status).toBe(404);
    }
  });

  test("may write its prelude by hand, in any pieces", async () => {
    const response = await stream(async (_event, to) => {
      to.setContentType("application/vnd.awslambda.http-integration-response");
      to.write('{"statusCode":2');
      to.write("02}\0\0\0");
      to.write("\0\0\0\0\0body");
      to.end();
    })(request());
    expect(response.status).toBe(202);
    expect(await text(response)).toBe("body");
  });

  test("works with pipeline and web streams", async () => {
    const piped = await stream(async (_event, to) => pipeline(Readable.from(["a", "b"]), to))(request());
    expect(await text(piped)).toBe("ab");
    const web = await stream(async (_event, to) => {
      await new Response("web").body?.pipeTo(Writable.toWeb(to) as WritableStream);
    })(request());
    expect(await text(web)).toBe("web");
  });

  test("is held up while nobody reads", async () => {
    let written = 0;
    const chunk = Buffer.alloc(1024, "x");
    const response = await stream(
      async (_event, to) => {
        for (let place = 0; place < 50; place += 1) {
          written += 1;
          if (!to.write(chunk)) await once(to, "drain");
        }
        to.end();
      },
      {},
      2048,
    )(request());
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(written).toBeLessThan(10);
    expect(await bytes(response)).toHaveLength(50 * 1024);
    expect(written).toBe(50);
  });

  test("that fails before its first byte is a 502, with the very error", async () => {
    const error = new Error("no");
    const response = await stream(async () => Promise.reject(error))(request());
    expect(response).toMatchObject(badGateway);
    expect(response.error).toBe(error);
  });

  test("that fails after it breaks the reply off, with the very error", async () => {
    const error = new Error("no");
    const response = await stream(async (_event, to) => {
      to.write("a");
      await new Promise((resolve) => setTimeout(resolve, 1));
      throw error;
    })(request());
    expect(response.status).toBe(200);
    await expect(text(response)).rejects.toBe(error);
  });

  test("that destroys its stream, or pipes a source that fails, breaks the reply off", async () => {
    const broken = await stream(async (_event, to) => {
      to.write("a");
      to.destroy();
    })(request());
    await expect(text(broken)).rejects.toThrow("closed before its end");
    const failing = Readable.from(
      (async function* () {
        yield "a";
        throw new Error("source");
      })(),
    );
    await expect(text(await stream(async (_event, to) => pipeline(failing, to))(request()))).rejects.toThrow("source");
  });

  test("that fails after its end is a reply all the same, and the failure is in the log", async () => {
    const context = fake.context();
    const response = await stream(async (_event, to) => {
      to.end("a");
      throw new Error("late");
    })(request(), context);
    expect(await text(response)).toBe("a");
    expect(context.logs).toMatchObject([{ level: "error", fields: { error: { message: "late" } } }]);
  });

  test("and returns no promise has failed, as at home, and holds nothing up", async () => {
    expect(await stream((_event, _to, _context) => undefined)(request())).toMatchObject({ status: 502 });
    const ended = await stream((_event, to, _context) => void to.end("a"))(request());
    expect(await text(ended)).toBe("a");
  });

  test("that never ends its stream is given up when the time is over", async () => {
    const options = { function: { timeoutMs: 20 } };
    expect(await stream(async () => undefined, options)(request())).toMatchObject({
      ...badGateway,
      error: { code: "TIMEOUT" },
    });
    const begun = await stream(async (_event, to) => void to.write("a"), options)(request());
    await expect(text(begun)).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("may end its stream after it has returned", async () => {
    const response = await stream(async (_event, to) => void setTimeout(() => to.end("late"), 2))(request());
    expect(await text(response)).toBe("late");
  });

  test("runs on when the client leaves, and is not told", async () => {
    const context = fake.context();
    let finished = false;
    const response = await stream(
      async (_event, to) => {
        for (let place = 0; place < 20; place += 1) if (!to.write(Buffer.alloc(512))) await once(to, "drain");
        to.end();
        finished = true;
      },
      {},
      512,
    )(request(), context);
    const chunks = toChunks(response.body as never);
    await chunks.next();
    await chunks.return();
    await context.settled();
    expect(finished).toBe(true);
    expect(context.logs).toEqual([]);
  });

  test.each(["1.0", "2.0", "alb", "lattice"] as const)("behind %s sends the whole as a result", async (payload) => {
    const good = stream(async (_event, to) => to.end(JSON.stringify({ statusCode: 201, body: "a" })), { payload });
    expect(await good(request("/"))).toMatchObject({ status: 201, body: "a" });
    expect(await stream(async (_event, to) => to.end("no json"), { payload })(request("/"))).toMatchObject(badGateway);
  });

  test.each<[string, (to: NativeResponseStream) => void]>([
    ["is not JSON", (to) => to.write(`no\0\0\0\0\0\0\0\0`)],
    ["never ends", (to) => to.end("{}")],
    ["is over 16 KB", (to) => to.write(`{"headers":{"x-a":"${"x".repeat(17_000)}"}}${"\0".repeat(8)}`)],
    ["has a header that no client may get", (to) => to.write(`{"headers":{"x-a":"a\\nb"}}${"\0".repeat(8)}`)],
  ])("with a prelude that %s is a 502", async (_what, write) => {
    const response: HttpReply = await stream(async (_event, to) => {
      to.setContentType("application/vnd.awslambda.http-integration-response");
      write(to);
      to.end();
    })(request());
    expect(response).toMatchObject(badGateway);
  });
});

test("the global stays as a runtime made it, and is not there unless asked for", () => {
  expect(environment({})).toEqual({});
  expect(globals.awslambda).toBeUndefined();
  const streamifyResponse = (handler: Streams) => handler;
  globals.awslambda = { streamifyResponse } as unknown as Awslambda;
  environment({ awslambda: true });
  expect(globals.awslambda.streamifyResponse).toBe(streamifyResponse);
  expect(globals.awslambda.HttpResponseStream).toBeDefined();
  delete globals.awslambda;
});
