import {
  HttpRequest as AzureHttpRequest,
  type HttpHandler,
  type HttpResponseInit,
  type InvocationContext,
  output,
} from "@azure/functions";
import type { HttpRequest } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { testContext } from "../../../core/test/message.js";
import { chunks, type TestRequest, testRequest } from "../../../core/test/source.js";
import { encodeHttp, http } from "./http.js";

const post = (init: TestRequest = {}) => testRequest({ method: "POST", path: "/orders/7", ...init });
const bodyOf = async (body: unknown) => (body === null ? null : new Response(body as BodyInit).text());

test("a handler gets the library's own request, at the URL that it has at home", async () => {
  const seen: [AzureHttpRequest, InvocationContext][] = [];
  const handler: HttpHandler = async (request, context) => {
    seen.push([request as AzureHttpRequest, context]);
    return { jsonBody: await request.json() };
  };
  const fn = http(handler, { path: "/orders/:id", methods: ["POST"], authLevel: "function" });
  expect(fn.trigger).toEqual({ kind: "http", methods: ["POST"], path: "/orders/:id" });
  const headers = [["content-type", "application/json"]] as const;
  const request = testRequest(
    { method: "POST", path: "/orders/7", query: "a=1&a=2", headers, body: '{"b":1}' },
    { id: "7" },
  );
  const response = await fn(request, testContext().context);
  expect(response).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
  expect(await bodyOf(response.body)).toBe('{"b":1}');
  const [[native, context] = []] = seen;
  expect(native).toBeInstanceOf(AzureHttpRequest);
  expect(native).toMatchObject({
    method: "POST",
    url: "https://example.test/api/orders/7?a=1&a=2",
    params: { id: "7" },
  });
  // Joined, as where the app does not stream.
  expect([...(native?.query ?? [])]).toEqual([["a", "1,2"]]);
  expect(native?.headers.get("host")).toBe("example.test");
  expect(context?.options).toMatchObject({
    trigger: { type: "httpTrigger", route: "orders/{id}", methods: ["POST"], authLevel: "function" },
    return: { type: "http", direction: "out" },
  });
});

test("the prefix is the one at home, and repeated query names stay apart where the app streams", async () => {
  const native = await encodeHttp(post({ query: "a=1&a=2" }), { routePrefix: "", httpStream: true });
  expect(native.url).toBe("https://example.test/orders/7?a=1&a=2");
  expect([...native.query]).toEqual([
    ["a", "1"],
    ["a", "2"],
  ]);
});

test("the rest of a path that has none is no parameter", async () => {
  const native = await encodeHttp(testRequest({ method: "POST", path: "/files" }, { rest: "", id: "7" }));
  expect(native.params).toEqual({ id: "7" });
});

test("a body streams in where the app streams", async () => {
  const native = await encodeHttp(post({ body: chunks("a", "b") }), { httpStream: true });
  expect(await native.text()).toBe("ab");
});

describe("what the library's request cannot hold is refused by name", () => {
  const invalid = (init: TestRequest) => encodeHttp(testRequest(init));
  test.each([
    ["body", { method: "GET", body: "x" }],
    ["method", { method: "TRACE" }],
    ["header x-a", { headers: [["x-a", "caf\u00e9 \u0100"]] }],
  ] as [string, TestRequest][])("%s", async (field, init) => {
    const failure = await invalid(init).then(
      () => undefined,
      (error: { details: { field: string } }) => error,
    );
    expect(failure).toMatchObject({ code: "EVENT_UNENCODABLE" });
    expect(["request", field]).toContain(failure?.details.field);
  });
});

describe("who is calling", () => {
  const claim = Buffer.from(JSON.stringify({ identityProvider: "aad", userId: "admin" })).toString("base64");
  const spoofed = [
    ["x-ms-client-principal", claim],
    ["x-ms-client-principal-id", "admin"],
  ] as const;

  test("is not the caller's to say: those header fields never come from a client", async () => {
    const native = await encodeHttp(post({ headers: spoofed }));
    expect(native.user).toBeNull();
    expect(native.headers.has("x-ms-client-principal-id")).toBe(false);
  });

  test("is told as Easy Auth tells it, whichever authorizer found it", async () => {
    const identity = {
      provider: "jwt",
      id: "u1",
      name: "Ann",
      issuer: "https://issuer.test",
      scopes: ["read", "write"],
      roles: ["admin"],
      claims: { sub: "u1", exp: 1700000000 },
    };
    const request: HttpRequest = Object.create(post({ headers: spoofed }), { identity: { value: identity } });
    const { user } = await encodeHttp(request);
    expect(user).toMatchObject({
      type: "AppService",
      id: "u1",
      username: "Ann",
      identityProvider: "https://issuer.test",
    });
    expect(user?.claimsPrincipalData.claims).toEqual([
      { typ: "sub", val: "u1" },
      { typ: "exp", val: "1700000000" },
      { typ: "roles", val: "admin" },
      { typ: "scp", val: "read write" },
      { typ: "iss", val: "https://issuer.test" },
    ]);
  });

  test("and from where: the address that the platform saw stands last", async () => {
    const request = Object.create(post({ headers: [["x-forwarded-for", "10.0.0.1"]] }), {
      clientIp: { value: "203.0.113.7" },
    });
    expect((await encodeHttp(request)).headers.get("x-forwarded-for")).toBe("10.0.0.1, 203.0.113.7");
  });
});

