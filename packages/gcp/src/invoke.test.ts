import { invoke as declare, HandlerError, queue } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, json, post, silence } from "../test/deploy.js";
import * as gcp from "./index.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

const serve = (handle: (payload: any) => unknown) =>
  deploy((name) =>
    gcp.invoke(
      name,
      declare("quote").handle(({ payload }) => handle(payload)),
    ),
  );

test("JSON is answered with JSON, at any path, with a content type or without one", async () => {
  const origin = await serve(({ n }) => ({ twice: n * 2 }));
  for (const headers of [json, {}]) {
    const response = await post(`${origin}any/path`, '{"n":2}', headers as Record<string, string>);
    expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([
      200,
      "application/json",
      { twice: 4 },
    ]);
  }
});

test("no body is no payload, and nothing is answered with 204; null is JSON", async () => {
  const origin = await serve((payload) => (payload === undefined ? undefined : null));
  expect((await post(origin, "")).status).toBe(204);
  expect(await (await post(origin, "{}", json)).text()).toBe("null");
});

test.each([
  ["a known error", () => Promise.reject(new HandlerError("CONFLICT", "taken")), 409],
  ["undefined", () => Promise.reject(undefined), 500],
  ["what JSON cannot say", () => 1n, 500],
])("a function that throws or returns %s is a problem", async (_, handle, status) => {
  const response = await post(await serve(handle), "{}", json);
  expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  expect(await response.text()).not.toContain("BigInt");
});

test("what is not JSON, and another method, are refused", async () => {
  const origin = await serve(() => 1);
  expect((await post(origin, "{", { "content-type": "application/vnd.x+json" })).status).toBe(400);
  expect((await post(origin, "a=1", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
  expect((await post(origin, '{"__proto__":{}}', json)).status).toBe(400);
  expect((await fetch(origin)).status).toBe(405);
});

test("a function of another kind is refused when it is registered", () => {
  const other = queue("q").handle(() => {});
  // @ts-expect-error a queue function is no invoke function
  expect(() => gcp.invoke("a", other)).toThrow("An invoke function was expected, and this one is queue.");
});
