import { fake } from "@portico/testing";
import type { Callback, Context as VendorContext } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { callLambda } from "./call.js";
import type { CallOptions, NativeContext } from "./context.js";

const run = (handler: (...given: never[]) => unknown, options: CallOptions = {}, context = fake.context()) =>
  callLambda(handler, { a: 1 }, context, options);

/** Has a `then`, and is no Promise. */
const foreignPromise = (value: string) =>
  // biome-ignore lint/suspicious/noThenProperty: that it has one is the point.
  Object.defineProperty({}, "then", { value: (resolve: (value: string) => void) => soon(() => resolve(value)) });

const soon = (act: () => void) => void setTimeout(act, 1);

describe("a handler settles once", () => {
  test.each<[string, (event: object, context: VendorContext, callback: Callback) => unknown]>([
    ["a promise", async () => "done"],
    ["a promise of another library", () => foreignPromise("done")],
    ["its callback", (_event, _context, callback) => soon(() => callback(null, "done"))],
    ["its callback, called while it runs", (_event, _context, callback) => callback(undefined, "done")],
    [
      "its callback, whatever it returns",
      (_event, _context, callback) => {
        soon(() => callback(null, "done"));
        return { not: "the result" };
      },
    ],
    ["context.succeed", (_event, context) => soon(() => context.succeed("done"))],
    ["context.done", (_event, context) => soon(() => context.done(undefined, "done"))],
    ["the first of two answers", (_event, _context, callback) => [callback(null, "done"), callback(null, "again")]],
  ])("by %s", async (_style, handler) => {
    expect(await run(handler)).toBe("done");
  });

  test("by what it returns, where that is no promise", async () => {
    expect(await run(() => "done")).toBe("done");
    expect(await run((_event: object, _context: object) => "done")).toBe("done");
    expect(await run(() => undefined)).toBeUndefined();
  });

  test("by its callback, though it declares no parameter, where the option says so", async () => {
    const wrapper = function (this: unknown, ...given: never[]): void {
      soon(() => (given[2] as unknown as Callback)(null, "done"));
    };
    expect(await run(wrapper, { callback: true })).toBe("done");
  });
});

const error = Object.assign(new Error("no"), { code: "E1" });
test.each<[string, (event: object, context: VendorContext, callback: Callback) => unknown]>([
  ["rejects", async () => Promise.reject(error)],
  [
    "throws",
    () => {
      throw error;
    },
  ],
  ["calls back with an error", (_event, _context, callback) => soon(() => callback(error))],
  ["calls context.fail", (_event, context) => soon(() => context.fail(error))],
  ["calls context.done with an error", (_event, context) => soon(() => context.done(error))],
])("one that %s rejects with the very same error", async (_what, handler) => {
  await expect(run(handler)).rejects.toBe(error);
});

test("what is thrown need be no error", async () => {
  const thrown = (value: unknown) =>
    run(() => Promise.reject(value)).then(
      () => "resolved",
      (reason: unknown) => [reason],
    );
  expect(await thrown("text")).toEqual(["text"]);
  expect(await thrown(undefined)).toEqual([undefined]);
  await expect(run((_event: object, context: NativeContext) => context.fail(undefined))).rejects.toThrow("failed");
});

test.each<[string, (event: object, context: object, callback: object) => unknown]>([
  ["never calls back", (_event, _context, _callback) => undefined],
  ["might still call the context, and never does", ((_event: object, _context: object) => undefined) as never],
  ["never settles its promise", () => new Promise(() => undefined)],
])("a handler that %s is given up when its time is over, and is not taken for done", async (_what, handler) => {
  await expect(run(handler, { function: { timeoutMs: 15 } })).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("the context is complete, and says what the function is called at home", async () => {
  let seen: VendorContext | undefined;
  const context = fake.context({ id: "invocation-1", functionName: "here", region: "westeurope" });
  await run(
    (_event: object, given: VendorContext) => {
      seen = given;
      return 1;
    },
    {},
    context,
  );
  expect(seen).toMatchObject({
    callbackWaitsForEmptyEventLoop: true,
    functionName: "here",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:westeurope:123456789012:function:here",
    memoryLimitInMB: "128",
    awsRequestId: "invocation-1",
    logGroupName: "/aws/lambda/here",
    logStreamName: "[$LATEST]invocation-1",
  });
  for (const name of ["identity", "clientContext", "done", "fail", "succeed"]) expect(seen).toHaveProperty(name);
  expect(seen).not.toHaveProperty("xRayTraceId");

  const home = {
    name: "orders",
    version: "7",
    region: "eu-west-1",
    accountId: "1",
    memoryMb: 512,
    logGroup: "g",
    logStream: "s",
  };
  await run(
    (_event: object, given: VendorContext) => {
      seen = given;
      return 1;
    },
    { function: home, clientContext: { custom: 1 } },
  );
  expect(seen).toMatchObject({
    functionName: "orders",
    functionVersion: "7",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:1:function:orders",
    memoryLimitInMB: "512",
    logGroupName: "g",
    logStreamName: "s",
    clientContext: { custom: 1 },
  });
});

test("the remaining time is finite, whole and shrinks: the invocation's, the option's or the longest of Lambda", async () => {
  const remaining = (options?: CallOptions, deadline?: Date) =>
    run(
      (_event: object, context: VendorContext) => context.getRemainingTimeInMillis(),
      options,
      fake.context({ deadline }),
    );
  const longest = (await remaining()) as number;
  expect(longest).toBeGreaterThan(899_000);
  expect(longest).toBeLessThanOrEqual(900_000);
  expect(await remaining({ function: { timeoutMs: 3000 } })).toBeLessThanOrEqual(3000);
  expect(Number.isInteger(await remaining({}, new Date(Date.now() + 2000.5)))).toBe(true);
  expect(await remaining({}, new Date(Date.now() + 2000))).toBeLessThanOrEqual(2000);
});

test("the trace is X-Ray's only where an option says so; the variable is the process's", async () => {
  const trace = { traceId: "5759e988bd862e3fe1be46a994272793", spanId: "53995c3f42cd8ad8", sampled: true };
  const seen = (xRay?: CallOptions["xRay"]) =>
    run(
      (_event: object, context: NativeContext) => [context.xRayTraceId, process.env._X_AMZN_TRACE_ID],
      { xRay },
      fake.context({ trace }),
    );
  const text = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  expect(await seen()).toEqual([undefined, undefined]);
  expect(await seen(true)).toEqual([text, undefined]);
  try {
    expect(await seen("environment")).toEqual([text, text]);
  } finally {
    delete process.env._X_AMZN_TRACE_ID;
  }
});
