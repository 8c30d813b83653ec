import type { HttpFunction as GoogleHttpFunction } from "@google-cloud/functions-framework";
import type { HttpReply } from "@portico/core";
import { finishReply, toChunks } from "@portico/core/adapter";
import { expect, test, vi } from "vitest";
import { testContext } from "../../../core/test/message.js";
import { chunks, type TestRequest, testRequest, testSource } from "../../../core/test/source.js";
import { encodeHttp, http } from "./http.js";

async function text({ body }: HttpReply): Promise<string> {
  if (body === null || typeof body === "string") return body ?? "";
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  let all = "";
  for await (const chunk of toChunks(body)) all += Buffer.from(chunk);
  return all;
}

async function call(handler: GoogleHttpFunction, init: TestRequest = {}, controller = new AbortController()) {
  const { context, logs } = testContext();
  Object.defineProperty(context, "signal", { value: controller.signal });
  const request = testRequest(init);
  const reply = finishReply(request.method, await http(handler)(request, context));
  return { ...reply, text: () => text(reply), logs };
}

const seen: GoogleHttpFunction = (request, response) => {
  const { method, path, originalUrl, query, body, rawBody, ip, protocol, hostname } = request;
  const raw = rawBody?.toString("latin1");
  response.status(201).json({ method, path, originalUrl, query, body, raw, ip, protocol, hostname });
};

test("a handler gets Express's request, as the framework's server makes it", async () => {
  const got = await call(seen, {
    method: "POST",
    path: "/a/b%20c",
    query: "x=1&x=2&y[z]=3&s=+",
    headers: [
      ["content-type", "application/json"],
      ["host", "shop.example"],
      ["x-forwarded-for", "9.9.9.9"],
    ],
    body: '{"a":1}',
  });
  expect(got).toMatchObject({ status: 201, headers: { "content-type": "application/json; charset=utf-8" } });
  expect(JSON.parse(await got.text())).toEqual({
    method: "POST",
    path: "/a/b%20c",
    originalUrl: "/a/b%20c?x=1&x=2&y[z]=3&s=+",
    query: { x: ["1", "2"], "y[z]": "3", s: " " },
    body: { a: 1 },
    raw: '{"a":1}',
    ip: "9.9.9.9",
    protocol: "https",
    hostname: "shop.example",
  });
});

test.each([
  ["application/json; charset=utf-8", "[1]", { body: [1], raw: "[1]" }],
  ["application/cloudevents+json", '{"a":1}', { body: { a: 1 }, raw: '{"a":1}' }],
  ["application/json", "", { body: {}, raw: "" }],
  ["text/plain; charset=iso-8859-1", Buffer.from([0xe9]), { body: "é", raw: "é" }],
  ["application/x-www-form-urlencoded", "a[b]=1", { body: { a: { b: "1" } }, raw: "a[b]=1" }],
  [
    "application/octet-stream",
    Buffer.from([1, 255]),
    { body: { type: "Buffer", data: [1, 255] }, raw: "\u0001\u00ff" },
  ],
  ["text/html", chunks("a", "bc"), { body: { type: "Buffer", data: [97, 98, 99] }, raw: "abc" }],
  [undefined, "abc", {}],
])("a body of the type %s is parsed as the framework does it", async (type, body, expected) => {
  const headers = type === undefined ? [] : [["content-type", type] as const];
  const { body: parsed, raw } = JSON.parse(await (await call(seen, { method: "POST", headers, body })).text());
  expect({ body: parsed, raw }).toEqual(expected);
});

test("a client does not say who is calling in the name of Google", async () => {
  const names = ["x-goog-authenticated-user-id", "x-goog-iap-jwt-assertion", "x-apigateway-api-userinfo", "x-goog-a"];
  const handler: GoogleHttpFunction = ({ headers }, response) =>
    void response.json(names.filter((name) => name in headers));
  const told = async (provider?: string) => {
    const request = testRequest({ headers: names.map((name) => [name, "eve"]) });
    const identity = provider && { provider, id: "eve", scopes: [], roles: [], claims: {} };
    const known = Object.create(request, { identity: { value: identity } }) as typeof request;
    return JSON.parse(await text(finishReply("GET", await http(handler)(known, testContext().context))));
  };
  expect(await told()).toEqual(["x-goog-a"]);
  expect(await told("iap")).toEqual(["x-goog-authenticated-user-id", "x-goog-iap-jwt-assertion", "x-goog-a"]);
  expect(await told("api-gateway")).toEqual(["x-apigateway-api-userinfo", "x-goog-a"]);
});

