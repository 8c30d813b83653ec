import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKey } from "./key.js";

/** As S3 writes keys. */
const encode = (key: string) => encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");

test.each([
  ["a+b.jpg", "a b.jpg"],
  ["a%2Bb.jpg", "a+b.jpg"],
  ["a%20b.jpg", "a b.jpg"],
  ["a%252Bb.jpg", "a%2Bb.jpg"],
  ["%E2%82%AC/%C3%A9", "€/é"],
])("%s is the key %s, decoded once", (encoded, key) => {
  expect(decodeKey(encoded)).toBe(key);
});

test.each([
  ["100%", "100%"],
  ["100%+sure%20", "100% sure "],
  ["%FF%FE", "%FF%FE"],
  ["%E2%82%AC%", "€%"],
  ["%", "%"],
  ["", ""],
])("bad escapes in %s do not throw, and stay", (encoded, key) => {
  expect(decodeKey(encoded)).toBe(key);
});

test("every key comes out as it was, and nothing throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (key) => {
      expect(decodeKey(encode(key))).toBe(key);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(typeof decodeKey(text)).toBe("string");
    }),
  );
});
