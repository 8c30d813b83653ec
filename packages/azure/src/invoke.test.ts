import { HandlerError, invoke } from "@portico/core";
import { expect, test, vi } from "vitest";
import { body, bytes, origin } from "../test/deploy.js";
import { bindingOf, invoke as call } from "../test/worker.js";
import { invoke as register } from "./invoke.js";

let count = 0;
async function post(handler: Parameters<ReturnType<typeof invoke>["handle"]>[0], payload: string, method = "POST") {
  count += 1;
  register(`invoke${count}`, invoke("quote").handle(handler));
  const request = {
    method,
    url: `${origin}/api/quote`,
    headers: { "content-type": "application/json" },
    body: bytes(payload),
  };
  const answer = await call(`invoke${count}`, request);
  return { status: Number(answer.statusCode), text: body(answer), type: answer.headers["content-type"] };
}

test("the host is told of an endpoint that takes POST, and asks for a key", () => {
  register(
    "invoke-told",
    invoke("quote").handle(() => 1),
  );
  expect(bindingOf("invoke-told")).toMatchObject({
    type: "httpTrigger",
    route: "quote",
    methods: ["POST"],
    authLevel: "function",
  });
  register(
    "invoke-open",
    invoke("quote").handle(() => 1),
    { path: "/v2/quote", authLevel: "anonymous" },
  );
  expect(bindingOf("invoke-open")).toMatchObject({ route: "v2/quote", authLevel: "anonymous" });
});

test("JSON in, JSON out", async () => {
  const answer = await post((given) => ({ got: given.payload, kind: given.kind }), '{"sku":"a"}');
  expect(answer).toEqual({ status: 200, text: '{"got":{"sku":"a"},"kind":"invoke"}', type: "application/json" });
  expect((await post(({ payload }) => payload, "5")).text).toBe("5");
});

test("no body is null, and so is no result", async () => {
  expect((await post(({ payload }) => ({ payload }), "")).text).toBe('{"payload":null}');
  expect((await post(() => undefined, "{}")).text).toBe("null");
});

test("an error is a problem, and an unknown one does not say why", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const known = () => {
    throw new HandlerError("CONFLICT", "It is taken.");
  };
  expect(await post(known, "{}")).toMatchObject({ status: 409, type: "application/problem+json" });
  for (const thrown of [undefined, new Error("secret")]) {
    const answer = await post(() => Promise.reject(thrown), "{}");
    expect(answer).toMatchObject({ status: 500, type: "application/problem+json" });
    expect(answer.text).not.toContain("secret");
  }
});

test("what is not JSON, or would set a prototype, is refused", async () => {
  for (const payload of ["not json", '{"__proto__":{}}']) expect((await post(() => 1, payload)).status).toBe(400);
});

test("a function of another kind is refused", () => {
  expect(() => register("invoke-wrong", (() => 1) as never)).toThrow("An invoke function was expected");
});
