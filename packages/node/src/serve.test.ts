import { Agent, request as send } from "node:http";
import { type AnyHttpFunction, type HttpRequest, http, type LogEntry, reply } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exchange, RawConnection } from "../test/raw.js";
import { native, type ServeOptions, type Serving, serve } from "./index.js";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const running: Serving[] = [];
const logged: LogEntry[] = [];

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((serving) => serving.close()));
  logged.length = 0;
  vi.restoreAllMocks();
});

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}

async function start(
  functions: AnyHttpFunction | readonly AnyHttpFunction[],
  options: ServeOptions = {},
): Promise<Serving> {
  const serving = await serve(functions, {
    port: 0,
    host: "127.0.0.1",
    logLevel: "debug",
    signals: [],
    shutdownTimeoutMs: 2_000,
    log: (entry) => {
      logged.push(entry);
      return entry;
    },
    ...options,
  });
  running.push(serving);
  return serving;
}

const messages = () => logged.map(({ message }) => message);

const echo = http.any("/*rest").handle(async (request) =>
  reply.json({
    method: request.method,
    url: request.url,
    path: request.path,
    basePath: request.basePath,
    query: [...request.query],
    clientIp: request.clientIp,
    one: request.headers.getAll("x-one"),
    cookies: { ...request.cookies },
    body: Buffer.from(await request.bytes()).toString("hex"),
  }),
);

async function raw(serving: Serving, target: string, headers = "", body = "", method = "GET") {
  const text = await exchange(
    serving.port,
    `${method} ${target} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n${headers}\r\n${body}`,
  );
  const [head = "", content = ""] = text.split("\r\n\r\n", 2);
  return { head, status: Number(head.split(" ")[1]), content, json: () => JSON.parse(content) };
}

test("several functions stand behind a router, one function by itself", async () => {
  const several = await start([
    http.get("/a").handle(() => reply.text("a")),
    http.post("/b/:id").handle(({ params }) => reply.json(params)),
  ]);
  expect(await (await fetch(`${several.url}/b/7`, { method: "POST" })).json()).toEqual({ id: "7" });
  expect((await fetch(`${several.url}/a`, { method: "DELETE" })).status).toBe(405);
  const one = await start(http.get("/a").handle(() => reply.text("one")));
  expect(await (await fetch(`${one.url}/a`)).text()).toBe("one");
  expect((await fetch(`${one.url}/b`)).status).toBe(404);
});

test("the target is taken as the client spelled it", async () => {
  const serving = await start(echo);
  const seen = async (target: string) => (await raw(serving, target)).json();
  expect(await seen("/a%2fb/%41?x=1&x=2&y=%zz")).toMatchObject({
    path: "/a%2Fb/A",
    url: "http://a.test/a%2Fb/A?x=1&x=2&y=%zz",
    query: [
      ["x", "1"],
      ["x", "2"],
      ["y", "%zz"],
    ],
  });
  expect(await seen("//evil.test/a")).toMatchObject({ path: "//evil.test/a", url: "http://a.test//evil.test/a" });
  expect(await seen("http://other.test:81/a?b")).toMatchObject({ path: "/a", url: "http://other.test:81/a?b" });
  expect(await seen("http://other.test")).toMatchObject({ path: "/", url: "http://other.test/" });
  expect(await seen("/a#fragment")).toMatchObject({ path: "/a" });
  expect(await seen("/a/../b")).toMatchObject({ path: "/b" });
});

test("a target that is no path, and one with invalid percent-encoding, have a plain refusal", async () => {
  const serving = await start(echo);
  expect((await raw(serving, "*", "", "", "OPTIONS")).status).toBe(404);
  expect((await raw(serving, "/%ff")).status).toBe(400);
  expect((await raw(serving, "/a\x01b")).status).toBe(400);
  expect((await raw(serving, "/caf\xc3\xa9")).status).toBe(400);
});

test("repeated header lines stay apart, cookies of all lines are read, and bytes are exact", async () => {
  const serving = await start(echo);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString("latin1");
  const { json } = await raw(
    serving,
    "/",
    "X-One: a, b\r\nx-one: c\r\nCookie: a=1\r\nCookie: b=2\r\nContent-Length: 256\r\n",
    bytes,
    "POST",
  );
  expect(json()).toMatchObject({
    method: "POST",
    one: ["a, b", "c"],
    cookies: { a: "1", b: "2" },
    body: Buffer.from(bytes, "latin1").toString("hex"),
  });
});

