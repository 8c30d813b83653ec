import { expect, test } from "vitest";
import { createRoutes, decodePath, encodePath } from "./routes.js";

const routes = (prefix = "api") =>
  createRoutes(
    [
      { name: "root", route: "{root:maxlength(0)?}", methods: ["GET"] },
      { name: "named", route: undefined, methods: ["GET"] },
      { name: "item", route: "orders/{id}", methods: ["GET"] },
      { name: "recent", route: "orders/recent", methods: ["get"] },
      { name: "zero", route: "a{{b}}/c d", methods: ["POST"] },
      { name: "zfiles", route: "files/{*path}", methods: ["GET"] },
    ],
    prefix,
  );

test.each([
  ["GET", "/api", "root", {}],
  ["GET", "/api/", "root", {}],
  ["GET", "/api/named", "named", {}],
  ["GET", "/API/Orders/7/", "item", { id: "7" }],
  ["POST", "/api/a{b}/c d", "zero", {}],
  ["GET", "/api/files/a/b", "zfiles", { path: "a/b" }],
  ["GET", "/api/files/a\n/b", "zfiles", { path: "a\n/b" }],
  ["GET", "/api/files", "zfiles", {}],
])("%s %s goes to %s", (method, path, name, params) => {
  expect(routes()(method, path)).toEqual({ name, params });
});

test("the first function by name wins, not the better match", () => {
  expect(routes()("GET", "/api/orders/recent")).toMatchObject({ name: "item" });
});

test.each([
  ["DELETE", "/api/orders/7"],
  ["GET", "/orders/7"],
  ["GET", "/api/orders/7/8"],
  ["GET", "/api/x"],
])("%s %s goes to none", (method, path) => {
  expect(routes()(method, path)).toBeUndefined();
});

test("the prefix may be empty", () => {
  expect(routes("")("GET", "/orders/7")).toMatchObject({ name: "item" });
  expect(routes("")("GET", "/")).toMatchObject({ name: "root" });
});

test.each([
  ["/a%20b/caf%C3%A9", "/a b/café", "/a%20b/caf%C3%A9"],
  ["/a%2Fb", "/a%2Fb", "/a%2Fb"],
  ["/a%2541", "/a%41", "/a%41"],
  ["/a%zz", "/a%zz", "/a%25zz"],
  ["/a%ff", "/a%ff", "/a%ff"],
  ["/a/../b/./c/..", "/b/", "/b/"],
  ["/..a/.b", "/..a/.b", "/..a/.b"],
])("the path %s is decoded to %s and written as %s", (sent, decoded, written) => {
  expect(decodePath(sent)).toBe(decoded);
  expect(encodePath(decoded)).toBe(written);
});
