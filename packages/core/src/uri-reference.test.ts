import { expect, test } from "vitest";
import { isUriReference } from "./uri-reference.js";

test.each([
  "https://shop.example/problems/out-of-stock",
  "https://[2001:db8::1]:8443/a?b=c#d",
  "about:blank",
  "tag:example.com,2026:sold",
  "urn:problem:sold",
  "/problems/sold",
  "//shop.example/a",
  "sold",
  "./a:b",
  "?a",
  "#a",
  "a%20b",
])("%s is a URI reference", (text) => {
  expect(isUriReference(text)).toBe(true);
});

test.each([
  "",
  "a b",
  "a\nb",
  "é",
  "1a:b",
  ":a",
  "a%2",
  "a%zz",
  "<a>",
  'a"b',
  "a\\b",
  "a#b#c",
  "a[1]",
  "{id}",
  42,
  null,
  undefined,
])("%j is none", (value) => {
  expect(isUriReference(value)).toBe(false);
});
