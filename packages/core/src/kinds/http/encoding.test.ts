import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testRequest } from "../../../test/source.js";
import { isEncoded } from "./encoding.js";
import { collectBody, finishReply, normalizeReply } from "./finish.js";
import { http } from "./function.js";
import * as reply from "./reply.js";
import { encodedContent } from "./request.js";

const plain = "a text that is long enough ".repeat(20);
const coders: Record<string, (text: string) => Buffer> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
};
const upstream = createServer((request, response) => {
  const coding = request.url?.slice(1) ?? "";
  const body = coders[coding]?.(plain) ?? Buffer.from(plain);
  response.writeHead(200, {
    "content-type": "text/plain",
    "content-length": body.byteLength,
    etag: '"v1"',
    "content-digest": "sha-256=:AA==:",
    "x-hop": "secret",
    connection: "close, X-Hop",
    ...(coding in coders && { "content-encoding": coding }),
    ...(coding === "unknown" && { "content-encoding": "x-own" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => upstream.close(resolve)));

const textOf = async (response: Response) => {
  const body = await collectBody(normalizeReply(response).body, 1_000_000);
  return typeof body === "string" ? body : new TextDecoder().decode(body ?? new Uint8Array());
};

test.each(["gzip", "deflate", "br"])(
  "a fetched reply of %s is handed on as what it is by then: plain",
  async (coding) => {
    const { headers } = finishReply("GET", normalizeReply(await fetch(`${origin}/${coding}`)));
    for (const name of ["content-encoding", "content-length", "content-digest", "connection", "x-hop"])
      expect(headers).not.toHaveProperty(name);
    expect(headers).toMatchObject({ "content-type": "text/plain", etag: 'W/"v1"' });
    expect(await textOf(await fetch(`${origin}/${coding}`))).toBe(plain);
    expect(await textOf((await fetch(`${origin}/${coding}`)).clone())).toBe(plain);
  },
);

test("a fetched reply that is plain keeps its length and its tag", async () => {
  const { headers } = finishReply("GET", normalizeReply(await fetch(`${origin}/plain`)));
  expect(headers).toMatchObject({
    "content-length": String(plain.length),
    etag: '"v1"',
    "content-digest": "sha-256=:AA==:",
  });
  expect(headers).not.toHaveProperty("x-hop");
});

test("a fetched reply of a coding that fetch does not know keeps the coding's name", async () => {
  const { headers } = normalizeReply(await fetch(`${origin}/unknown`));
  expect(headers).toMatchObject({ "content-encoding": "x-own", "content-length": String(plain.length) });
});

test("HEAD of a compressed upstream has the fields of its GET", async () => {
  const { headers, body } = finishReply("HEAD", normalizeReply(await fetch(`${origin}/gzip`, { method: "HEAD" })));
  expect(body).toBeNull();
  expect(headers).not.toHaveProperty("content-encoding");
  expect(headers).not.toHaveProperty("content-length");
  expect(finishReply("HEAD", normalizeReply(await fetch(`${origin}/plain`, { method: "HEAD" }))).headers).toMatchObject(
    {
      "content-length": String(plain.length),
    },
  );
});

test("a Response that the handler made keeps what the handler says of it", () => {
  const headers = { "content-encoding": "gzip", etag: '"v1"', "x-a": "b" };
  expect(normalizeReply(new Response(gzipSync(plain), { headers })).headers).toEqual(headers);
});

test("the answer to HEAD has the length of the body that GET has", () => {
  const lengthOf = (response: Parameters<typeof finishReply>[1]) =>
    finishReply("HEAD", response).headers["content-length"];
  expect(lengthOf(reply.json({ a: "é" }))).toBe("10");
  expect(lengthOf(reply.bytes(new Uint8Array(7)))).toBe("7");
  expect(lengthOf(reply.text("abc", { headers: { "content-length": "99" } }))).toBe("3");
  expect(lengthOf(reply.text(""))).toBe("0");
  const stream = async function* () {
    yield "abc";
  };
  expect(lengthOf(reply.stream(stream(), { headers: { "content-length": "3" } }))).toBe("3");
  expect(lengthOf(reply.stream(stream()))).toBeUndefined();
  expect(lengthOf(reply.empty())).toBeUndefined();
  expect(lengthOf({ status: 304, headers: {}, body: "not sent" })).toBeUndefined();
  expect(lengthOf({ status: 204, headers: { "content-length": "3" }, body: null })).toBeUndefined();
});

test.each([
  [undefined, false],
  [null, false],
  ["", false],
  ["identity", false],
  [" Identity , identity", false],
  ["gzip", true],
  ["GZIP", true],
  ["identity, br", true],
  ["x-own", true],
])("content-encoding %j: a body that is compressed is %s", (coding, encoded) => {
  expect(isEncoded(coding)).toBe(encoded);
});

const compressed = () =>
  testRequest({
    method: "POST",
    body: gzipSync('{"a":1}'),
    headers: [
      ["content-encoding", "gzip"],
      ["content-type", "application/json"],
    ],
  });

test.each(["json", "text", "bytes", "formData", "body"] as const)(
  "a compressed body is refused with 415 by %s",
  async (how) => {
    const fn = http.post("/").handle(async (request) => {
      await (how === "body" ? request.body : request[how]());
      return reply.empty();
    });
    expect(await fn(compressed())).toMatchObject({
      status: 415,
      headers: { "accept-encoding": "identity" },
      body: expect.stringContaining("compressed"),
    });
  },
);

test("what reads HTTP itself gets a compressed body as it came, with its fields", async () => {
  const request = compressed().toRequest();
  expect(request.headers.get("content-encoding")).toBe("gzip");
  expect(Buffer.from(await request.arrayBuffer())).toEqual(gzipSync('{"a":1}'));
  expect(Buffer.from(await encodedContent(compressed()).bytes())).toEqual(gzipSync('{"a":1}'));
});

test("a request without a body has none, whatever its fields say", async () => {
  const request = testRequest({ method: "POST", body: "", headers: [["content-encoding", "gzip"]] });
  expect([await request.text(), request.body]).toEqual(["", null]);
});