test("forwarded fields count only as far as proxies are trusted", async () => {
  const fields =
    "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nX-Forwarded-For: [2001:db8::1]:443\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\n";
  const seen = async (trustedProxies: number) => (await raw(await start(echo, { trustedProxies }), "/", fields)).json();
  expect(await seen(0)).toMatchObject({ clientIp: "127.0.0.1", url: "http://a.test/" });
  expect(await seen(1)).toMatchObject({ clientIp: "2001:db8::1", url: "https://a.test/" });
  expect(await seen(2)).toMatchObject({ clientIp: "1.2.3.4", url: "https://a.test/" });
  expect(
    (await raw(await start(echo, { trustedProxies: 1 }), "/", "X-Forwarded-For: unknown\r\n")).json().clientIp,
  ).toBeUndefined();
});

test("the context gives the native request, and gives none elsewhere", async () => {
  const fn = http.get("/a").handle((_request, context) => {
    const elsewhere = native({ ...context, platform: "aws" } as typeof context);
    return reply.json({ url: native(context)?.request.url, none: elsewhere === undefined });
  });
  expect((await raw(await start(fn), "/a?b")).json()).toEqual({ url: "/a?b", none: true });
});

test("a base path is taken off where the path starts with it", async () => {
  const serving = await start(echo, { basePath: "/api/" });
  expect((await raw(serving, "/api/a")).json()).toMatchObject({ path: "/a", basePath: "/api" });
  expect((await raw(serving, "/api")).json()).toMatchObject({ path: "/", basePath: "/api" });
  expect((await raw(serving, "/apia")).json()).toMatchObject({ path: "/apia", basePath: "" });
  expect((await raw(serving, "/a")).json()).toMatchObject({ path: "/a", basePath: "" });
});

test.each([
  [{ basePath: "api" }, "base path"],
  [{ bodyLimit: Number.NaN }, "bodyLimit"],
  [{ timeoutMs: Number.NaN }, "timeoutMs"],
  [{ trustedProxies: -1 }, "trustedProxies"],
  [{ headersTimeoutMs: 2000, requestTimeoutMs: 1000 }, "headersTimeoutMs is 2000, which is more than requestTimeoutMs"],
  [{ headersTimeoutMs: 300_001 }, "headersTimeoutMs"],
  [{ requestTimeoutMs: 1000.5 }, "requestTimeoutMs"],
  [{ maxHeaderBytes: "16384" as never }, "maxHeaderBytes"],
  [{ port: Number.NaN }, "port is NaN"],
  [{ concurrency: 0 }, "concurrency"],
  [{ logLevel: "verbose" as never }, "logLevel"],
  [{ publicUrl: "shop.example.com" }, "publicUrl"],
  [{ publicUrl: "forwarded" }, "publicUrl"],
])("the option %j is refused where the server is made", async (options, named) => {
  await expect(serve(echo, { port: 0, ...options })).rejects.toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(named) }),
  );
});

test("a short time for requests shortens that for header fields, and times are not rounded into what Node refuses", async () => {
  for (const options of [{ requestTimeoutMs: 5000 }, { headersTimeoutMs: 401 }, { requestTimeoutMs: 0 }])
    expect((await raw(await start(echo, options), "/a")).status).toBe(200);
});

test.each([" ", "0x1f90", "1e3", "+80", "65536"])("PORT %j is refused", async (port) => {
  vi.stubEnv("PORT", port);
  await expect(serve(echo, {})).rejects.toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  vi.unstubAllEnvs();
});

test("X-Forwarded-Host is believed by publicUrl alone, and a written public URL stands before every header", async () => {
  const fields = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\n";
  const seen = async (options: ServeOptions) => (await raw(await start(echo, options), "/a?b", fields)).json().url;
  expect(await seen({ trustedProxies: 1, publicUrl: "forwarded" })).toBe("https://shop.test/a?b");
  expect(await seen({ publicUrl: "https://own.test" })).toBe("https://own.test/a?b");
  expect(await seen({ trustedProxies: 1, publicUrl: "https://own.test:8443/" })).toBe("https://own.test:8443/a?b");
});

