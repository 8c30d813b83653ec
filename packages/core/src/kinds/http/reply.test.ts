import { STATUS_CODES } from "node:http";
import { expect, test } from "vitest";
import { type ErrorCode, errorStatus, HandlerError } from "../../error.js";
import * as reply from "./reply.js";
import { appendHeader, withHeaders } from "./reply-headers.js";

test.each([
  [reply.json({ a: 1 }), 200, "application/json", '{"a":1}'],
  [reply.json(null), 200, "application/json", "null"],
  [reply.text("é"), 200, "text/plain; charset=utf-8", "é"],
  [reply.html("<p>"), 200, "text/html; charset=utf-8", "<p>"],
  [reply.empty(), 204, undefined, null],
  [reply.redirect("/x"), 302, undefined, null],
])("a reply is plain data", (response, status, type, body) => {
  expect(response).toMatchObject({ status, body });
  expect(response.headers["content-type"]).toBe(type);
});

test("bytes are octets unless said otherwise", () => {
  const bytes = new Uint8Array([1]);
  expect(reply.bytes(bytes)).toEqual({
    status: 200,
    headers: { "content-type": "application/octet-stream" },
    body: bytes,
  });
  expect(reply.bytes(bytes, { headers: { "Content-Type": "image/png" } }).headers).toEqual({
    "content-type": "image/png",
  });
});

test("status, headers and cookies are given beside the body", () => {
  const response = reply.json(
    {},
    {
      status: 201,
      headers: { Location: "/1", "set-cookie": "z=0" },
      cookies: { a: "1", b: { value: "2", httpOnly: true } },
    },
  );
  expect(response.status).toBe(201);
  expect(response.headers).toEqual({
    "content-type": "application/json",
    location: "/1",
    "set-cookie": ["z=0", "a=1", "b=2; HttpOnly"],
  });
});

test("what has no JSON form is refused", () => {
  expect(() => reply.json(undefined)).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
  expect(() => reply.json(() => 1)).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
  expect(() => reply.json(1n)).toThrow(TypeError);
});

const here = "https://shop.example.com/cart";

test.each([
  ["/\t/evil.com", "/%09/evil.com"],
  ["/\r\n/evil.com", "/%0D%0A/evil.com"],
  ["\0\x1f/\x7f", "%00%1F/%7F"],
  ["/\\evil.com", "/%5Cevil.com"],
  ["\\\\evil.com", "%5C%5Cevil.com"],
  ["\t//evil.com", "%09//evil.com"],
  [" //evil.com", "%20//evil.com"],
  ["//evil.com/a", "/.//evil.com/a"],
  ["///evil.com", "/.///evil.com"],
])("a redirect to %j, as a request may have brought it, stays on this site", (location, expected) => {
  const sent = reply.redirect(location).headers.location as string;
  expect(sent).toBe(expected);
  // What browsers do with it.
  expect(new URL(sent, here).origin).toBe("https://shop.example.com");
});

test("a redirect with a status that sends no client anywhere is refused", () => {
  for (const status of [200, 201, 299, 400, Number.NaN])
    expect(() => reply.redirect("/", { status })).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
  for (const status of [301, 303, 307, 308]) expect(reply.redirect("/", { status }).status).toBe(status);
});

test("a redirect has one location, whatever else the headers say", () => {
  expect(reply.redirect("/a", { headers: { Location: "/b", "X-A": "1" } }).headers).toEqual({
    location: "/a",
    "x-a": "1",
  });
});

test("a redirect percent-encodes what a header cannot carry, and nothing else", () => {
  expect(reply.redirect("/é x?q=%20#f").headers.location).toBe("/%C3%A9%20x?q=%20#f");
  expect(reply.redirect(new URL("https://example.com/a")).headers.location).toBe("https://example.com/a");
  expect(reply.redirect("/x", { status: 308 }).status).toBe(308);
});

