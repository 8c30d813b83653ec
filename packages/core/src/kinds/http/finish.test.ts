import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { chunks } from "../../../test/source.js";
import { cancelBody, collectBody, finishReply, normalizeReply } from "./finish.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";

const refused = expect.objectContaining({ code: "REPLY_INVALID" });

test.each([undefined, null, "text", 42, [], () => 1, {}, { status: "200" }])("%j is not a reply", (result) => {
  expect(() => normalizeReply(result)).toThrow(refused);
});

test.each([0, 99, 100, 101, 199, 600, 999, 200.5, Number.NaN, -1, Number.POSITIVE_INFINITY])(
  "the status %s cannot be sent",
  (status) => {
    expect(() => normalizeReply({ status, headers: {}, body: null })).toThrow(refused);
  },
);

test.each(["a\r\nset-cookie: x=1", "a\nb", "a\rb", "a\0b", "é", "\u2028", "\x7f"])(
  "the header value %j is refused",
  (value) => {
    expect(() => normalizeReply(reply.text("x", { headers: { "x-a": value } }))).toThrow(refused);
    expect(() => normalizeReply(reply.text("x", { headers: { "set-cookie": ["a=1", value] } }))).toThrow(refused);
  },
);

test.each(["", "a b", "a\r\nb", "a:b", "é"])("the header name %j is refused", (name) => {
  expect(() => normalizeReply({ status: 200, headers: { [name]: "x" }, body: null })).toThrow(refused);
});

test("a checked reply of reply.* is the same object", () => {
  const response = reply.json({}, { headers: { "x-a": "a\tb" } });
  expect(normalizeReply(response)).toBe(response);
});

test("a reply written by hand gets lower-case names and a null body", () => {
  expect(
    normalizeReply({ status: 200, headers: { "X-A": "1", "x-n": 5, "x-u": undefined, "X-L": ["a", "b"] } }),
  ).toEqual({
    status: 200,
    headers: { "x-a": "1", "x-n": "5", "x-l": ["a", "b"] },
    body: null,
  });
  expect(normalizeReply({ status: 204 })).toEqual({ status: 204, headers: {}, body: null });
});

test.each([42, {}, true, new Map()])("the body %j is refused", (body) => {
  expect(() => normalizeReply({ status: 200, headers: {}, body })).toThrow(refused);
});