test("behind a router each function sees the public URL", async () => {
  const urls = ["/a", "/b"].map((path) => http.get(path).handle((request) => reply.text(request.url)));
  const serving = await start(urls, { publicUrl: "https://shop.test", basePath: "/v1" });
  expect((await raw(serving, "/v1/b?c")).content).toBe("https://shop.test/b?c");
});

test("an invalid Host never makes a URL that cannot be parsed, nor a 500", async () => {
  const fn = http.get("/").handle((request) => reply.json([request.url, request.toRequest().url]));
  for (const [options, expected] of [
    [{}, "http://localhost/"],
    [{ publicUrl: "https://shop.test" }, "https://shop.test/"],
  ] as const) {
    const { port } = await start(fn, options);
    for (const host of ["ex.com:99999", "1.2.3.256", "xn--a", "", "a b", "a/b"]) {
      const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      // From Node 24 on the parser takes this Punycode.
      const isParsed = host === "xn--a" && URL.canParse("http://xn--a");
      const url = isParsed ? expected.replace("localhost", host) : expected;
      expect(JSON.parse(answer.split("\r\n\r\n")[1] as string)).toEqual([url, url]);
    }
  }
});

test("a request with two hosts or two lengths is refused", async () => {
  const serving = await start(echo);
  expect((await raw(serving, "/", "Host: b.test\r\n")).status).toBe(400);
  expect((await raw(serving, "/", "Content-Length: 1\r\nContent-Length: 2\r\n", "ab", "POST")).status).toBe(400);
  expect(
    (await raw(serving, "/", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "POST")).status,
  ).toBe(400);
});

test("what is no HTTP has a problem reply, and the reason is in the log", async () => {
  const write = vi.mocked(process.stdout.write);
  const serving = await start(echo);
  for (const request of [
    "GARBAGE\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n",
  ]) {
    const text = await exchange(serving.port, request);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text).toContain("application/problem+json");
  }
  expect(write.mock.calls.map(([line]) => String(line)).filter((line) => line.includes("refused:"))).toHaveLength(3);
});