test("a known error shows its message, code and details", () => {
  const error = new HandlerError("CONFLICT", "Already there.", {
    details: { id: 1 },
    hint: "secret hint",
    cause: new Error("secret cause"),
  });
  const response = reply.problem(error);
  expect(response).toMatchObject({ status: 409, headers: { "content-type": "application/problem+json" }, error });
  expect(JSON.parse(response.body as string)).toEqual({
    type: "about:blank",
    title: "Conflict",
    status: 409,
    detail: "Already there.",
    code: "CONFLICT",
    details: { id: 1 },
  });
});

test.each([
  new Error("secret"),
  "secret",
  undefined,
  null,
  { message: "secret" },
  new HandlerError("CONFIG_INVALID", "secret", { details: "secret" }),
])("nothing of an unknown or internal error is shown", (error) => {
  const response = reply.problem(error);
  expect(response.status).toBe(500);
  expect(response.body).not.toContain("secret");
  expect(response.error).toBe(error);
});

test("an error's headers stand on its reply", () => {
  const error = new HandlerError("TOO_MANY_REQUESTS", "Slow down.", { headers: { "retry-after": "5" } });
  expect(reply.problem(error, { headers: { "x-a": "1" } }).headers).toMatchObject({ "retry-after": "5", "x-a": "1" });
});

test("a problem can be written out, with extensions", () => {
  const response = reply.problem({
    status: 402,
    title: "Out of credit",
    type: "https://example.com/credit",
    detail: "d",
    balance: 30,
  });
  expect(JSON.parse(response.body as string)).toEqual({
    type: "https://example.com/credit",
    title: "Out of credit",
    status: 402,
    detail: "d",
    balance: 30,
  });
  expect("error" in response).toBe(false);
});

test("headers are set and appended on copies", () => {
  const response = reply.text("x", { headers: { vary: "accept" } });
  expect(withHeaders(response, { "X-A": "1" }).headers).toMatchObject({ "x-a": "1" });
  expect(appendHeader(response, "Vary", "origin").headers.vary).toBe("accept, origin");
  expect(appendHeader(appendHeader(response, "set-cookie", "a=1"), "set-cookie", "b=2").headers["set-cookie"]).toEqual([
    "a=1",
    "b=2",
  ]);
  expect(response.headers).toEqual({ "content-type": "text/plain; charset=utf-8", vary: "accept" });
});

test.each([Number.POSITIVE_INFINITY, Number.NaN, 0, -1, 2 ** 31, "15000"])(
  "sse: keepAliveMs %j is refused",
  (keepAliveMs) => {
    const events = (async function* () {
      yield { data: 1 };
    })();
    expect(() => reply.sse(events, { keepAliveMs: keepAliveMs as number })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining("15000") }),
    );
  },
);

test("the status member of a problem is the status of its reply", () => {
  for (const problem of [{ status: 400, title: "Odd" }, new HandlerError("NOT_FOUND", "None."), new Error("x")]) {
    const { status, body } = reply.problem(problem, { status: 410 });
    expect([status, JSON.parse(body as string).status]).toEqual([410, 410]);
  }
});

test.each([
  ["PAYMENT_REQUIRED", 402],
  ["REQUEST_TIMEOUT", 408],
  ["RANGE_NOT_SATISFIABLE", 416],
  ["LOCKED", 423],
  ["FAILED_DEPENDENCY", 424],
  ["PRECONDITION_REQUIRED", 428],
  ["UNAVAILABLE_FOR_LEGAL_REASONS", 451],
  ["INSUFFICIENT_STORAGE", 507],
] as const)("%s is answered with %i, and shows its message", (code, status) => {
  const response = reply.problem(new HandlerError(code, "Because."));
  expect(response.status).toBe(status);
  expect(JSON.parse(response.body as string)).toMatchObject({ status, code, detail: "Because." });
});

