import { HandlerError, type Invocation, invoke as portable, queue, validate } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { lambdaContext } from "../test/events.js";
import { busEvent, s3BusEvent, s3Record, snsRecord, sqsEvent, sqsRecord } from "../test/messages.js";
import { type InvokeOptions, invoke } from "./invoke.js";

beforeEach(() => {
  const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => spy.mockRestore();
});

const run = (handler: (call: Invocation) => unknown, payload: unknown, options: InvokeOptions = {}) =>
  invoke(portable("quote").handle(handler), options)(payload, lambdaContext());
const echo = ({ payload }: Invocation) => payload;

test.each([{ a: 1 }, null, "text", 7, true, [1, { b: 2 }], [], {}, { Records: [] }, { httpMethod: "GET" }])(
  "the payload %j comes as it is, and goes back as it is",
  async (payload) => {
    expect(await run(echo, payload)).toBe(payload);
  },
);

test("a call has the id of the request, and the payload as JSON for a schema", async () => {
  let seen: Invocation | undefined;
  await run(
    (call) => {
      seen = call;
    },
    { a: 1 },
  );
  expect(seen).toMatchObject({ kind: "invoke", id: "invocation-1", native: { a: 1 } });
  const fn = portable("quote")
    .use(validate(z.object({ sku: z.string() })))
    .handle((_call, { input }) => input.sku);
  expect(await invoke(fn)({ sku: "a" }, lambdaContext())).toBe("a");
  await expect(invoke(fn)({ sku: 1 }, lambdaContext())).rejects.toMatchObject({
    name: "HandlerError",
    code: "INPUT_INVALID",
  });
});

test("what is thrown goes to the caller, name and all, for Step Functions to match", async () => {
  class OutOfStock extends Error {
    override readonly name = "OutOfStock";
  }
  const error = new OutOfStock("no a");
  await expect(run(() => Promise.reject(error), {})).rejects.toBe(error);
  // An authorizer of API Gateway answers 401 to this very text.
  await expect(run(() => Promise.reject("Unauthorized"), {})).rejects.toBe("Unauthorized");
  for (const nothing of [undefined, null]) {
    await expect(run(() => Promise.reject(nothing), {})).rejects.toBeInstanceOf(Error);
  }
});

test("a result that is no JSON is an error; nothing is nothing", async () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  for (const result of [circular, 7n, { id: 7n }, () => 1, Symbol("x")]) {
    await expect(run(() => result, {})).rejects.toMatchObject({
      code: "REPLY_INVALID",
    } satisfies Partial<HandlerError>);
  }
  expect(await run(() => undefined, {})).toBeUndefined();
  expect(await run(() => null, {})).toBeNull();
  expect(await run(() => new Date(0), {})).toEqual(new Date(0));
});

test("the triggers that want an answer of their own pass", async () => {
  const payloads = [
    { triggerSource: "PreSignUp_SignUp", userPoolId: "p", request: {}, response: {} },
    { type: "TOKEN", authorizationToken: "t", methodArn: "arn:aws:execute-api:eu-west-1:1:a/prod/GET/" },
    { deliveryStreamArn: "arn", records: [{ recordId: "1", data: "SGk=" }] },
    { bot: { name: "b" }, sessionState: {}, invocationSource: "DialogCodeHook" },
    { Name: "ContactFlowEvent", Details: { ContactData: {} } },
    { invokingEvent: "{}", resultToken: "t" },
    { "detail-type": "a field of the caller's own" },
    { cf: "xA" },
    { cf: { request: {} } },
    { Records: [{ cf: "one of the caller's" }] },
    { eventSource: "sqs", EventSource: "kafka" },
  ];
  for (const payload of payloads) expect(await run(echo, payload)).toBe(payload);
});

test("deliveries and requests for a function of another kind are refused by name, unless they are let in", async () => {
  const payloads: [unknown, string][] = [
    [sqsEvent(sqsRecord("1")), "sqs"],
    [[sqsRecord("1")], "array"],
    [{ Records: [snsRecord("1", "x")] }, "sns"],
    [{ Records: [s3Record("a")] }, "s3"],
    [{ Records: [{ eventSource: "aws:dynamodb" }] }, "dynamodb"],
    [{ eventSource: "SelfManagedKafka", records: {} }, "SelfManagedKafka"],
    [{ eventSource: "aws:rmq" }, "rmq"],
    [{ awslogs: { data: "" } }, "cloudwatch-logs"],
    [{ requestContext: { http: {}, domainName: "x.lambda-url.eu-west-1.on.aws" } }, "function-url"],
    [{ requestContext: { connectionId: "c", eventType: "CONNECT", routeKey: "$connect" } }, "websocket"],
    [{ DurableExecutionArn: "a", CheckpointToken: "b" }, "durable"],
    [busEvent("Order Placed", {}), "eventbridge (Order Placed of com.example.orders)"],
    [busEvent("Scheduled Event", {}, { source: "aws.events" }), "schedule"],
    [busEvent("Scheduled Event", "{}", { source: "aws.scheduler" }), "schedule"],
    [s3BusEvent("Object Created", "a"), "eventbridge (Object Created of aws.s3)"],
    [{ Records: [{ eventSource: "aws:ses", ses: { mail: {} } }] }, "ses"],
    [{ Records: [{ eventSource: "aws:codecommit", codecommit: {} }] }, "codecommit"],
    [{ Records: [{ cf: { request: {} } }] }, "lambda@edge"],
    [{ Records: [{ cf: { response: {} } }] }, "lambda@edge"],
    [[{ eventSource: "aws:kinesis" }], "array (kinesis)"],
  ];
  for (const [payload, name] of payloads) {
    const refused = run(echo, payload);
    await expect(refused).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED", message: expect.stringContaining(name) });
    expect(await run(echo, payload, { acceptForeign: true })).toBe(payload);
  }
});

test("a handler that never settles rejects in time, after its signal", async () => {
  const aborted = vi.fn();
  const fn = portable("quote").handle((_call, { signal }) => {
    signal.addEventListener("abort", aborted);
    return new Promise(() => undefined);
  });
  await expect(invoke(fn, { timeoutMs: 100 })({}, lambdaContext())).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(aborted).toHaveBeenCalledTimes(1);
});

test("what was passed to waitUntil is settled before the answer, and before the error", async () => {
  const done: string[] = [];
  const later = (name: string) =>
    new Promise<void>((resolve) => setTimeout(resolve, 15)).then(() => void done.push(name));
  const answers = portable("quote").handle((_call, { waitUntil }) => waitUntil(later("answer")));
  await invoke(answers)({}, lambdaContext());
  expect(done).toEqual(["answer"]);
  const fails = portable("quote").handle((_call, { waitUntil }) => {
    waitUntil(later("error"));
    throw new HandlerError("CONFLICT", "taken");
  });
  await expect(invoke(fails)({}, lambdaContext())).rejects.toMatchObject({ code: "CONFLICT" });
  expect(done).toEqual(["answer", "error"]);
  const hangs = portable("quote").handle((_call, { waitUntil }) => waitUntil(new Promise(() => undefined)));
  await expect(invoke(hangs, { timeoutMs: 100 })({}, lambdaContext())).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("a function of another kind is refused at registration, and the handler takes two parameters", () => {
  // @ts-expect-error a queue function is no invoke function
  expect(() => invoke(queue("q").handle(() => undefined))).toThrow("An invoke function was expected");
  expect(invoke(portable("quote").handle(echo))).toHaveLength(2);
});