test("the helpers of Express's response do what they do", async () => {
  const got = await call(
    (request, response) => {
      response.cookie("a", "1").append("set-cookie", "b=2").set("x-a", request.get("X-B")).redirect(303, "/next");
    },
    { headers: [["x-b", "1"]] },
  );
  expect(got).toMatchObject({
    status: 303,
    headers: { "set-cookie": ["a=1; Path=/", "b=2"], "x-a": "1", location: "/next" },
  });
  expect((await call((_request, response) => void response.sendStatus(404))).status).toBe(404);
});

test("a reply is streamed while it is made", async () => {
  let go = (): void => undefined;
  const got = await call((_request, response) => {
    response.type("text/plain").write("one");
    go = () => response.end("two");
  });
  const chunks = toChunks(got.body as AsyncIterable<Uint8Array>);
  expect(String(Buffer.from((await chunks.next()).value as Uint8Array))).toBe("one");
  go();
  expect(String(Buffer.from((await chunks.next()).value as Uint8Array))).toBe("two");
});

test("a throw is Google's 500, and the very error is in the log", async () => {
  const error = new Error("a secret");
  for (const handler of [
    () => {
      throw error;
    },
    async () => {
      throw error;
    },
  ]) {
    const got = await call(handler);
    expect(got).toMatchObject({ status: 500, headers: { "x-google-status": "crash" }, error });
    expect(await got.text()).toBe("Internal Server Error");
    expect(got.logs()).toMatchObject([{ level: "error", error: { message: "a secret" } }]);
  }
});

test("an error that is thrown later, in a timer, is caught by the framework's domain", async () => {
  const write = vi.spyOn(console, "error").mockReturnValue();
  const got = await call(
    () =>
      void setTimeout(() => {
        throw new Error("a secret");
      }),
  );
  expect(got.status).toBe(500);
  expect(await got.text()).toBe("Internal Server Error");
  expect(String(write.mock.calls[0])).toContain("a secret");
  write.mockRestore();
});

test("JSON that the framework refuses is answered by it, without a stack", async () => {
  const got = await call(seen, { method: "POST", headers: [["content-type", "application/json"]], body: "1.5" });
  expect(got.status).toBe(400);
  expect(await got.text()).not.toContain("node_modules");
});

test("the invocation's trace and id are those of the request", async () => {
  const { context } = testContext();
  const got = await http(((request, response) => {
    response.json({ id: request.executionId, parent: request.get("traceparent"), span: request.spanId });
  }) satisfies GoogleHttpFunction)(testRequest(), context);
  const { traceId, spanId } = context.trace;
  expect(JSON.parse(await text(got))).toEqual({
    id: "1",
    parent: expect.stringContaining(`00-${traceId}-${spanId}-`),
    span: String(BigInt(`0x${spanId}`)),
  });
});

test("a handler sees the caller leave", async () => {
  const controller = new AbortController();
  const closed = vi.fn();
  const answer = call(
    (_request, response) => {
      response.on("close", closed);
      setTimeout(() => controller.abort(new Error("left")));
    },
    {},
    controller,
  );
  expect((await answer).status).toBe(500);
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

test("the address of the client stands at the end of X-Forwarded-For, once", async () => {
  const { LazyHttpRequest } = await import("@portico/core/adapter");
  const encode = (chain: string) =>
    encodeHttp(
      new LazyHttpRequest({ ...testSource({ headers: [["x-forwarded-for", chain]] }), clientIp: () => "1.1.1.1" }),
    );
  expect((await encode("2.2.2.2")).headers["x-forwarded-for"]).toBe("2.2.2.2, 1.1.1.1");
  expect((await encode("2.2.2.2, 1.1.1.1")).headers["x-forwarded-for"]).toBe("2.2.2.2, 1.1.1.1");
});

test("a header field that no HTTP carries is refused", async () => {
  await expect(encodeHttp(testRequest({ headers: [["x-a", "a\u0000"]] }))).rejects.toMatchObject({
    code: "EVENT_UNENCODABLE",
    details: { field: 'header "x-a"' },
  });
});

test("what is no function, or no path, is refused when it is wrapped", () => {
  expect(() => http("x" as never)).toThrow(/no function/);
  expect(() => http(() => undefined, { path: "x" })).toThrow(/slash/);
  expect(http(() => undefined, { path: "/a/:id", methods: ["get"] }).trigger).toMatchObject({
    methods: ["GET"],
    path: "/a/:id",
  });
});