test.each([
  ["ALREADY_EXISTS", "Conflict"],
  ["INPUT_INVALID", "Bad Request"],
  ["EVENT_MALFORMED", "Bad Request"],
  ["TOO_LARGE", "Content Too Large"],
  ["UNPROCESSABLE", "Unprocessable Content"],
  ["UNAVAILABLE", "Service Unavailable"],
  ["TIMEOUT", "Gateway Timeout"],
  ["UNAVAILABLE_FOR_LEGAL_REASONS", "Unavailable For Legal Reasons"],
] as const)("a problem without a type has its status' phrase for a title: %s", (code, title) => {
  const { body } = reply.problem(new HandlerError(code, "Because."));
  expect(JSON.parse(body as string)).toMatchObject({ type: "about:blank", title, code });
});

test("every code has a title, which the phrases of node:http confirm", () => {
  for (const [code, status] of Object.entries(errorStatus)) {
    const { title } = JSON.parse(reply.problem(new HandlerError(code as ErrorCode, "x")).body as string);
    // Node has the phrases of RFC 7231 for two, and none for 499, which is not registered.
    const newer: Record<number, string> = {
      413: "Content Too Large",
      422: "Unprocessable Content",
      499: "Client Closed Request",
    };
    expect(title).toBe(newer[status] ?? STATUS_CODES[status]);
  }
});

test("a problem that is written out without a title has the phrase, and one of no known status has none", () => {
  expect(JSON.parse(reply.problem({ status: 404 }).body as string)).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
  });
  expect(JSON.parse(reply.problem({ status: 499 + 80 }).body as string)).toEqual({ type: "about:blank", status: 579 });
});

test("an error's own code, type and title stand in its problem reply, beside the closed code", () => {
  const error = new HandlerError("CONFLICT", "Out of stock.", {
    appCode: "OUT_OF_STOCK",
    type: "https://shop.example/problems/out-of-stock",
    title: "Out of stock",
    hint: "secret",
    cause: new Error("secret"),
  });
  expect(JSON.parse(reply.problem(error).body as string)).toEqual({
    type: "https://shop.example/problems/out-of-stock",
    title: "Out of stock",
    status: 409,
    code: "CONFLICT",
    appCode: "OUT_OF_STOCK",
    detail: "Out of stock.",
  });
});

test("a type without a title has the status' phrase, an application code needs no type, and publicMessage hides neither", () => {
  const read = (error: HandlerError) => JSON.parse(reply.problem(error).body as string);
  expect(read(new HandlerError("CONFLICT", "x", { type: "/problems/stock" }))).toMatchObject({
    type: "/problems/stock",
    title: "Conflict",
  });
  const hidden = new HandlerError("CONFLICT", "secret", { appCode: "SOLD", details: "secret", publicMessage: "Sold." });
  expect(read(hidden)).toEqual({
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "CONFLICT",
    appCode: "SOLD",
    detail: "Sold.",
  });
});

test("of an error whose code is for the log alone, the application's code, type and title are for it too", () => {
  const error = new HandlerError("INTERNAL", "x", { appCode: "SECRET", type: "https://secret.test/", title: "secret" });
  expect(reply.problem(error).body).not.toMatch(/secret/i);
});

test("an error of another copy of the package with a type that is none keeps the rest", () => {
  const foreign = Object.assign(new Error("Sold."), { name: "HandlerError", code: "CONFLICT", type: "not a uri" });
  expect(JSON.parse(reply.problem(foreign).body as string)).toMatchObject({ type: "about:blank", detail: "Sold." });
});

test.each(["a b", "é", "", "1a:b", "<x>", "%zz", "a#b#c", 42, null])("the type %j of a problem is refused", (type) => {
  expect(() => reply.problem({ status: 400, type: type as string })).toThrow(
    expect.objectContaining({ code: "REPLY_INVALID", message: expect.stringContaining(JSON.stringify(type)) }),
  );
});
