import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HttpRequest, InvocationContext } from "@azure/functions";
import { http as azureHttp, setup } from "@portico/azure";
import { type HttpReply, http, reply } from "@portico/core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { invoke } from "../../packages/azure/test/worker.js";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "azure");
const filesOf = (folder: string) =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((file) => file.endsWith(".json")) : [];

interface RequestFile {
  request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    params: Record<string, string>;
    body?: string;
    bodyBase64?: string;
  };
}

interface ReplyFile {
  delivered: {
    status?: number | null;
    headers: Record<string, string>;
    body: string;
    cookies?: { name: string; value: string }[];
  };
}

const load = <T>(folder: string, file: string) =>
  JSON.parse(readFileSync(join(root, folder, file), "utf8"), (_key, value) =>
    typeof value?.$buffer === "string" ? Buffer.from(value.$buffer, "base64") : value,
  ) as T;

const context = () => new InvocationContext({ invocationId: "1", functionName: "corpus", logHandler: () => undefined });
let count = 0;
const register = (fn: Parameters<typeof azureHttp>[1]) => {
  count += 1;
  return { name: `corpus${count}`, handler: azureHttp(`corpus${count}`, fn, { trust: ["easy-auth"] }) };
};

const echo = register(
  http.any("/*rest").handle(async (request) =>
    reply.json({
      method: request.method,
      path: request.path,
      query: [...request.query],
      headers: Object.fromEntries(request.headers),
      cookies: { ...request.cookies },
      clientIp: request.clientIp ?? null,
      user: request.identity?.id ?? null,
      body: Buffer.from(await request.bytes()).toString("base64"),
    }),
  ),
);

const cookiesOf = (header = "") =>
  Object.fromEntries(header.split("; ").flatMap((pair) => (pair ? [pair.split("=")] : [])));

function expectDecoded(folder: string): void {
  test.each(filesOf(folder))("%s", async (file) => {
    const { request } = load<RequestFile>(folder, file);
    const { method, url, headers, params, body = "", bodyBase64 } = request;
    const bytes = bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, "base64");
    const given = new HttpRequest({ method, url, headers, params, body: { bytes } });
    const answer = await echo.handler(given, context());
    expect(answer.status).toBe(200);
    expect(method === "HEAD" ? null : JSON.parse(String(answer.body))).toEqual(
      method === "HEAD"
        ? null
        : {
            method,
            path: new URL(url).pathname.replace("/api", ""),
            query: [...new URL(url).searchParams],
            headers,
            cookies: cookiesOf(headers.cookie),
            clientIp: headers["x-forwarded-for"]?.split(":")[0] ?? null,
            user: headers["x-ms-client-principal"] ? "u1" : null,
            body: bytes.toString("base64"),
          },
    );
  });
}

async function* chunks(...parts: string[]) {
  for (const part of parts) {
    if (part === "!") throw new Error("mid-stream");
    yield part;
  }
}

const text = (body: string, init?: Parameters<typeof reply.text>[1]) => reply.text(body, init);
const untyped = (body: HttpReply["body"], status = 200): HttpReply => ({ status, headers: {}, body });

/** What a portable handler returns to say the same; those that Azure's library turns into failures are a 500 here. */
const outcomes: Record<string, () => unknown> = {
  asyncIterable: () => untyped(chunks("a", "b")),
  badStatus: () => untyped(null, 42),
  buffer: () => reply.bytes(Buffer.from([0, 1, 255])),
  cookies: () =>
    untypedWith([
      "a=1; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=None",
      "b=x%20y%3B%3D%C3%A9; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
    ]),
  empty: () => untyped(null),
  fetchResponse: () => new Response("native", { status: 202, headers: { "x-native": "1" } }),
  httpResponse: () => text("teapot", { status: 418, headers: { "content-type": "text/plain;charset=UTF-8" } }),
  json: () => reply.json({ a: 1 }, { status: 201, headers: { "x-a": "1" } }),
  negotiate: () => text("plain", { headers: { "content-type": "text/plain;charset=UTF-8" } }),
  noContentWithBody: () => untyped("text", 204),
  null: () => null,
  setCookieHeaders: () => ({
    ...untypedWith(["a=1; Path=/", "b=2; Path=/"]),
    headers: { "content-type": "text/plain;charset=UTF-8", "x-a": "1", "set-cookie": ["a=1; Path=/", "b=2; Path=/"] },
    body: "c",
  }),
  stream: () =>
    reply.stream(chunks("data: 0\n\n", "data: 1\n\n", "data: 2\n\n"), {
      headers: { "content-type": "text/event-stream" },
    }),
  streamThatFails: () => reply.stream(chunks("!")),
  string: () => "text",
  text: () => text("héllo", { headers: { "content-type": "text/plain;charset=UTF-8" } }),
  throw: () => {
    throw new Error("http handler failed");
  },
  throwStatus: () => {
    throw Object.assign(new Error("typed"), { status: 418 });
  },
  undefined: () => undefined,
};

