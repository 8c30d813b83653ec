import type { HttpHandler, HttpRequest } from "@azure/functions";
import type { Invocation } from "@portico/core";
import { expect, test } from "vitest";
import { encodeInvoke, invoke } from "./invoke.js";

const call = (payload: unknown): Invocation => ({
  ...{ kind: "invoke", id: "1", source: "test", time: new Date(), native: undefined, payload },
  json: async () => payload,
});

test("a JSON endpoint is called with the payload, and its answer is the result", async () => {
  const seen: string[] = [];
  const handler: HttpHandler = async (request) => {
    seen.push(`${request.method} ${request.url} ${request.headers.get("content-type")}`);
    const { sku } = (await request.json()) as { sku: string };
    return { jsonBody: { sku, price: 5 } };
  };
  const fn = invoke(handler, { name: "quote" });
  expect(fn.trigger).toEqual({ kind: "invoke", name: "quote" });
  expect(await fn(call({ sku: "a" }))).toEqual({ sku: "a", price: 5 });
  expect(seen).toEqual(["POST https://portico.azurewebsites.net/api/quote application/json"]);
});

test("no payload is no body, and no answer is none", async () => {
  const handler = async (request: HttpRequest) => ({ status: (await request.text()) === "" ? 204 : 200 });
  expect(await invoke(handler, { name: "quote" })(call(undefined))).toBeUndefined();
});

test.each([
  [
    { status: 404, jsonBody: { detail: "There is no sku a." } },
    { code: "NOT_FOUND", message: "There is no sku a." },
  ],
  [
    { status: 422, jsonBody: { title: "Bad", errors: [1] } },
    { code: "UNPROCESSABLE", message: "Bad", details: { title: "Bad", errors: [1] } },
  ],
  [{ status: 451 }, { code: "UNAVAILABLE_FOR_LEGAL_REASONS", message: "The handler answered 451." }],
  [{ status: 418 }, { code: "BAD_REQUEST", message: "The handler answered 418." }],
  [
    { status: 500, jsonBody: { secret: 1 } },
    { code: "INTERNAL", details: undefined },
  ],
  [{ status: 302, headers: { location: "/" } }, { code: "BAD_GATEWAY" }],
  [{ body: "<html>" }, { code: "REPLY_INVALID" }],
])("the answer %o rejects", async (answer, error) => {
  await expect(invoke(async () => answer, { name: "quote" })(call(1))).rejects.toMatchObject(error);
});

test("a throw rejects with that very error", async () => {
  const error = new Error("no");
  await expect(invoke(() => Promise.reject(error), { name: "quote" })(call(1))).rejects.toBe(error);
});

test.each([[1n], [new Date()], [{ a: Number.NaN }], [new Map()], ["\ud800"]])(
  "a payload that is no JSON is refused: %s",
  async (payload) => {
    await expect(encodeInvoke(call(payload), { name: "quote" })).rejects.toMatchObject({ code: "EVENT_UNENCODABLE" });
  },
);