describe("replies", () => {
  const run = async (result: unknown, more: object = {}) => {
    const { context, logs } = testContext();
    const handler = () => (typeof result === "function" ? result() : result);
    return { response: await http(handler, { path: "/*all", ...more })(post(), context), logs };
  };

  test.each<[string, unknown]>([
    ["a throw", () => Promise.reject(new Error("secret"))],
    ["a text", "text"],
    ["a number", 5],
    ["a status that is none", { status: 99 }],
    [
      "a body that fails",
      {
        body: (async function* () {
          yield Buffer.from("a");
          throw new Error("secret");
        })(),
      },
    ],
  ])("%s is a 500 without a body, whose error is logged", async (_what, result) => {
    const { response, logs } = await run(result);
    expect(response).toMatchObject({ status: 500, headers: {}, body: null, error: expect.any(Error) });
    expect(logs()).toContainEqual(expect.objectContaining({ level: "error" }));
  });

  test("the error of a 500 is the very one that was thrown", async () => {
    const error = new Error("no", { cause: "why" });
    expect((await run(() => Promise.reject(error))).response.error).toBe(error);
  });

  test("a throw of nothing is a 500 too", async () => {
    expect((await run(() => Promise.reject())).response.status).toBe(500);
  });

  test("nothing is 204, but never answered where the app streams", async () => {
    expect((await run(undefined)).response).toMatchObject({ status: 204, body: null });
    expect((await run(undefined, { httpStream: true })).response.status).toBe(500);
  });

  test("a body is collected, or streamed where the app streams", async () => {
    const body = () => ({
      body: (async function* () {
        yield Buffer.from("a");
        yield Buffer.from("b");
      })(),
    });
    expect((await run(body)).response.body).toEqual(new Uint8Array(Buffer.from("ab")));
    const { response } = await run(body, { httpStream: true });
    expect(response.body).not.toBeInstanceOf(Uint8Array);
    expect(await bodyOf(toWebStream(response.body))).toBe("ab");
  });

  test("an object of another copy of the library is read by its members", async () => {
    const foreign = {
      status: 201,
      headers: new Headers({ "x-a": "1" }),
      body: "text",
      cookies: [{ name: "a", value: "1" }],
    };
    const { response } = await run(foreign);
    expect(response).toMatchObject({ status: 201, headers: { "x-a": "1", "set-cookie": ["a=1; Path=/"] } });
  });
});

function toWebStream(body: unknown): ReadableStream<Uint8Array> {
  const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

describe("outputs", () => {
  const audit = output.storageQueue({ queueName: "audit", connection: "Store" });

  test("are handed over before the reply; where they are not taken, the reply is a 500", async () => {
    const outputs = vi.fn(async () => undefined);
    const handler: HttpHandler = async (_request, context): Promise<HttpResponseInit> => {
      context.extraOutputs.set(audit, "done");
      return { status: 202 };
    };
    const options = { path: "/*all", extraOutputs: [audit] } as const;
    expect((await http(handler, { ...options, outputs })(post(), {})).status).toBe(202);
    expect(outputs).toHaveBeenCalledExactlyOnceWith(audit.name, "done", expect.anything());
    const fails = http(handler, { ...options, outputs: () => Promise.reject(new Error("full")) });
    expect((await fails(post(), testContext().context)).status).toBe(500);
  });

  test("that are set while a body streams count as well, and are handed over at its end", async () => {
    const outputs = vi.fn(async () => undefined);
    const handler: HttpHandler = async (_request, context) => ({
      body: (async function* () {
        yield Buffer.from("a");
        context.extraOutputs.set(audit, "late");
      })(),
    });
    const fn = http(handler, { path: "/*all", httpStream: true, extraOutputs: [audit], outputs });
    const response = await fn(post(), {});
    expect(outputs).not.toHaveBeenCalled();
    expect(await bodyOf(toWebStream(response.body))).toBe("a");
    expect(outputs).toHaveBeenCalledExactlyOnceWith(audit.name, "late", expect.anything());
  });

  test("are handed over once though the client leaves, as early as it will; and not where the body fails", async () => {
    const outputs = vi.fn(async () => undefined);
    const streams = async (fails = false) => {
      const handler: HttpHandler = async (_request, context) => {
        context.extraOutputs.set(audit, "paid");
        return {
          body: (async function* () {
            yield Buffer.from("a");
            if (fails) throw new Error("no more");
            yield Buffer.from("b");
          })(),
        };
      };
      const fn = http(handler, { path: "/*all", httpStream: true, extraOutputs: [audit], outputs });
      const { body } = await fn(post(), testContext().context);
      return (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    };
    await (await streams()).return?.();
    expect(outputs).toHaveBeenCalledExactlyOnceWith(audit.name, "paid", expect.anything());
    const begun = await streams();
    await begun.next();
    await begun.return?.();
    await begun.return?.();
    expect(outputs).toHaveBeenCalledTimes(2);
    const failing = await streams(true);
    await failing.next();
    await expect(failing.next()).rejects.toThrow();
    await failing.return?.();
    expect(outputs).toHaveBeenCalledTimes(2);
  });
});

test.each(["POST", "DELETE"])("an empty %s of an app that streams has an empty stream", async (method) => {
  const native = await encodeHttp(testRequest({ method }), { httpStream: true });
  expect(native.body).toBeInstanceOf(ReadableStream);
  expect(await native.text()).toBe("");
});

test("a method that Azure cannot deliver, or a handler that is none, is refused at once", () => {
  expect(() => http(async () => ({}), { path: "/", methods: ["TRACE"] })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
  expect(() => http(undefined as never, { path: "/" })).toThrow(/not a function/);
});