function untypedWith(lines: string[]): HttpReply {
  return { status: 200, headers: { "set-cookie": lines }, body: null };
}

const platformHeaders = [
  "x-ms-invocation-id",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "set-cookie",
];
const ownHeaders = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !platformHeaders.includes(name)));

function handlerOf(file: string) {
  const outcome = outcomes[file.split(".")[0] as string];
  if (!outcome) throw new Error(`the corpus has a new outcome: ${file}`);
  return register(http.get("/x").handle(outcome as () => HttpReply));
}

if (!existsSync(root)) test.skip(`no corpus at ${root}: set PORTICO_CORPUS to read Azure's events`, () => undefined);
else {
  const silence = [vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
  beforeAll(() => {
    for (const spy of silence) spy.mockImplementation(() => undefined);
  });
  afterAll(() => {
    for (const spy of silence) spy.mockRestore();
  });

  describe("a buffered request is decoded", () => expectDecoded("http"));

  describe("what leaves the worker, buffered", () => {
    test.each(filesOf("http-response").filter((file) => !file.includes(".stream.")))("%s", async (file) => {
      const { delivered } = load<ReplyFile>("http-response", file);
      const { name } = handlerOf(file);
      const answer = await invoke(name, { method: "GET", url: "https://x.example/api/x" });
      // A failure, or nothing at all, is a proper error.
      if (delivered.status === undefined) return expect(answer.statusCode).toBe("500");
      expect(Number(answer.statusCode)).toBe(delivered.status);
      expect(Buffer.from(answer.body.bytes).toString()).toBe(delivered.body);
      expect(ownHeaders(answer.headers)).toEqual(ownHeaders(delivered.headers));
      for (const { name: cookie, value } of delivered.cookies ?? []) {
        expect(answer.cookies).toContainEqual(expect.objectContaining({ name: cookie, value }));
      }
    });
  });

  describe("a streamed request is decoded", () => {
    beforeAll(() => setup({ enableHttpStream: true }));
    expectDecoded("http-stream");
  });

  describe("what leaves the worker, streaming", () => {
    test.each(filesOf("http-response").filter((file) => file.includes(".stream.")))("%s", async (file) => {
      const { delivered } = load<ReplyFile>("http-response", file);
      const given = new HttpRequest({ method: "GET", url: "https://x.example/api/x" });
      const answer = await handlerOf(file).handler(given, context());
      if (delivered.status === null) return expect(answer.status).toBe(500);
      expect(answer.status).toBe(delivered.status);
      expect(await new Response(answer.body as BodyInit).text()).toBe(delivered.body);
      expect(ownHeaders(answer.headers as Record<string, string>)).toEqual(ownHeaders(delivered.headers));
    });
  });

  describe("an event of another trigger is refused by name", () => {
    const folders = readdirSync(root).filter((name) => !name.includes(".") && !name.startsWith("http"));
    const events = folders.flatMap((folder) => filesOf(folder).map((file) => [folder, file] as const));
    test.each(events)("%s/%s", async (folder, file) => {
      const { delivered } = load<{ delivered: { input: unknown } }>(folder, file);
      await expect(echo.handler(delivered.input as HttpRequest, context())).rejects.toMatchObject({
        code: "EVENT_UNSUPPORTED",
      });
    });
  });
}
