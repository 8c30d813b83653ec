import { expect, test } from "vitest";
import { testRequest } from "../../../test/source.js";
import type { Middleware } from "../../middleware.js";
import { normalizeReply } from "./finish.js";
import { http } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import * as reply from "./reply.js";
import { appendHeader, normalizeHeaders, withHeaders } from "./reply-headers.js";
import type { HttpRequest } from "./request.js";

type Layer = Middleware<HttpRequest, object, object, HttpReply>;

/** What a middleware in plain JavaScript may return, which the types refuse. */
const returning = (change: (inner: HttpReply) => unknown): Layer =>
  (async (_request: HttpRequest, _context: object, next: () => Promise<HttpReply>) => change(await next())) as Layer;

/** What the middleware outside one of these sees, and what is sent. */
async function through(change: (inner: HttpReply) => unknown, first: HttpReply = reply.text("x")) {
  let seen: HttpReply | undefined;
  const observe = returning((inner) => {
    seen = inner;
    return inner;
  });
  const sent = await http
    .use(observe)
    .use(returning(change))
    .get("/a")
    .handle(() => first)(testRequest({ path: "/a" }));
  return { seen, sent };
}

test.each([
  ["a reply with names in other cases", { status: 200, headers: { "X-A": "1", VARY: "b" }, body: "x" }],
  ["two spellings of a list", { status: 200, headers: { Vary: "b", "X-A": "1" }, body: "x" }],
  [
    "numbers, undefined and null",
    { status: 200, headers: { "x-a": 1, vary: "b", "x-u": undefined, "x-n": null }, body: "x" },
  ],
])("a middleware returns %s: the one outside it sees lower-case names and text", async (_name, returned) => {
  const { seen, sent } = await through(() => returned);
  expect(seen).toEqual({ status: 200, headers: { "x-a": "1", vary: "b" }, body: "x" });
  expect(sent).toEqual(seen);
});

test("a middleware returns a web-standard Response: the one outside it sees plain data, its cookies apart", async () => {
  const headers = new Headers({ "X-A": "1" });
  headers.append("set-cookie", "a=1");
  headers.append("set-cookie", "b=2");
  const { seen } = await through(() => new Response(null, { status: 202, headers }));
  expect(seen).toEqual({ status: 202, headers: { "x-a": "1", "set-cookie": ["a=1", "b=2"] }, body: null });
});

test("a middleware returns no headers and no body: the one outside it sees empty ones", async () => {
  expect((await through(() => ({ status: 204 }))).seen).toEqual({ status: 204, headers: {}, body: null });
});

test("a middleware that is not async is one all the same", async () => {
  const sync = (() => ({ status: 200, headers: { "X-A": "1" }, body: null })) as object as Layer;
  const seen = (inner: HttpReply) => ({ ...inner, status: inner.headers["x-a"] === "1" ? 201 : 500 });
  const fn = http
    .use(returning(seen))
    .use(sync)
    .get("/a")
    .handle(() => reply.empty());
  expect(await fn(testRequest({ path: "/a" }))).toMatchObject({ status: 201 });
});

test("a middleware returns the reply that next gave: the one outside it sees the same object", async () => {
  const first = reply.text("x", { headers: { "x-a": "1" } });
  expect((await through((inner) => inner, first)).seen).toBe(first);
});

test("what a middleware writes into the reply that next gave is still looked at before it is sent", async () => {
  const write = (name: string, line: string) => (inner: HttpReply) => {
    (inner.headers as Record<string, string>)[name] = line;
    return inner;
  };
  expect((await through(write("X-A", "1"), reply.text("x"))).sent.headers).toMatchObject({ "x-a": "1" });
  expect((await through(write("x-a", "1\r\nset-cookie: a=1"), reply.text("x"))).sent.status).toBe(500);
});

test.each([undefined, null, "text", { status: 99 }, { status: 200, headers: { "x-a": "a\r\nb" } }])(
  "a middleware returns %j, which is no reply: the one outside it catches the error, and can mark the reply",
  async (returned) => {
    const mark: Layer = async (_request, _context, next) => {
      try {
        return await next();
      } catch (error) {
        return withHeaders(reply.problem(error), { "x-mark": "1" });
      }
    };
    const fn = http
      .use(mark)
      .use(returning(() => returned))
      .get("/a")
      .handle(() => reply.empty());
    expect(await fn(testRequest({ path: "/a" }))).toMatchObject({
      status: 500,
      headers: { "x-mark": "1" },
      error: { code: "REPLY_INVALID" },
    });
  },
);

