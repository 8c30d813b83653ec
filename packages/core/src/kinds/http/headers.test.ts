import { expect, test } from "vitest";
import { testSource } from "../../../test/source.js";
import { joinLines, LazyHeaders } from "./headers.js";

const headers = new LazyHeaders(
  testSource({
    headers: [
      ["x-one", "1"],
      ["accept", 'text/html, application/json;q="a,b"'],
      ["accept", " */* ,,"],
      ["cookie", "a=1"],
      ["cookie", "b=2"],
      ["x-empty", ""],
    ],
  }),
);

test("names are found in any case", () => {
  expect(headers.get("X-ONE")).toBe("1");
  expect(headers.has("Accept")).toBe(true);
  expect(headers.get("x-two")).toBeNull();
  expect(headers.has("x-two")).toBe(false);
});

test("an empty value is a value", () => {
  expect(headers.get("x-empty")).toBe("");
  expect(headers.has("x-empty")).toBe(true);
});

test("repeated lines are joined with a comma, cookies with a semicolon, and can be had apart", () => {
  expect(headers.get("accept")).toBe('text/html, application/json;q="a,b",  */* ,,');
  expect(headers.get("cookie")).toBe("a=1; b=2");
  expect(headers.getAll("Accept")).toHaveLength(2);
  expect(headers.getAll("x-two")).toEqual([]);
});

test("a list field gives its members, quoted commas kept and empty members dropped", () => {
  expect(headers.list("accept")).toEqual(["text/html", 'application/json;q="a,b"', "*/*"]);
});

test("iteration is sorted, with each name once, as in fetch", () => {
  expect([...headers].map(([name]) => name)).toEqual(["accept", "cookie", "x-empty", "x-one"]);
  expect([...headers.keys()]).toEqual(["accept", "cookie", "x-empty", "x-one"]);
  expect([...headers.values()][3]).toBe("1");
  const seen: string[] = [];
  headers.forEach((value, name) => void seen.push(`${name}=${value}`));
  expect(seen).toContain("x-one=1");
});

test("names that live on every object's prototype are not there", () => {
  expect(headers.get("constructor")).toBeNull();
  expect(headers.get("__proto__")).toBeNull();
});

test("an unbalanced quote does not take time that grows with its square", () => {
  const hostile = new LazyHeaders(testSource({ headers: [["x", `"${'\\"'.repeat(50_000)}`]] }));
  const start = performance.now();
  hostile.list("x");
  expect(performance.now() - start).toBeLessThan(500);
});

test("no lines join to nothing", () => {
  expect(joinLines("x", [])).toBeUndefined();
});
