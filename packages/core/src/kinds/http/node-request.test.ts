import fc from "fast-check";
import { expect, test } from "vitest";
import { NodeSource, type NodeStyleRequest, parseTarget } from "./node-request.js";

async function* nothing(): AsyncGenerator<Uint8Array> {}

function source(
  given: Partial<NodeStyleRequest> = {},
  options: Partial<ConstructorParameters<typeof NodeSource>[1]> = {},
) {
  const request = Object.assign(nothing(), {
    method: "GET",
    url: "/",
    rawHeaders: ["Host", "a.test"],
    socket: { remoteAddress: "10.0.0.1" },
    ...given,
  });
  return new NodeSource(request, { trustedProxies: 0, basePath: "", ...options }, "1", "test", 0);
}

test.each([
  ["/a?b#c", undefined, "/a", "b"],
  ["/a??b?c", undefined, "/a", "?b?c"],
  ["//evil.test/a", undefined, "//evil.test/a", ""],
  ["/http://evil.test", undefined, "/http://evil.test", ""],
  ["http://h.test:8080/a/b?c", "h.test:8080", "/a/b", "c"],
  ["HTTPS://user:secret@h.test/a", "h.test", "/a", ""],
  ["http://h.test", "h.test", "/", ""],
  ["http://h.test?q", "h.test", "/", "q"],
  ["*", undefined, "*", ""],
])("the target %s is taken apart by hand", (target, authority, path, query) => {
  expect(parseTarget(target)).toEqual({ authority, path, query });
});

test("absolute targets are read as a URL parser reads them, and none is slow", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      const { pathname, search, host } = new URL(url);
      const target = parseTarget(url);
      expect(target.authority?.toLowerCase().replace(/:80$|:443$/, "")).toBe(host.replace(/:80$|:443$/, ""));
      expect(new URL(`http://a${target.path}`).pathname).toBe(pathname);
      expect([...new URLSearchParams(`?${target.query}`)]).toEqual([...new URLSearchParams(search)]);
    }),
  );
  const start = performance.now();
  parseTarget(`a${"@".repeat(100_000)}`);
  parseTarget(`http://${"@/".repeat(50_000)}`);
  parseTarget(`h${"h".repeat(100_000)}`);
  expect(performance.now() - start).toBeLessThan(200);
});

test("the host of an absolute target is the host, whatever the field says", () => {
  expect(source({ url: "http://b.test/x" }).host()).toBe("b.test");
  expect(source().host()).toBe("a.test");
  expect(source({ rawHeaders: [] }).host()).toBeUndefined();
});

test("two Host fields are refused", () => {
  const twice = source({ rawHeaders: ["Host", "a", "host", "b"] });
  expect(() => twice.path()).toThrow(expect.objectContaining({ code: "BAD_REQUEST" }));
});

test("lines of a field stay apart, in any case, and are joined for who wants one", () => {
  const given = source({ rawHeaders: ["X-A", "1", "x-a", "2", "Cookie", "a=1", "cookie", "b=2", "X-Ab", "3"] });
  expect(given.headerLines("x-a")).toEqual(["1", "2"]);
  expect(given.header("x-a")).toBe("1, 2");
  expect(given.header("cookie")).toBe("a=1; b=2");
  expect(given.header("x-b")).toBeUndefined();
  expect([...given.headerEntries()]).toEqual([
    ["x-a", "1"],
    ["x-a", "2"],
    ["cookie", "a=1"],
    ["cookie", "b=2"],
    ["x-ab", "3"],
  ]);
});

test("there is a body where a length or an encoding says so", () => {
  expect(source().body()).toBeNull();
  expect(source({ rawHeaders: ["Content-Length", "0"] }).body()).toBeNull();
  expect(source({ rawHeaders: ["Content-Length", "1"] }).body()).not.toBeNull();
  expect(source({ rawHeaders: ["Transfer-Encoding", "chunked"] }).body()).not.toBeNull();
});

test("a body whose length is over the limit is refused before it is read, one that somebody read is no empty one", () => {
  const long = source({ rawHeaders: ["Content-Length", "11"] }, { bodyLimit: 10 });
  expect(() => long.body()).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
  const gone = source({ rawHeaders: ["Content-Length", "1"], readableDidRead: true });
  expect(() => gone.body()).toThrow(expect.objectContaining({ code: "INTERNAL" }));
});

test("the scheme is https on a socket that encrypts, or as a trusted proxy says, if it says http or https", () => {
  expect(source().scheme()).toBe("http");
  expect(source({ socket: { encrypted: true } as NodeStyleRequest["socket"] }).scheme()).toBe("https");
  const forwarded = (value: string, trustedProxies: number) =>
    source({ rawHeaders: ["X-Forwarded-Proto", value] }, { trustedProxies }).scheme();
  expect([forwarded("https", 0), forwarded("https", 1), forwarded("javascript", 1)]).toEqual(["http", "https", "http"]);
});
