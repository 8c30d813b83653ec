import { expect, test } from "vitest";
import { createReadOrigin, type PublicUrlOptions } from "./public-url.js";
import type { HttpSource } from "./source.js";

function origin(options: PublicUrlOptions, host: string | undefined, forwarded: readonly string[] = []): string {
  const source: Partial<HttpSource> = {
    scheme: () => "https",
    host: () => host,
    headerLines: (name) => (name === "x-forwarded-host" ? forwarded : []),
  };
  return createReadOrigin(options)(source as HttpSource);
}

test.each([
  ["https://shop.example.com", "https://shop.example.com"],
  ["https://shop.example.com/", "https://shop.example.com"],
  ["http://localhost:8080", "http://localhost:8080"],
  ["HTTPS://Shop.Example.com:443", "https://shop.example.com"],
  ["https://b\u00fccher.example", "https://xn--bcher-kva.example"],
  ["http://[::1]:80", "http://[::1]"],
])("the public URL %s stands in place of the Host, whoever sends what", (publicUrl, expected) => {
  expect(origin({ publicUrl, trustedProxies: 2 }, "evil.test", ["evil.test"])).toBe(expected);
  expect(origin({ publicUrl }, undefined)).toBe(expected);
});

test.each([
  "",
  "shop.example.com",
  "//shop.example.com",
  "ftp://shop.example.com",
  "https://",
  "https:shop.example.com",
  "https://shop.example.com/shop",
  "https://shop.example.com//",
  "https://shop.example.com?a",
  "https://shop.example.com#a",
  "https://user@shop.example.com",
  "https://ex.com:99999",
  "https://1.2.3.256",
  // From Node 24 on the parser takes it.
  ...(URL.canParse("https://xn--a") ? [] : ["https://xn--a"]),
  "https://a b",
  " https://shop.example.com",
  "https://shop.example.com\n",
  "https:\\\\shop.example.com",
  "Forwarded",
  42,
  null,
  true,
  new URL("https://shop.example.com"),
])("the public URL %s is refused, with what to write", (publicUrl) => {
  expect(() => createReadOrigin({ publicUrl: publicUrl as string })).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("publicUrl"),
      hint: expect.stringContaining("https://shop.example.com"),
    }),
  );
});

test("X-Forwarded-Host is believed by the option alone, and trusted proxies do not turn it on", () => {
  expect(origin({ trustedProxies: 1 }, "a.test", ["shop.test"])).toBe("https://a.test");
  expect(origin({ trustedProxies: 1, publicUrl: "forwarded" }, "a.test", ["shop.test"])).toBe("https://shop.test");
});

test("of several forwarded hosts the one that the outermost trusted proxy wrote is taken", () => {
  const lines = ["evil.test, shop.test", "inner.test"];
  expect(origin({ trustedProxies: 1, publicUrl: "forwarded" }, "a.test", lines)).toBe("https://inner.test");
  expect(origin({ trustedProxies: 2, publicUrl: "forwarded" }, "a.test", lines)).toBe("https://shop.test");
});

test.each([[], [""], ["ex.com:99999"], ["a b"], ["user@a.test"], ["a/b"]])(
  "where no usable host was forwarded (%j) the Host stands",
  (...lines) => {
    expect(origin({ trustedProxies: 1, publicUrl: "forwarded" }, "a.test", lines)).toBe("https://a.test");
  },
);

test("a forwarded host needs a proxy that is trusted, since anybody can send the field", () => {
  for (const options of [{}, { trustedProxies: 0 }]) {
    expect(() => createReadOrigin({ ...options, publicUrl: "forwarded" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining("trustedProxies") }),
    );
  }
});
