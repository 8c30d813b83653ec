import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { HandlerError, type HttpReply, reply } from "@portico/core";
import { createHttpEntry, finishReply, toChunks, Watchdog, whenGiven } from "@portico/core/adapter";
import { expect, test, vi } from "vitest";
import { testContext } from "../../core/test/message.js";
import { chunks, type TestRequest, testRequest, testSource } from "../../core/test/source.js";
import { fromNode, type NodeStyleApp } from "./wrap.js";

async function collect(body: HttpReply["body"]): Promise<string> {
  if (body === null || typeof body === "string") return body ?? "";
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  let all = "";
  for await (const chunk of toChunks(body)) all += Buffer.from(chunk);
  return all;
}

/** What an adapter would send. */
async function call(app: NodeStyleApp, init: TestRequest = {}, controller = new AbortController()) {
  const { context, logs } = testContext();
  Object.defineProperty(context, "signal", { value: controller.signal });
  const request = testRequest(init);
  const got = finishReply(request.method, await fromNode(app)(request, context));
  return { ...got, text: () => collect(got.body), logs };
}

test("an app reads method, target, header lines and body as they were sent", async () => {
  const { text, status } = await call(
    async (request, response) => {
      const parts: Buffer[] = [];
      for await (const chunk of request) parts.push(chunk);
      const { method, url, headers, headersDistinct } = request;
      const { forwarded } = headersDistinct;
      response.end(
        JSON.stringify({ method, url, host: headers.host, forwarded, body: Buffer.concat(parts).toString() }),
      );
    },
    {
      method: "PUT",
      path: "/a%20b/é",
      query: "x=1&x=2&y[z]=%20+",
      headers: [
        ["forwarded", "for=a"],
        ["forwarded", "for=b"],
      ],
      body: "hé",
    },
  );
  expect(status).toBe(200);
  expect(JSON.parse(await text())).toEqual({
    method: "PUT",
    url: "/a%20b/%C3%A9?x=1&x=2&y[z]=%20+",
    host: "example.test",
    forwarded: ["for=a", "for=b"],
    body: "hé",
  });
});

test("bytes come and go as they are", async () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  const got = await call((request, response) => void request.pipe(response), { method: "POST", body: all });
  const parts: Uint8Array[] = [];
  for await (const part of toChunks(got.body as AsyncIterable<Uint8Array>)) parts.push(part);
  expect(Buffer.concat(parts)).toEqual(Buffer.from(all));
});

test("a request body is given on while it arrives, without a length", async () => {
  const seen: string[] = [];
  let more = (): void => undefined;
  const got = await call(
    async (request, response) => {
      for await (const chunk of request) {
        seen.push(String(chunk));
        more();
      }
      response.end(String(request.headers["transfer-encoding"]));
    },
    {
      method: "POST",
      body: (async function* () {
        yield Buffer.from("one");
        await new Promise<void>((resolve) => {
          more = resolve;
        });
        yield Buffer.from("two");
      })(),
    },
  );
  expect(await got.text()).toBe("chunked");
  expect(seen).toEqual(["one", "two"]);
});

test.each([
  ["the length it has", "abc", "3", "3"],
  ["the length it has, and not the declared one", "abc", "300", "3"],
  ["the length it has, and not a shorter one", "abc", "1", "3"],
  ["the length that is declared, while it arrives", chunks("ab", "c"), "3", "3"],
])("a body has %s", async (_title, body, declared, length) => {
  const got = await call(
    async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      response.end(`${request.headers["content-length"]} ${text}`);
    },
    { method: "POST", body, headers: [["content-length", declared]] },
  );
  expect(await got.text()).toBe(`${length} abc`);
});

const long = "a".repeat(70_000);

test.each([
  ["longer", chunks(long, "GET /secret HTTP/1.1\r\nhost: x\r\n\r\n"), "70005"],
  ["shorter", chunks(long, "c"), "80000"],
])("a long body that arrives %s than declared is no other request, but a refusal", async (_title, body, declared) => {
  const seen: (string | undefined)[] = [];
  const app = (request: IncomingMessage, response: ServerResponse) => {
    seen.push(request.url);
    request
      .on("error", () => undefined)
      .on("end", () => response.end("all"))
      .resume();
  };
  const got = await call(app, { method: "POST", path: "/a", body, headers: [["content-length", declared]] });
  expect(got.status).toBe(400);
  expect(seen.filter((url) => url !== "/a")).toEqual([]);
});

