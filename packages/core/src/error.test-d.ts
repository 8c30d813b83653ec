import { expectTypeOf, test } from "vitest";
import { type ErrorCode, HandlerError } from "./error.js";

test("an error takes the application's code, type and title, and has them as text or undefined", () => {
  const error = new HandlerError("CONFLICT", "Out of stock.", {
    appCode: "OUT_OF_STOCK",
    type: "https://shop.example/problems/out-of-stock",
    title: "Out of stock",
  });
  expectTypeOf(error.appCode).toEqualTypeOf<string | undefined>();
  expectTypeOf(error.type).toEqualTypeOf<string | undefined>();
  expectTypeOf(error.title).toEqualTypeOf<string | undefined>();
  expectTypeOf(error.code).toEqualTypeOf<ErrorCode>();
});

test("the closed code stays closed, and the others are text", () => {
  // @ts-expect-error an application's code is no code of the SDK.
  void (() => new HandlerError("OUT_OF_STOCK", "x"));
  // @ts-expect-error a code is text.
  void (() => new HandlerError("CONFLICT", "x", { appCode: 42 }));
  // @ts-expect-error a type is text, and no URL object.
  void (() => new HandlerError("CONFLICT", "x", { type: new URL("https://shop.example/") }));
});