test("cookies that middlewares add, in whatever case, come to those of the handler", async () => {
  const { sent } = await through(
    (inner) => ({ ...inner, headers: { ...inner.headers, "Set-Cookie": "b=2" } }),
    reply.text("x", { cookies: { a: "1" } }),
  );
  expect(sent.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
});

test("two spellings of one name are one field: lists are joined, of any other field the later value stays", () => {
  const headers = {
    vary: "Origin",
    Vary: "Accept-Language",
    link: ["</a>; rel=next"],
    LINK: "</b>; rel=prev",
    "Content-Type": "text/csv",
    "content-type": "text/plain",
    "cache-control": "public",
    "Cache-Control": "no-store",
  };
  const expected = {
    vary: "Origin, Accept-Language",
    link: "</a>; rel=next, </b>; rel=prev",
    "content-type": "text/plain",
    "cache-control": "no-store",
  };
  expect(normalizeReply({ status: 200, headers, body: null }).headers).toEqual(expected);
  expect(normalizeReply(reply.empty({ headers })).headers).toEqual(expected);
  expect(withHeaders(reply.empty(), headers).headers).toEqual(expected);
  expect(withHeaders({ status: 200, headers, body: null }, {}).headers).toEqual(expected);
});

test("withHeaders and appendHeader find a field of a reply made by hand, whatever its case", () => {
  const byHand = { status: 200, headers: { "Cache-Control": "public", VARY: "Origin" }, body: null };
  expect(withHeaders(byHand, { "cache-control": "no-store" }).headers).toEqual({
    "cache-control": "no-store",
    vary: "Origin",
  });
  expect(appendHeader(byHand, "Vary", "Accept").headers).toEqual({ "cache-control": "public", vary: "Origin, Accept" });
  expect(
    appendHeader({ status: 200, headers: { "Set-Cookie": "a=1" }, body: null }, "set-cookie", "b=2").headers,
  ).toEqual({
    "set-cookie": ["a=1", "b=2"],
  });
  const without = { status: 204 } as HttpReply;
  expect(withHeaders(without, { "X-A": "1" }).headers).toEqual({ "x-a": "1" });
  expect(appendHeader(without, "X-A", "1").headers).toEqual({ "x-a": "1" });
});

test.each([[["a", "b"]], [[["x-a", "1"]]], "x-a: 1", 5])("the headers %j are refused by name", (headers) => {
  expect(() => normalizeReply({ status: 200, headers, body: null })).toThrow(
    expect.objectContaining({ code: "REPLY_INVALID", message: expect.stringContaining("headers") }),
  );
});

// toLowerCase makes a `k` of the Kelvin sign: it would pass for cookie, link, keep-alive.
test("a name that is ASCII only after its case was mapped is refused", () => {
  for (const response of [
    reply.text("x", { headers: { "lin\u212a": "x" } }),
    withHeaders(reply.text("x"), { "lin\u212a": "x" }),
    appendHeader(reply.text("x"), "lin\u212a", "x"),
    { status: 200, headers: { "lin\u212a": "x" }, body: null },
  ]) {
    expect(() => normalizeReply(response)).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
  }
});

test.each([
  ["/\t/evil.com", "/%09/evil.com"],
  ["/\\evil.com", "/%5Cevil.com"],
  ["\\\\evil.com", "%5C%5Cevil.com"],
  [" \t//evil.com", "%20%09//evil.com"],
  ["/a b", "/a%20b"],
  ["https://shop.test/a?b=%20#c", "https://shop.test/a?b=%20#c"],
])("the location %j that is written by hand is encoded as redirect does it", (location, expected) => {
  for (const name of ["location", "Location"]) {
    expect(normalizeHeaders({ [name]: location })).toEqual({ location: expected });
    expect(normalizeHeaders({ [name]: location }, true)).toEqual({ location: expected });
  }
  expect(normalizeHeaders({ location: [location] })).toEqual({ location: [expected] });
  // Of another field these characters are its own affair.
  expect(normalizeHeaders({ "x-a": location })).toEqual({ "x-a": location });
});

test.each(["/\r\n/evil.com", "/\n", "/\r", "/\0", "/\x1f", "/\x7f"])("the location %j is refused", (location) => {
  for (const isLatin1 of [false, true]) {
    expect(() => normalizeHeaders({ location }, isLatin1)).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
  }
});

test("a location that is a path is given back as it is", () => {
  const headers = { location: "/a%20b" };
  expect(normalizeHeaders(headers)).toBe(headers);
});
