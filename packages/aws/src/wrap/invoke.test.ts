import type { Invocation } from "@portico/core";
import { fake } from "@portico/testing";
import type { Handler } from "aws-lambda";
import { expect, test } from "vitest";
import { encodeInvoke, invoke } from "./invoke.js";

const call = (payload: unknown): Invocation => ({
  kind: "invoke",
  id: "i1",
  source: "somebody",
  time: new Date(0),
  native: payload,
  payload,
  json: async () => payload,
});

test("a handler gets the payload as it is, a copy of its own, and its result goes back as JSON", async () => {
  const handler: Handler<{ a: number; b?: number }> = async (event) => {
    event.b = 2;
    return { ...event, at: new Date(0), nothing: undefined };
  };
  const payload = { a: 1 };
  const fn = invoke(handler, { name: "quote" });
  expect(fn.trigger).toEqual({ kind: "invoke", name: "quote" });
  expect(await fn(call(payload), fake.context())).toEqual({ a: 1, b: 2, at: "1970-01-01T00:00:00.000Z" });
  expect(payload).toEqual({ a: 1 });
  for (const value of ["text", 7, null, [1], false])
    expect(await invoke(async (event: unknown) => event, { name: "f" })(call(value), fake.context())).toEqual(value);
});

test("no payload is an empty object, and no result is null, as on Lambda", async () => {
  expect(encodeInvoke(call(undefined))).toEqual({});
  expect(await invoke(async () => undefined, { name: "f" })(call({}), fake.context())).toBeNull();
});

test("it rejects with the very thing that the handler threw or called back with", async () => {
  const error = new TypeError("no");
  const run = (handler: (...given: never[]) => unknown) => invoke(handler, { name: "f" })(call({}), fake.context());
  await expect(run(() => Promise.reject(error))).rejects.toBe(error);
  await expect(run((_event: object, _context: object, callback: (e: Error) => void) => callback(error))).rejects.toBe(
    error,
  );
});

test("what JSON has not is refused on its way in, and fails on its way out", async () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  for (const payload of [1n, { at: new Date(0) }, [Number.NaN], -0, circle, () => 1, [undefined]]) {
    expect(() => encodeInvoke(call(payload))).toThrow(expect.objectContaining({ code: "EVENT_UNENCODABLE" }));
  }
  await expect(invoke(async () => 1n, { name: "f" })(call({}), fake.context())).rejects.toMatchObject({
    code: "REPLY_INVALID",
  });
});
