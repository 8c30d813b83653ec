import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCookies, serializeCookie } from "./cookies.js";

test.each([
  [null, {}],
  ["", {}],
  ["a=1; b=two", { a: "1", b: "two" }],
  ["a=1;b=2 ;  c = 3", { a: "1", b: "2", c: "3" }],
  ["a=1; a=2", { a: "1" }],
  ["a=x=y==", { a: "x=y==" }],
  ['a="quoted"', { a: "quoted" }],
  ["a=%C3%A9", { a: "é" }],
  ["a=%zz; b=%ff", { a: "%zz", b: "%ff" }],
  ["novalue; =noname; ;a=", { a: "" }],
  ["a=\u0000\u0001", { a: "\u0000\u0001" }],
])("%j is read as %j", (header, expected) => {
  expect({ ...parseCookies(header) }).toEqual(expected);
});

test("a cookie named __proto__ is a cookie like any other", () => {
  const cookies = parseCookies("__proto__=polluted; constructor=c");
  expect(Object.getPrototypeOf(cookies)).toBeNull();
  expect(Object.entries(cookies)).toContainEqual(["__proto__", "polluted"]);
  expect(cookies.constructor).toBe("c");
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("what is set is read back, whatever the value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      fc.pre(value.isWellFormed());
      const line = serializeCookie("name", value);
      expect(line).toMatch(/^[\x21-\x7e]+$/);
      expect(parseCookies(line)).toEqual({ __proto__: null, name: value });
    }),
  );
});

test("all attributes are written", () => {
  const line = serializeCookie("sid", {
    value: "a b",
    domain: "example.com",
    path: "/",
    maxAge: 3600.5,
    expires: new Date(0),
    httpOnly: true,
    secure: true,
    partitioned: true,
    sameSite: "Lax",
  });
  expect(line).toBe(
    "sid=a%20b; Max-Age=3600; Domain=example.com; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; SameSite=Lax",
  );
});

test("names and attributes cannot start another attribute or header", () => {
  expect(() => serializeCookie("a b", "x")).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
  expect(() => serializeCookie("a", { value: "x", path: "/; HttpOnly" })).toThrow(
    expect.objectContaining({ code: "REPLY_INVALID" }),
  );
  expect(() => serializeCookie("a", { value: "x", domain: "x\r\nset-cookie: b=1" })).toThrow(
    expect.objectContaining({ code: "REPLY_INVALID" }),
  );
});

test("a value with half of a surrogate pair is sent with U+FFFD in its place, as in a URL", () => {
  expect(serializeCookie("a", "x\ud800")).toBe("a=x%EF%BF%BD");
});
