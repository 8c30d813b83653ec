import fc from "fast-check";
import { expect, test } from "vitest";
import { behindBasePath, canonicalPath, compilePath, isBehind, parsePath, toBasePath } from "./path.js";

test.each([
  ["/plain/path-1_2.~!$&'()*+,;=:@", "/plain/path-1_2.~!$&'()*+,;=:@"],
  ["/caf%c3%a9", "/caf%C3%A9"],
  ["/café", "/caf%C3%A9"],
  ["/a%20b", "/a%20b"],
  ["/a b", "/a%20b"],
  ["/%41%7e", "/A~"],
  ["/a%2fb", "/a%2Fb"],
  ["/é%20ü", "/%C3%A9%20%C3%BC"],
  ["/a?b#c", "/a%3Fb%23c"],
  ['/"<>[]{}|\\^`', "/%22%3C%3E%5B%5D%7B%7D%7C%5C%5E%60"],
  ["/a/../b/./c", "/b/c"],
  ["/a/%2e%2e/b", "/b"],
  ["/../../etc/passwd", "/etc/passwd"],
  ["/.well-known/x", "/.well-known/x"],
  ["//double//slash", "//double//slash"],
  ["/\ud800", "/%EF%BF%BD"],
  ["/%zz", "/%zz"],
  ["/100%", "/100%"],
])("%s is spelled %s", (given, expected) => {
  expect(canonicalPath(given)).toBe(expected);
});

test("a path that the platform decoded is encoded again, its percent signs too", () => {
  expect(canonicalPath("/100%/a b/é", true)).toBe("/100%25/a%20b/%C3%A9");
});

test("the canonical spelling is its own canonical spelling", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, decoded) => {
      const once = canonicalPath(`/${text}`, decoded);
      expect(canonicalPath(once)).toBe(once);
      expect(once).toMatch(/^\/[\x21-\x7e]*$/);
    }),
  );
});

test("a path that was encoded and one that was decoded by its platform come out the same", () => {
  const segment = fc
    .string({ unit: "grapheme", minLength: 1 })
    .filter((text) => !/[/%]|^\.{1,2}$/.test(text) && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
      const encoded = `/${segments.map(encodeURIComponent).join("/")}`;
      expect(canonicalPath(`/${segments.join("/")}`, true)).toBe(canonicalPath(encoded));
    }),
  );
});

test("parameters are decoded once, and a slash inside one stays inside", () => {
  expect(compilePath("/files/:name")("/files/a%2Fb%2520c")).toEqual({ name: "a/b%20c" });
});

test("parameters inherit nothing", () => {
  for (const params of [compilePath("/files/:name")("/files/a"), compilePath("/files")("/files")]) {
    for (const name of ["toString", "constructor", "__proto__"]) expect(name in (params as object), name).toBe(false);
  }
  expect(Object.entries(compilePath("/:__proto__")("/a") ?? {})).toEqual([["__proto__", "a"]]);
});

test("a parameter that is no valid encoding is refused only where the path fits", () => {
  const match = compilePath("/files/:name/info");
  expect(match("/files/%FF/other")).toBeUndefined();
  expect(() => match("/files/%FF/info")).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
});

test("a rest parameter takes everything, nothing included", () => {
  const match = compilePath("/files/*path");
  expect(match("/files")).toEqual({ path: "" });
  expect(match("/files/")).toEqual({ path: "" });
  expect(match("/files/a/b")).toEqual({ path: "a/b" });
  expect(match("/filesystem")).toBeUndefined();
  expect(compilePath("/*path")("/")).toEqual({ path: "" });
});

test("a trailing slash counts", () => {
  expect(compilePath("/orders")("/orders/")).toBeUndefined();
  expect(compilePath("/orders/:id")("/orders/")).toBeUndefined();
});

test("literals are compared in their canonical spelling", () => {
  expect(compilePath("/café/a.b")("/caf%C3%A9/a.b")).toEqual({});
  expect(compilePath("/:x/a.b")("/1/aXb")).toBeUndefined();
});

test("a parameter that is not valid UTF-8 is the caller's mistake", () => {
  expect(() => compilePath("/files/:name")("/files/%ff")).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
  expect(() => compilePath("/files/:name")("/files/%zz")).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
});

test.each(["orders", "/:", "/:a-b", "/*rest/more", "/:id/:id", "/a?b", "/*", "/a/../b", "/./a", "/%2e"])(
  "the template %s is refused",
  (template) => {
    expect(() => parsePath(template)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  },
);

test("a hostile path is matched in linear time", () => {
  const match = compilePath("/a/:b/:c/*d");
  const start = performance.now();
  match(`/a/${"x/".repeat(50_000)}`);
  canonicalPath(`/${"%".repeat(100_000)}`);
  expect(performance.now() - start).toBeLessThan(500);
});

test.each([
  [undefined, ""],
  ["", ""],
  ["/", ""],
  ["/api", "/api"],
  ["/api/v1/", "/api/v1"],
  ["/café", "/caf%C3%A9"],
])("the base path %s is %s", (given, base) => {
  expect(toBasePath(given)).toBe(base);
});

test("a base path is text", () => {
  for (const wrong of ["api", "/:tenant", "/api/*rest"]) {
    expect(() => toBasePath(wrong)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("base path") }),
    );
  }
});

test("a path is behind a base path that it starts with, at a slash", () => {
  for (const path of ["/api", "/api/", "/api/a"]) expect(isBehind(path, "/api")).toBe(true);
  for (const path of ["/", "/apia", "/x/api", "/API/a"]) expect(isBehind(path, "/api")).toBe(false);
  expect(isBehind("/x", "")).toBe(true);
});

test("a base path is taken off in front, at a slash", () => {
  expect(behindBasePath("/api/a", "/api")).toBe("/a");
  expect(behindBasePath("/api", "/api")).toBe("/");
  expect(behindBasePath("/api/", "/api")).toBe("/");
  expect(behindBasePath("/x", "")).toBe("/x");
  for (const path of ["/apia", "/x/api", "/"]) {
    expect(() => behindBasePath(path, "/api")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  }
});

test.each([
  ["/a/{id}", "`:id`"],
  ["/a/{id:[0-9]+}", "`:id`"],
  ["/a/[id]", "`:id`"],
  ["/a/<id>", "`:id`"],
  ["/a/<int:id>", "`:id`"],
  ["/a/:id(\\d+)", "`:id`"],
  ["/a/:id?", "`:id`"],
  ["/a/(.*)", "`*rest`"],
  ["/a/*", "`*rest`"],
  ["/a/**", "`*rest`"],
  ["/a/:path*", "`*rest`"],
  ["/a/{*path}", "`*path`"],
  ["/a/{path+}", "`*path`"],
  ["/a/[...path]", "`*path`"],
  ["/a/[[...path]]", "`*path`"],
  ["/a/{id}.json", "whole segment"],
  ["/a/{id}-{n}", "whole segment"],
  ["/files-[id]", "whole segment"],
  ["/a/v<id>", "whole segment"],
  ["/a-(.*)", "whole segment"],
])("%s is another router's syntax, and is refused with what to write", (template, hint) => {
  expect(() => parsePath(template)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining(hint) }),
  );
});

test.each(["/Products(1)", "/v1/items:batch", "/a*", "/a*b", "/%7Bid%7D"])("%s is plain text", (template) => {
  expect(compilePath(template)(template)).toEqual({});
});

test("a template that is not a string is refused", () => {
  expect(() => parsePath(undefined as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
