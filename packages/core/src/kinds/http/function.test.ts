import { expect, test, vi } from "vitest";
import { testRequest } from "../../../test/source.js";
import { HandlerError } from "../../error.js";
import type { Logger } from "../../log.js";
import type { Middleware } from "../../middleware.js";
import { http } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";
import { appendHeader, withHeaders } from "./reply-headers.js";
import { type HttpRequest, LazyHttpRequest } from "./request.js";

function recorder() {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), child: () => log as Logger };
  return log;
}

const ok = () => reply.empty();

/** A layer that marks every reply, as cors and requestId do. */
const mark: Middleware<HttpRequest, object, object, HttpReply> = async (_request, _context, next) => {
  try {
    return withHeaders(await next(), { "x-mark": "1" });
  } catch (error) {
    return withHeaders(reply.problem(error), { "x-mark": "1" });
  }
};

test.each([
  [http.get("/a"), ["GET", "HEAD"]],
  [http.post("/a"), ["POST"]],
  [http.put("/a"), ["PUT"]],
  [http.patch("/a"), ["PATCH"]],
  [http.delete("/a"), ["DELETE"]],
  [http.head("/a"), ["HEAD"]],
  [http.options("/a"), ["OPTIONS"]],
  [http.any("/a"), ["*"]],
])("a function carries its trigger as plain data", (pipeline, methods) => {
  const { trigger } = pipeline.handle(() => reply.empty());
  expect(JSON.parse(JSON.stringify(trigger))).toEqual({ kind: "http", methods, path: "/a" });
  expect(Object.isFrozen(trigger)).toBe(true);
});

test("the methods that layers answer stand in the trigger", () => {
  const preflight = Object.assign(mark.bind(undefined), { answers: ["OPTIONS"] }) as typeof mark;
  expect(
    http
      .use(preflight)
      .post("/a")
      .use(preflight)
      .handle(() => reply.empty()).trigger.layerMethods,
  ).toEqual(["OPTIONS"]);
});

test("a bad template, handler or layer fails where it is written", () => {
  const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
  const nothing = undefined as unknown as () => Promise<HttpReply>;
  expect(() => http.get("orders")).toThrow(refused);
  expect(() => http.get("/").handle(nothing)).toThrow(refused);
  expect(() => http.get("/").use(nothing).handle(ok)).toThrow(refused);
});

test("a pipeline can be used twice without sharing its layers", async () => {
  const base = http.use(mark);
  const one = base.get("/").handle(() => reply.text("one"));
  const two = http.get("/").handle(() => reply.text("two"));
  expect((await one(testRequest())).headers["x-mark"]).toBe("1");
  expect((await two(testRequest())).headers["x-mark"]).toBeUndefined();
});

test.each([
  [
    "throws",
    () => {
      throw new Error("secret");
    },
  ],
  [
    "rejects",
    async () => {
      throw new Error("secret");
    },
  ],
  [
    "throws undefined",
    () => {
      throw undefined;
    },
  ],
  [
    "throws text",
    () => {
      throw "secret";
    },
  ],
])("a handler that %s gives a plain 500, and the reason in the log", async (_name, handler) => {
  const log = recorder();
  const response = await http.get("/").handle(handler as unknown as () => HttpReply)(testRequest(), { log });
  expect(response.status).toBe(500);
  expect(JSON.stringify({ ...response, error: undefined })).not.toContain("secret");
  expect(log.error).toHaveBeenCalledOnce();
});

test.each([undefined, null, "text", 42, { status: 42 }, { status: 200, headers: { "x-a": "a\r\nb: c" }, body: null }])(
  "a handler that returns %j gives a 500, marked by the layers, and the reason in the log",
  async (value) => {
    const log = recorder();
    const response = await http
      .get("/")
      .use(mark)
      .handle(() => value as HttpReply)(testRequest(), { log });
    expect(response).toMatchObject({ status: 500, headers: { "x-mark": "1" } });
    expect(log.error).toHaveBeenCalledOnce();
    expect(log.error.mock.calls[0]?.[1]).toMatchObject({ error: { code: "REPLY_INVALID" } });
  },
);