test("100 KB of headers are refused with 431", async () => {
  const serving = await start(echo);
  const text = await exchange(serving.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(100_000)}\r\n\r\n`);
  expect(text).toMatch(/^HTTP\/1\.1 431 /);
});

test("a body over the limit is 413, seen by a client that is still sending, and the connection closes", async () => {
  const serving = await start(
    http.post("/").handle(async (request) => reply.text(await request.text())),
    { bodyLimit: 1000 },
  );
  for (const framing of ["Content-Length: 20000000", "Transfer-Encoding: chunked"]) {
    const connection = new RawConnection(serving.port);
    connection.send(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
    const chunk = "x".repeat(65_536);
    for (let index = 0; index < 40; index += 1) {
      connection.send(framing.startsWith("T") ? `10000\r\n${chunk}\r\n` : chunk);
      await pause(1);
    }
    const text = await connection.until(/\r\n\r\n\{/);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text.toLowerCase()).toContain("connection: close");
    expect(connection.reset).toBe(false);
    connection.close();
  }
});

test("a client that asks before it sends is told of the limit, or to go on", async () => {
  const serving = await start(
    http.post("/").handle(async (request) => reply.text(await request.text())),
    { bodyLimit: 1000 },
  );
  const ask = (length: number) =>
    new RawConnection(serving.port).send(
      `POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`,
    );
  expect(await ask(2000).until(/\r\n\r\n\{/)).toMatch(/^HTTP\/1\.1 413 /);
  const good = ask(5);
  await good.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
  expect(await good.send("hello").until(/hello$/)).toContain("HTTP/1.1 200 OK");
  good.close();
});

test("an unread small body does not cost the connection", async () => {
  const serving = await start(http.post("/").handle(() => reply.text("done")));
  const connection = new RawConnection(serving.port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  await connection.until(/done$/);
  connection.send("helloPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  await connection.until(/done[\s\S]*done$/);
  connection.close();
});

test("a client that leaves in the middle of its upload does not leave the function waiting", async () => {
  const failed = deferred<unknown>();
  const serving = await start(
    http.post("/").handle(async (request) => {
      try {
        return reply.text(await request.text());
      } catch (error) {
        failed.resolve(error);
        throw error;
      }
    }),
  );
  const connection = new RawConnection(serving.port).send(
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
  );
  await pause(50);
  connection.close();
  expect(await failed.promise).toMatchObject({ code: "CANCELLED" });
});

test("the signal aborts when the client leaves", async () => {
  const aborted = deferred<unknown>();
  const serving = await start(
    http.get("/").handle(async (_request, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      aborted.resolve(signal.reason);
      return reply.empty();
    }),
  );
  const connection = new RawConnection(serving.port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await pause(50);
  connection.close();
  expect(await aborted.promise).toMatchObject({ code: "CANCELLED" });
});

test("replies have their length, and none where HTTP allows no body", async () => {
  const serving = await start([
    http.get("/text").handle(() => reply.text("grüße")),
    http.get("/empty").handle(() => reply.empty()),
    http.get("/null").handle(() => ({ status: 200, headers: {}, body: null })),
    http.get("/304").handle(() => reply.text("x", { status: 304 })),
    http
      .get("/cookies")
      .handle(() => reply.text("x", { cookies: { a: "1", b: "2" }, headers: { "x-two": ["1", "2"] } })),
  ]);
  expect((await raw(serving, "/text")).head).toMatch(/content-length: 7/i);
  expect((await raw(serving, "/text", "", "", "HEAD")).content).toBe("");
  expect((await raw(serving, "/empty")).head).not.toMatch(/content-length|transfer-encoding/i);
  expect((await raw(serving, "/null")).head).toMatch(/content-length: 0/i);
  expect((await raw(serving, "/304")).head).not.toMatch(/transfer-encoding/i);
  const { head } = await raw(serving, "/cookies");
  expect(head.match(/^set-cookie: .*$/gim)).toEqual(["set-cookie: a=1", "set-cookie: b=2"]);
  expect(head.match(/^x-two: .*$/gim)).toEqual(["x-two: 1", "x-two: 2"]);
});

test("a stream arrives chunk by chunk", async () => {
  async function* chunks() {
    yield "one";
    await pause(100);
    yield new Uint8Array([0x32]);
  }
  const serving = await start(http.get("/").handle(() => reply.stream(chunks())));
  const connection = new RawConnection(serving.port).send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(await connection.until(/one\r\n$/)).not.toContain("1\r\n2\r\n");
  expect(await connection.closed()).toMatch(/3\r\none\r\n1\r\n2\r\n0\r\n\r\n$/);
});

test("a stream that fails midway breaks the transfer, and the reason is in the log", async () => {
  async function* chunks() {
    yield "one";
    throw new Error("lost the database");
  }
  const serving = await start(http.get("/").handle(() => reply.stream(chunks())));
  const text = await exchange(serving.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(text).toContain("one");
  expect(text).not.toContain("0\r\n\r\n");
  expect(JSON.stringify(logged)).toContain("lost the database");
});

test("a stream that is not as long as its content-length breaks the transfer", async () => {
  const serving = await start(
    http.get("/:chunk").handle(({ params }) =>
      reply.stream(
        (async function* () {
          yield params.chunk;
        })(),
        { headers: { "content-length": "3" } },
      ),
    ),
  );
  expect(await exchange(serving.port, "GET /abcHTTP HTTP/1.1\r\nHost: a\r\n\r\n")).not.toContain("abcHTTP");
  expect(await exchange(serving.port, "GET /ab HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(/\r\n\r\nab$/);
  expect(messages().filter((message) => message === "the reply broke off")).toHaveLength(2);
});

test.each(["generator", "web stream"])("a client that leaves cancels a %s, even one that is waiting", async (kind) => {
  const cancelled = deferred<void>();
  async function* generate(signal: AbortSignal) {
    try {
      yield "one";
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      yield "two";
    } finally {
      cancelled.resolve();
    }
  }
  const web = () =>
    new ReadableStream<string>({
      start: (controller) => controller.enqueue("one"),
      pull: () => new Promise(() => {}),
      cancel: () => cancelled.resolve(),
    });
  const serving = await start(
    http.get("/").handle((_request, { signal }) => reply.stream(kind === "generator" ? generate(signal) : web())),
  );
  const connection = new RawConnection(serving.port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await connection.until(/one/);
  connection.close();
  await cancelled.promise;
});

test("a source is not read faster than the client reads", async () => {
  let made = 0;
  async function* chunks() {
    for (; made < 2000; made += 1) yield Buffer.alloc(65_536);
  }
  const serving = await start(http.get("/").handle(() => reply.stream(chunks())));
  const connection = new RawConnection(serving.port);
  connection.socket.pause();
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await pause(300);
  expect(made).toBeLessThan(500);
  connection.close();
});

test("a handler that throws, returns nothing, or gives an impossible status is 500, and the reason is in the log", async () => {
  const wrong: ((request: HttpRequest) => unknown)[] = [
    () => {
      throw new Error("secret");
    },
    () => undefined,
    () => ({ status: 42, headers: {}, body: null }),
    () => reply.text("x", { headers: { "x-a": "1\r\nx-b: 2" } }),
  ];
  for (const handler of wrong) {
    logged.length = 0;
    const serving = await start(http.get("/").handle(handler as never));
    const { status, content } = await raw(serving, "/");
    expect(status).toBe(500);
    expect(content).not.toContain("secret");
    expect(logged.map(({ level }) => level)).toEqual(["error"]);
  }
});

test("a handler that never settles is 504", async () => {
  const serving = await start(
    http.get("/").handle(() => new Promise<never>(() => {})),
    { timeoutMs: 100 },
  );
  expect((await raw(serving, "/")).status).toBe(504);
  expect(logged.map(({ level }) => level)).toEqual(["error"]);
});

test("headers that never end are 408, and the connection closes", async () => {
  const serving = await start(echo, { headersTimeoutMs: 200 });
  const connection = new RawConnection(serving.port).send("GET / HTTP/1.1\r\nHost: a\r\n");
  expect(await connection.closed()).toMatch(/^HTTP\/1\.1 408 /);
});

test("the health path is answered before any function, also for a base path, and can be turned off", async () => {
  const serving = await start(echo, { basePath: "/api" });
  expect(await (await fetch(`${serving.url}/healthz`)).text()).toBe("ok");
  for (const healthPath of ["healthz", "", true as never, null as never])
    await expect(serve(echo, { healthPath, port: 0 })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  const off = await start(echo, { healthPath: false });
  expect(await (await fetch(`${off.url}/healthz`)).json()).toMatchObject({ path: "/healthz" });
});

test("a stop lets requests under way finish, on connections that then close, and runs the hook after them", async () => {
  const order: string[] = [];
  const serving = await start(
    http.get("/").handle(async (_request, { waitUntil }) => {
      await pause(150);
      order.push("reply");
      waitUntil(pause(100).then(() => order.push("work")));
      return reply.text("done");
    }),
    { onShutdown: () => void order.push("hook") },
  );
  const connection = new RawConnection(serving.port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await pause(50);
  const stopped = serving.close();
  const text = await connection.closed();
  expect(text).toMatch(/done$/);
  expect(text.toLowerCase()).toContain("connection: close");
  expect(await stopped).toBe(true);
  expect(order).toEqual(["reply", "work", "hook"]);
  await expect(fetch(serving.url)).rejects.toThrow();
});

test("a stop answers what comes on an open connection, and its health path says so", async () => {
  const serving = await start(echo);
  const connection = new RawConnection(serving.port).send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  const health = new RawConnection(serving.port).send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  await Promise.all([connection.until(/"body"/), health.until(/ok$/)]);
  const stopped = serving.close();
  connection.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  health.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await connection.closed()).toContain('"path":"/b"');
  expect(await health.closed()).toMatch(/503 [\s\S]*stopping$/);
  expect(await stopped).toBe(true);
});

test("a stop ends idle connections, and at its limit the others; their signals abort before", async () => {
  let reason: unknown;
  const serving = await start(
    http.get("/").handle(async (_request, { signal }) => {
      signal.addEventListener("abort", () => {
        reason ??= signal.reason;
      });
      return new Promise<never>(() => {});
    }),
    { shutdownTimeoutMs: 600 },
  );
  const idle = new RawConnection(serving.port).send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  await idle.until(/ok$/);
  const stuck = new RawConnection(serving.port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await pause(30);
  const startMs = Date.now();
  expect(await serving.close()).toBe(false);
  expect(Date.now() - startMs).toBeLessThan(1500);
  await Promise.all([idle.closed(), stuck.closed()]);
  expect(reason).toMatchObject({ code: "UNAVAILABLE" });
});

test("a hook that fails or never ends does not hold the stop", async () => {
  const fails = await start(echo, { onShutdown: () => Promise.reject(new Error("pool")) });
  expect(await fails.close()).toBe(false);
  const hangs = await start(echo, { onShutdown: () => new Promise(() => {}), shutdownTimeoutMs: 300 });
  expect(await hangs.close()).toBe(false);
});

test("keep-alive connections are used again", async () => {
  const serving = await start(echo);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports: (number | undefined)[] = [];
  for (let index = 0; index < 3; index += 1) {
    await new Promise<void>((resolve, reject) => {
      const request = send(`${serving.url}/`, { agent }, (response) => {
        ports.push(response.socket.localPort);
        response.resume().on("end", resolve);
      });
      request.on("error", reject).end();
    });
  }
  expect(new Set(ports).size).toBe(1);
  agent.destroy();
});

test("the context tells the trace of the caller, and each request has an id of its own", async () => {
  const serving = await start(
    http
      .get("/")
      .handle((request, { trace, id, platform, functionName }) =>
        reply.json({ trace: trace.traceId, same: request.id === id, id, platform, functionName }),
      ),
    { name: "orders" },
  );
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const ask = async () => (await raw(serving, "/", `traceparent: ${traceparent}\r\n`)).json();
  const first = await ask();
  const second = await ask();
  expect(first).toMatchObject({
    trace: "0af7651916cd43dd8448eb211c80319c",
    same: true,
    platform: "node",
    functionName: "orders",
  });
  expect(second.id).not.toBe(first.id);
});

test("an identity comes from the option alone", async () => {
  const whoami = http.get("/").handle(({ identity }) => reply.json({ id: identity?.id ?? null }));
  expect((await raw(await start(whoami), "/", "X-Goog-Authenticated-User-Id: 7\r\n")).json()).toEqual({ id: null });
  const identity = () => ({ provider: "mtls", id: "cn=ada", scopes: [], roles: [], claims: {} });
  expect((await raw(await start(whoami, { identity }), "/")).json()).toEqual({ id: "cn=ada" });
});

test("a port that is taken, and a PORT that is none, are errors where serve is called", async () => {
  const serving = await start(echo);
  await expect(start(echo, { port: serving.port })).rejects.toThrow(/EADDRINUSE/);
  vi.stubEnv("PORT", "http");
  await expect(serve(echo, { signals: [] })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  vi.unstubAllEnvs();
});

test("log lines are single lines of JSON with time, level, message and ids", async () => {
  const write = vi.mocked(process.stdout.write);
  const serving = await serve(
    http.get("/").handle((_request, { log }) => {
      log.info("two\nlines", { order: 7n });
      return reply.empty();
    }),
    { port: 0, host: "127.0.0.1", signals: [] },
  );
  running.push(serving);
  await fetch(serving.url);
  const line = write.mock.calls.map(([text]) => String(text)).find((text) => text.includes("order")) as string;
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(JSON.parse(line)).toMatchObject({
    level: "info",
    message: "two\nlines",
    order: "7",
    invocationId: expect.any(String),
    traceId: expect.any(String),
  });
});

test("absurd content types are only text", async () => {
  const serving = await start(http.post("/").handle(async (request) => reply.json(await request.json())));
  for (const type of ["\xff/\xff", ";;;", "text/plain; charset=nonsense", "x".repeat(5000)]) {
    const answer = await raw(serving, "/", `Content-Type: ${type}\r\nContent-Length: 2\r\n`, "{}", "POST");
    expect(answer.status).toBe(200);
  }
});
