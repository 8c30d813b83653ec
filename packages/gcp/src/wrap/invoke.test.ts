import type { HttpFunction } from "@google-cloud/functions-framework";
import type { Invocation } from "@portico/core";
import { expect, test } from "vitest";
import { encodeInvoke, invoke } from "./invoke.js";

const call = (payload: unknown): Invocation => ({
  kind: "invoke",
  id: "1",
  source: "test",
  time: new Date(0),
  native: undefined,
  payload,
  json: async () => payload,
});
const run = (handler: HttpFunction, payload: unknown) => invoke(handler, { name: "quote" })(call(payload));

test("a payload is the JSON of a POST, and the JSON of the answer is the result", async () => {
  expect(
    await run((request, response) => void response.json({ got: request.body, method: request.method }), { a: [1] }),
  ).toEqual({
    got: { a: [1] },
    method: "POST",
  });
});

test("no payload is no body, and no body is no result; text is text", async () => {
  expect(
    await run((request, response) => void response.status(request.body === undefined ? 204 : 500).end(), undefined),
  ).toBe(undefined);
  expect(await run((_request, response) => void response.type("text/plain").send("hé"), {})).toBe("hé");
});

test("what the function throws is thrown, the very same", async () => {
  const error = new Error("a secret");
  const failing: HttpFunction = () => {
    throw error;
  };
  await expect(run(failing, {})).rejects.toBe(error);
});

test.each([
  [404, "NOT_FOUND"],
  [418, "BAD_REQUEST"],
  [503, "UNAVAILABLE"],
  [507, "INSUFFICIENT_STORAGE"],
  [508, "BAD_GATEWAY"],
])("the status %i is an error of that status, with what the function said", async (status, code) => {
  const answer = run((_request, response) => void response.status(status).send("no such thing"), {});
  await expect(answer).rejects.toMatchObject({ code, message: "no such thing" });
});

test.each([[1], ["text"], [null], [{ a: 1n }], [[-0]], [JSON.parse('{"__proto__":1}')]])(
  "a payload that the framework or JSON does not take is refused: %s",
  (payload) => {
    expect(() => encodeInvoke(call(payload))).toThrow(expect.objectContaining({ code: "EVENT_UNENCODABLE" }));
  },
);