test("a layer's own reply is checked too", async () => {
  const split: typeof mark = async () => withHeaders(reply.empty(), { "x-a": "a\nb" });
  const log = recorder();
  expect(
    await http
      .get("/")
      .use(split)
      .handle(() => reply.empty())(testRequest(), { log }),
  ).toMatchObject({ status: 500 });
});

test("a known error is answered with its status, and logged below error", async () => {
  const log = recorder();
  const fn = http.get("/").handle(() => {
    throw new HandlerError("NOT_FOUND", "There is no order 7.");
  });
  const response = await fn(testRequest(), { log });
  expect(response.status).toBe(404);
  expect(JSON.parse(response.body as string)).toMatchObject({ detail: "There is no order 7.", code: "NOT_FOUND" });
  expect(log.error).not.toHaveBeenCalled();
  expect(log.info).toHaveBeenCalledOnce();
});

test("an error that a layer turned into a reply is logged, once", async () => {
  const log = recorder();
  const fn = http
    .get("/")
    .use(mark)
    .use(mark)
    .handle(() => {
      throw new Error("secret");
    });
  expect(await fn(testRequest(), { log })).toMatchObject({ status: 500, headers: { "x-mark": "1" } });
  expect(log.error).toHaveBeenCalledOnce();
  expect(log.error.mock.calls[0]?.[1]).toMatchObject({ error: { message: "secret" } });
});

test("an early answer leaves the handler out, and outer layers still mark it", async () => {
  const handler = vi.fn();
  const early: typeof mark = async () => reply.text("early");
  const response = await http.get("/").use(mark).use(early).handle(handler)(testRequest());
  expect(response).toMatchObject({ body: "early", headers: { "x-mark": "1" } });
  expect(handler).not.toHaveBeenCalled();
});

test("a layer may try again, and the body can be read again", async () => {
  const twice: typeof mark = async (_request, _context, next) => {
    const first = await next();
    return first.status === 503 ? next() : first;
  };
  let turns = 0;
  const fn = http
    .post("/")
    .use(twice)
    .handle(async (request) => {
      const text = await request.text();
      return reply.text(text, { status: ++turns === 1 ? 503 : 200 });
    });
  expect(await fn(testRequest({ method: "POST", body: "x" }))).toMatchObject({ status: 200, body: "x" });
});

test("layers see a Response as plain data", async () => {
  const seen: unknown[] = [];
  const look: typeof mark = async (_request, _context, next) => {
    const response = await next();
    seen.push(response.headers["x-a"]);
    return appendHeader(response, "x-a", "2");
  };
  const response = await http
    .get("/")
    .use(look)
    .handle(() => new Response("x", { headers: { "x-a": "1" } }))(testRequest());
  expect(seen).toEqual(["1"]);
  expect(response.headers["x-a"]).toBe("1, 2");
});

test("a missed request passes the layers and does not reach the handler", async () => {
  const handler = vi.fn();
  const fn = http.get("/").use(mark).handle(handler);
  const miss = (of: ConstructorParameters<typeof LazyHttpRequest>[2]) =>
    new LazyHttpRequest(testRequest()["~source"], {}, of);
  expect(await fn(miss(new HandlerError("NOT_FOUND", "x")))).toMatchObject({ status: 404, headers: { "x-mark": "1" } });
  expect(await fn(miss(reply.empty({ headers: { allow: "GET" } })))).toMatchObject({
    status: 204,
    headers: { allow: "GET", "x-mark": "1" },
  });
  expect(handler).not.toHaveBeenCalled();
});

test("what is no portable request is refused, as when a function is deployed without an adapter", async () => {
  const fn = http.any("/*path").handle(() => reply.text("done"));
  for (const event of [{ Records: [] }, new Request("http://a.test/"), undefined, null, "text"]) {
    await expect(fn(event as never)).rejects.toThrow(
      expect.objectContaining({ code: "EVENT_UNSUPPORTED", hint: expect.stringContaining("aws.http(fn)") }),
    );
  }
});