test("fields of the caller's connection do not reach the app, nor do the app's reach the caller", async () => {
  const got = await call(
    (request, response) => {
      response.setHeader("keep-alive", "timeout=9");
      response.end(Object.keys(request.headers).join());
    },
    {
      headers: [
        ["connection", "upgrade"],
        ["upgrade", "websocket"],
        ["te", "trailers"],
        ["x-a", "1"],
      ],
    },
  );
  expect(got.headers).not.toHaveProperty("connection");
  expect(got.headers).not.toHaveProperty("keep-alive");
  expect(got.headers).not.toHaveProperty("date");
  expect(await got.text()).toBe("host,x-a,connection");
});

test("raw lists of header fields, repeated ones among them, are lines of the reply", async () => {
  const got = await call((_request, response) => {
    response
      .writeHead(201, ["X-A", "1", "Set-Cookie", "a=1, b", "Set-Cookie", "c=2", "Vary", "x", "Vary", "y"])
      .end("ok");
  });
  expect(got).toMatchObject({
    status: 201,
    headers: { "x-a": "1", "set-cookie": ["a=1, b", "c=2"], vary: ["x", "y"] },
  });
});

test("HEAD, 204 and 304 have no body, and HEAD has its length", async () => {
  const app: NodeStyleApp = (request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    if (request.method === "HEAD") response.setHeader("content-length", 5);
    response.end(request.method === "HEAD" ? "hello" : undefined);
  };
  expect(await call(app, { method: "HEAD", path: "/200" })).toMatchObject({
    body: null,
    headers: { "content-length": "5" },
  });
  expect(await call(app, { path: "/204" })).toMatchObject({ status: 204, body: null });
  expect(await call(app, { path: "/304" })).toMatchObject({ status: 304, body: null });
});

test("a reply is streamed while it is made, and no faster than it is taken", async () => {
  let written = 0;
  const got = await call(async (_request, response) => {
    response.flushHeaders();
    for (; written < 1000; written += 1) {
      if (!response.write(Buffer.alloc(16_384, 97))) await once(response, "drain");
    }
    response.end();
  });
  const body = toChunks(got.body as AsyncIterable<Uint8Array>);
  await body.next();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(100);
  let total = 16_384;
  for await (const chunk of body) total += chunk.length;
  expect(written).toBe(1000);
  expect(total).toBeGreaterThan(16_000_000);
});

test("a short reply of known length is one piece", async () => {
  const got = await call((_request, response) => void response.setHeader("content-length", 2).end("ok"));
  expect(got.body).toBeInstanceOf(Uint8Array);
});

test("informational replies and trailers are dropped, and an expected 100 does no harm", async () => {
  const got = await call(
    (request, response) => {
      response.writeContinue();
      response.writeProcessing();
      response.writeHead(200, { trailer: "x-sum" });
      response.write(String(request.headers.expect));
      response.addTrailers({ "x-sum": "1" });
      response.end();
    },
    { method: "POST", body: "a", headers: [["expect", "100-continue"]] },
  );
  expect(got.headers).not.toHaveProperty("trailer");
  expect(await got.text()).toBe("100-continue");
});

test("the socket tells who calls and whether it is safe, and bears what apps ask of one", async () => {
  const source = { ...testSource(), clientIp: () => "203.0.113.7" };
  const { LazyHttpRequest } = await import("@portico/core/adapter");
  const got = await fromNode((request, response) => {
    const { socket } = request;
    socket.setNoDelay(true).setKeepAlive(true).unref().ref();
    response.setTimeout(1000);
    response.end(
      `${socket.remoteAddress} ${(socket as { encrypted?: boolean }).encrypted} ${response.socket === socket}`,
    );
  })(new LazyHttpRequest(source));
  expect(await collect(got.body)).toBe("203.0.113.7 true true");
});

test("an app's own time limit is heard", async () => {
  const got = await call((_request, response) => {
    response.setTimeout(5, () => response.writeHead(503).end("late"));
  });
  expect(got.status).toBe(503);
});

test("long header fields pass, both ways", async () => {
  const long = "x".repeat(100_000);
  const got = await call(
    (request, response) => void response.setHeader("x-b", request.headers["x-a"] as string).end(),
    {
      headers: [["x-a", long]],
    },
  );
  expect(got.headers["x-b"]).toBe(long);
});

