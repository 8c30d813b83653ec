import { expect, test } from "vitest";
import { toMethods, toRoute } from "./route.js";

test.each([
  ["/tenants/:tenant/orders", "tenants/{tenant}/orders"],
  ["/files/*path", "files/{*path}"],
  ["/*rest", "{*rest}"],
  ["/orders/", "orders/"],
  ["/a%20b/caf%C3%A9", "a b/café"],
  ["/a%7Bb%7D", "a{{b}}"],
  ["/a%2Fb", "a%2Fb"],
  ["/a%ff", "a%FF"],
  ["/v1.0/~me", "v1.0/~me"],
])("the template %s is the route %s", (template, route) => {
  expect(toRoute(template)).toBe(route);
});

test("the root is a route that the host does not take for none", () => {
  expect(toRoute("/")).toBe("{root:maxlength(0)?}");
});

test("methods are those of the function and of its layers", () => {
  const trigger = { kind: "http", path: "/", methods: ["GET", "HEAD"], layerMethods: ["OPTIONS"] } as const;
  expect(toMethods(trigger)).toEqual(["GET", "HEAD", "OPTIONS"]);
});

test("every method means those that Azure's library can deliver", () => {
  const methods = toMethods({ kind: "http", path: "/", methods: ["*"] });
  expect(methods).toEqual(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
});

test("a method that Azure cannot deliver is refused when the function is registered", () => {
  expect(() => toMethods({ kind: "http", path: "/x", methods: ["GET", "TRACE"] })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("TRACE") }),
  );
});