test("a web-standard Response becomes plain data, with its cookies apart", async () => {
  const response = new Response("bödy", {
    status: 201,
    headers: [
      ["X-A", "1"],
      ["set-cookie", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
      ["set-cookie", "b=2"],
    ],
  });
  const { status, headers, body } = normalizeReply(response);
  expect(status).toBe(201);
  expect(headers).toEqual({
    "content-type": "text/plain;charset=UTF-8",
    "x-a": "1",
    "set-cookie": ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2"],
  });
  expect(new TextDecoder().decode((await collectBody(body, 100)) as Uint8Array)).toBe("bödy");
});

test("a Response without a body, a redirect and an error are told apart", async () => {
  expect(normalizeReply(new Response(null, { status: 204 })).body).toBeNull();
  expect(normalizeReply(Response.redirect("https://example.com/"))).toMatchObject({
    status: 302,
    headers: { location: "https://example.com/" },
  });
  expect(() => normalizeReply(Response.error())).toThrow(refused);
  const used = new Response("x");
  await used.text();
  expect(() => normalizeReply(used)).toThrow(refused);
});

test.each([
  ["HEAD", 200],
  ["GET", 204],
  ["GET", 205],
  ["GET", 304],
])("%s %i has no body, and lets go of a streamed one", async (method, status) => {
  let released = 0;
  async function* source() {
    try {
      yield "x";
    } finally {
      released += 1;
    }
  }
  const started = source();
  await started.next();
  expect(finishReply(method, { status, headers: { "x-a": "1" }, body: started })).toEqual({
    status,
    headers: { "x-a": "1" },
    body: null,
  });
  let cancelled = false;
  const web = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  finishReply(method, { status, headers: {}, body: web });
  await new Promise((resolve) => setTimeout(resolve));
  expect([released, cancelled]).toEqual([1, true]);
});

test("fields of the connection are taken out", () => {
  const headers = {
    connection: "close",
    "transfer-encoding": "chunked",
    "keep-alive": "x",
    upgrade: "h2c",
    te: "x",
    trailer: "x",
    "x-a": "1",
  };
  expect(finishReply("GET", { status: 200, headers, body: "x" }).headers).toEqual({ "x-a": "1" });
});

test("a content-length is left to the platform where the length is known, and kept on a stream and for HEAD", () => {
  const headers = { "content-length": "999" };
  expect(finishReply("GET", { status: 200, headers, body: "x" }).headers).toEqual({});
  expect(finishReply("GET", { status: 204, headers, body: null }).headers).toEqual({});
  expect(finishReply("GET", { status: 200, headers, body: chunks("x") }).headers).toEqual(headers);
  expect(finishReply("HEAD", { status: 200, headers, body: null }).headers).toEqual(headers);
});

test("a reply that needs nothing is the same object", () => {
  const response = reply.json({});
  expect(finishReply("GET", response)).toBe(response);
});

async function read(body: HttpReply["body"]): Promise<string> {
  return new TextDecoder().decode((await collectBody(body, 1000)) as Uint8Array);
}

test("generators, web streams and Node streams are read alike", async () => {
  expect(await read(chunks("a", "b"))).toBe("ab");
  expect(await read(new Response("ab").body)).toBe("ab");
  expect(await read(Readable.from(["a", Buffer.from("b")]))).toBe("ab");
});

test("a body that is no stream is collected as it is", async () => {
  expect(await collectBody("x", 0)).toBe("x");
  expect(await collectBody(null, 0)).toBeNull();
});

test("a collected stream has a limit, and its source is let go", async () => {
  let released = false;
  async function* endless() {
    try {
      for (;;) yield "xxxx";
    } finally {
      released = true;
    }
  }
  await expect(collectBody(endless(), 10)).rejects.toMatchObject({ code: "REPLY_INVALID" });
  expect(released).toBe(true);
});

test.each(["0x3", "+3", "3.0", "3e0", "-1", "abc", "3, 3", ["3", "4"]])(
  "a content-length of %j is not sent, of a stream or to HEAD",
  (length) => {
    const headers = { "content-length": length };
    expect(finishReply("GET", reply.stream(chunks("abc"), { headers })).headers).not.toHaveProperty("content-length");
    expect(finishReply("HEAD", reply.stream(chunks("abc"), { headers })).headers).not.toHaveProperty("content-length");
  },
);

test("a content-length that is one number stays on a stream and to HEAD", () => {
  const headers = { "content-length": "3" };
  expect(finishReply("GET", reply.stream(chunks("abc"), { headers })).headers).toMatchObject(headers);
  expect(finishReply("HEAD", reply.text("abc", { headers })).headers).toMatchObject(headers);
});

test("a body that somebody reads already is refused, and letting go of it throws nothing", () => {
  const body = new Response("x").body as ReadableStream;
  body.getReader();
  expect(() => normalizeReply({ status: 200, headers: {}, body })).toThrow(refused);
  expect(() => cancelBody(body)).not.toThrow();
});

test.each(["HEAD", "GET"])(
  "a file that cannot be opened does not end the process, whether %s reads it or not",
  async (method) => {
    const file = createReadStream("/no/such/file");
    const finished = finishReply(method, normalizeReply(reply.stream(file)));
    // Layers may take their time.
    await new Promise((resolve) => file.once("close", () => resolve(undefined)));
    if (method === "GET") await expect(collectBody(finished.body, 10)).rejects.toThrow("ENOENT");
  },
);