test.each<[string, unknown, NodeStyleApp]>([
  [
    "throws",
    new Error("a secret"),
    () => {
      throw failure;
    },
  ],
  [
    "rejects",
    new Error("a secret"),
    async () => {
      throw failure;
    },
  ],
  [
    "throws nothing at all",
    undefined,
    () => {
      throw undefined;
    },
  ],
])("an app that %s before it answers has failed: 500, the error for the log alone", async (_title, error, app) => {
  failure = error;
  const got = await call(app);
  expect(got.status).toBe(500);
  expect(await got.text()).not.toContain("secret");
  if (error) expect(got.error).toBe(error);
});
let failure: unknown;

test("an error of its own kind is the reply it names", async () => {
  const got = await call(() => Promise.reject(new HandlerError("GONE", "no more")));
  expect(got.status).toBe(410);
});

test("an app that throws amid its body breaks the reply off, with its own error", async () => {
  const error = new Error("half");
  const got = await call(async (_request, response) => {
    response.writeHead(200);
    response.write("first");
    await new Promise((resolve) => setTimeout(resolve, 5));
    throw error;
  });
  expect(got.status).toBe(200);
  await expect(got.text()).rejects.toBe(error);
});

test("what an app throws after its answer is logged, and the answer stands", async () => {
  const got = await call((_request, response) => {
    response.end("done");
    throw new Error("late");
  });
  expect(await got.text()).toBe("done");
  expect(got.logs()).toMatchObject([
    { level: "error", message: "the app failed after its answer", error: { message: "late" } },
  ]);
});

test.each<[string, NodeStyleApp]>([
  ["before", (request) => void request.destroy()],
  [
    "with a length that it does not keep",
    (_request, response) => {
      response.setHeader("content-length", 10).write("abc");
      setTimeout(() => response.destroy(), 5);
    },
  ],
])("an app that ends the connection %s its answer is a bad gateway", async (_title, app) => {
  const got = await call(app);
  expect(got.status).toBe(502);
});

test("when the caller leaves, request and response close, and the source of the body is let go of", async () => {
  const controller = new AbortController();
  const closed: string[] = [];
  const cancelled = vi.fn();
  const answer = call(
    (request, response) => {
      request.on("close", () => closed.push("request")).on("error", () => undefined);
      response.on("close", () => closed.push(`response ${response.writableFinished}`));
      request.once("data", () => controller.abort(new HandlerError("CANCELLED", "The client left.")));
    },
    {
      method: "POST",
      body: (async function* () {
        try {
          yield Buffer.from("a");
          yield Buffer.alloc(1_000_000);
          yield Buffer.alloc(1_000_000);
        } finally {
          cancelled();
        }
      })(),
    },
    controller,
  );
  expect((await answer).status).toBe(499);
  await vi.waitFor(() => expect(closed.sort()).toEqual(["request", "response false"]));
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalled());
});

test("when nobody reads a streamed reply any longer, the response closes", async () => {
  const closed = vi.fn();
  const got = await call((_request, response) => {
    response.on("close", closed);
    response.write("first");
  });
  const body = toChunks(got.body as AsyncIterable<Uint8Array>);
  await body.next();
  await body.return();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

test("an app that never answers is given up at the deadline, and sees it", async () => {
  const closed = vi.fn();
  const fn = fromNode((_request, response) => void response.on("close", closed));
  const { context } = testContext(Date.now() + 60);
  const got = await whenGiven(createHttpEntry(fn, new Watchdog()).answer(testRequest(), context));
  expect(got.status).toBe(504);
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

test("requests at the same time do not meet", async () => {
  const fn = fromNode(
    (request, response) => void setTimeout(() => response.end(request.url), (Number(request.url?.slice(1)) * 7) % 5),
  );
  const urls = Array.from({ length: 20 }, (_, index) => `/${index}`);
  const replies = await Promise.all(urls.map((path) => fn(testRequest({ path }))));
  expect(await Promise.all(replies.map(({ body }) => collect(body)))).toEqual(urls);
});

test("layers of the app's caller see one reply, whose path is the function's", async () => {
  const fn = fromNode((_request, response) => void response.end("app"), { path: "/shop/*rest" });
  expect(fn.trigger).toEqual({ kind: "http", methods: ["*"], path: "/shop/*rest" });
  expect(() => fromNode(() => reply.empty(), { path: "shop" })).toThrow(/does not start with a slash/);
});
