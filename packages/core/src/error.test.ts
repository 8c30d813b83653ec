import { expect, test } from "vitest";
import { errorStatus, HandlerError, describe as name, toError } from "./error.js";

test("every code has a status that can be sent", () => {
  for (const status of Object.values(errorStatus)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  }
});

test("an error carries its code, hint, cause and details", () => {
  const cause = new Error("socket closed");
  const error = new HandlerError("UNAVAILABLE", "The stock is away.", {
    hint: "Try later.",
    cause,
    details: { sku: "a" },
  });
  expect(error).toMatchObject({
    name: "HandlerError",
    code: "UNAVAILABLE",
    status: 503,
    hint: "Try later.",
    details: { sku: "a" },
    cause,
  });
});

test("an error without a cause has no cause member", () => {
  expect("cause" in new HandlerError("NOT_FOUND", "")).toBe(false);
});

test.each([
  ["NOT_FOUND", true],
  ["INPUT_INVALID", true],
  ["TOO_MANY_REQUESTS", false],
  ["UNAVAILABLE", false],
  ["TIMEOUT", false],
  ["INTERNAL", false],
  ["CANCELLED", false],
] as const)("%s is permanent: %s", (code, permanent) => {
  expect(new HandlerError(code, "").permanent).toBe(permanent);
});

test("permanent can be said otherwise", () => {
  expect(new HandlerError("NOT_FOUND", "", { permanent: false }).permanent).toBe(false);
});

test("an error of another copy of the package is known by its name and code", () => {
  const foreign = Object.assign(new Error("x"), { name: "HandlerError", code: "NOT_FOUND" });
  expect(HandlerError.is(foreign)).toBe(true);
  expect(HandlerError.is(Object.assign(new Error("x"), { name: "HandlerError", code: "toString" }))).toBe(false);
  expect(HandlerError.is(new Error("x"))).toBe(false);
  expect(HandlerError.is(undefined)).toBe(false);
});

test("whatever is thrown becomes an Error and is kept as its cause", () => {
  const error = new TypeError("x");
  expect(toError(error)).toBe(error);
  expect(toError(undefined)).toMatchObject({ message: expect.stringContaining("undefined"), cause: undefined });
  expect(toError("secret")).toMatchObject({ cause: "secret" });
  expect(toError("secret").message).not.toContain("secret");
});

test.each([
  [null, "null"],
  [undefined, "undefined"],
  [[], "an array"],
  [{}, "an object"],
  ["x", "a string"],
  [() => 1, "a function"],
  [7, "a number (7)"],
  [7n, "a bigint (7)"],
])("a value is named by its kind", (value, expected) => {
  expect(name(value)).toBe(expected);
});

test("a message that quotes what is very long is cut, and says by how much", () => {
  const error = new HandlerError("BAD_REQUEST", `The attribute ${"x".repeat(5_000_000)} is not known.`);
  expect(error.message).toMatch(/^The attribute x+\.\.\. \(49\d{5} more characters\)$/);
  expect(error.message.length).toBeLessThan(2_100);
  expect(error.stack?.length).toBeLessThan(6_000);
  expect(name(10n ** 100_000n).length).toBeLessThan(100);
});

test("an error has the application's code, and the type and title of its problem", () => {
  const about = { appCode: "OUT_OF_STOCK", type: "https://shop.example/problems/out-of-stock", title: "Out of stock" };
  expect(new HandlerError("CONFLICT", "x", about)).toMatchObject(about);
  expect(new HandlerError("CONFLICT", "x")).toMatchObject({ appCode: undefined, type: undefined, title: undefined });
});

test.each([
  [{ type: "out of stock" }, /type is "out of stock", which is not a URI reference/],
  [{ type: "" }, /type is ""/],
  [{ type: 42 as unknown as string }, /type is 42/],
  [{ appCode: "" }, /appCode is a string, which is not a code/],
  [{ appCode: 42 as unknown as string }, /appCode is a number \(42\)/],
  [{ title: "Out of stock" }, /title stands without a type/],
  [{ type: "a", title: {} as unknown as string }, /title is an object/],
])("%j is refused, with what to write", (options, message) => {
  expect(() => new HandlerError("CONFLICT", "x", options)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/^Give /),
    }),
  );
});
