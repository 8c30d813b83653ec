import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCookies, type SetCookie, serializeCookie } from "./cookies.js";

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
    maxAge: 3600,
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

const year = (text: string) => new Date(text);

test.each([
  ["maxAge", "sid", { maxAge: Number.NaN }],
  ["maxAge", "sid", { maxAge: Number.POSITIVE_INFINITY }],
  ["maxAge", "sid", { maxAge: 0.5 }],
  ["maxAge", "sid", { maxAge: 1e21 }],
  ["expires", "sid", { expires: new Date(Number.NaN) }],
  ["expires", "sid", { expires: year("+010000-01-01T00:00:00Z") }],
  ["expires", "sid", { expires: year("1600-12-31T23:59:59Z") }],
  ["secure", "sid", { sameSite: "None" as const }],
  ["secure", "sid", { partitioned: true }],
  ["secure", "__Secure-sid", {}],
  ["secure", "__SECURE-sid", { path: "/" }],
  ["secure", "__Host-sid", { path: "/" }],
  ["path", "__Host-sid", { secure: true }],
  ["path", "__host-sid", { secure: true, path: "/a" }],
  ["domain", "__Host-sid", { secure: true, path: "/", domain: "example.com" }],
  ["httpOnly", "__Http-sid", { secure: true }],
  ["httpOnly", "__Host-Http-sid", { secure: true, path: "/" }],
  ["path", "sid", { path: "a" }],
  ["path", "sid", { path: "" }],
  ["path", "sid", { path: "/a\tb" }],
  ["path", "sid", { path: "/é" }],
  ["domain", "sid", { domain: "" }],
  ["domain", "sid", { domain: "https://example.com" }],
  ["domain", "sid", { domain: "example.com:8080" }],
  ["domain", "sid", { domain: "münchen.example" }],
  ["domain", "sid", { domain: "a..b" }],
])("a cookie whose %s a browser would not take is refused by name: %s %j", (part, name, cookie) => {
  const refused = expect.objectContaining({
    code: "REPLY_INVALID",
    message: expect.stringMatching(new RegExp(`${name}.*${part}`)),
  });
  expect(() => serializeCookie(name, { value: "x", ...cookie })).toThrow(refused);
});

test("what a script gives beside the types is refused by name", () => {
  for (const cookie of [
    { value: 5 },
    {},
    null,
    undefined,
    5,
    { value: "x", sameSite: "none" },
    { value: "x", expires: "tomorrow" },
  ]) {
    expect(() => serializeCookie("sid", cookie as SetCookie)).toThrow(
      expect.objectContaining({ code: "REPLY_INVALID", message: expect.stringContaining("sid") }),
    );
  }
});

test("cookies with prefixes, ages at or below zero, and names of hosts in every form are set", () => {
  const secure = { value: "x", secure: true, path: "/" };
  expect(serializeCookie("__Host-sid", secure)).toBe("__Host-sid=x; Path=/; Secure");
  expect(serializeCookie("__Host-Http-sid", { ...secure, httpOnly: true })).toContain("HttpOnly");
  expect(serializeCookie("__Secure-sid", { ...secure, domain: ".example.com" })).toContain("Domain=.example.com");
  expect(serializeCookie("sid", { ...secure, sameSite: "None", partitioned: true })).toContain("SameSite=None");
  for (const maxAge of [0, -1]) expect(serializeCookie("sid", { value: "", maxAge })).toBe(`sid=; Max-Age=${maxAge}`);
  for (const domain of ["localhost", "127.0.0.1", "xn--mnchen-3ya.example"])
    expect(serializeCookie("sid", { value: "", domain })).toBe(`sid=; Domain=${domain}`);
  expect(serializeCookie("sid", { value: "", expires: year("9999-12-31T23:59:59Z") })).toContain("31 Dec 9999");
});

test("a cookie of over 4096 bytes, name and encoded value together, is refused by name", () => {
  expect(serializeCookie("sid", "x".repeat(4093))).toHaveLength(4097);
  expect(serializeCookie("sid", { value: "x".repeat(4093), path: "/", secure: true })).toContain("; Path=/; Secure");
  const refused = (name: string, cookie: string) =>
    expect(() => serializeCookie(name, cookie)).toThrow(
      expect.objectContaining({ code: "REPLY_INVALID", message: expect.stringMatching(`"${name}".* 4096 at most`) }),
    );
  refused("sid", "x".repeat(4094));
  refused("sidsid", "x".repeat(4091));
  refused("euro", "\u20ac".repeat(500));
  expect(() => serializeCookie("n".repeat(5000), "")).toThrow(expect.objectContaining({ code: "REPLY_INVALID" }));
});

test.each(["path", "domain"])("a %s of over 1024 bytes, which browsers ignore, is refused", (attribute) => {
  const text = `${attribute === "path" ? "/" : "a"}${"x".repeat(1023)}`;
  expect(serializeCookie("sid", { value: "1", [attribute]: text })).toContain(text);
  expect(() => serializeCookie("sid", { value: "1", [attribute]: `${text}x` })).toThrow(
    expect.objectContaining({ code: "REPLY_INVALID", message: expect.stringContaining(`${attribute} has 1025 bytes`) }),
  );
});
