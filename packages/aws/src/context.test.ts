import { type Context, HandlerError, http as portable, reply } from "@portico/core";
import { afterEach, expect, test, vi } from "vitest";
import { lambdaContext, logged, payloadV2, see } from "../test/events.js";
import { parseXRay } from "./context.js";
import { http, native } from "./http.js";

afterEach(() => vi.unstubAllEnvs());

const root = "1-5759e988-bd862e3fe1be46a994272793";
const traceId = "5759e988bd862e3fe1be46a994272793";
const xRay = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`;

test("the context is Lambda's", async () => {
  vi.stubEnv("AWS_REGION", undefined);
  const { context } = await see(payloadV2());
  expect(context).toMatchObject({
    id: "invocation-1",
    functionName: "orders",
    platform: "aws",
    region: "eu-west-1",
    coldStart: true,
  });
  expect(context.remainingMs()).toBeGreaterThan(2500);
  expect(context.remainingMs()).toBeLessThanOrEqual(3000);
  expect(context.deadline?.getTime()).toBeGreaterThan(Date.now());
  vi.stubEnv("AWS_REGION", "ap-south-1");
  expect((await see(payloadV2())).context.region).toBe("ap-south-1");
});

test("time that is up already, and a runtime that tells none, do no harm", async () => {
  const { context } = await see(payloadV2(), {}, lambdaContext({ getRemainingTimeInMillis: () => 1 }));
  expect(context.remainingMs()).toBeGreaterThanOrEqual(0);
});

test("native gives the event and the context untouched, and refuses on another platform", async () => {
  const event = payloadV2();
  const lambda = lambdaContext();
  const { context } = await see(event, {}, lambda);
  expect(native(context)?.event).toBe(event);
  expect(native(context)?.context).toBe(lambda);
  expect(native({ ...context, platform: "azure" } as Context)).toBeUndefined();
});

test("the trace is the caller's traceparent first, then X-Ray's from context, invoke store and environment", async () => {
  const trace = async (headers: Record<string, string>, over = {}) =>
    (await see(payloadV2({ headers }), {}, lambdaContext(over))).context.trace;
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  vi.stubEnv("_X_AMZN_TRACE_ID", xRay.replace("53995c3f42cd8ad8", "00000000000000e1"));
  expect(await trace({ Traceparent: traceparent, tracestate: "a=b" }, { xRayTraceId: xRay })).toEqual({
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    sampled: true,
    traceState: "a=b",
  });
  expect(await trace({ traceparent: "junk" }, { xRayTraceId: xRay })).toMatchObject({
    traceId,
    spanId: "53995c3f42cd8ad8",
    sampled: true,
  });
  // The native client says "" where there is none.
  expect(await trace({}, { xRayTraceId: "" })).toMatchObject({ traceId, spanId: "00000000000000e1" });
  vi.stubGlobal("awslambda", {
    InvokeStore: { getXRayTraceId: () => xRay.replace("53995c3f42cd8ad8", "00000000000000a5") },
  });
  expect(await trace({})).toMatchObject({ traceId, spanId: "00000000000000a5" });
  vi.unstubAllGlobals();
  vi.stubEnv("_X_AMZN_TRACE_ID", undefined);
  expect((await trace({})).traceId).toMatch(/^[\da-f]{32}$/);
});

test.each([
  [xRay, { traceId, spanId: "53995c3f42cd8ad8", sampled: true }],
  [
    `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a:0`,
    { traceId, spanId: "53995c3f42cd8ad8", sampled: false },
  ],
  [
    `Self=1-5759e988-000000000000000000000001;Root=${root.toUpperCase()}; Parent=53995C3F42CD8AD8`,
    { traceId, spanId: "53995c3f42cd8ad8", sampled: false },
  ],
  [`Root=${root}`, { traceId, spanId: expect.stringMatching(/^[\da-f]{16}$/), sampled: false }],
])("X-Ray's %s is a trace", (header, expected) => {
  expect(parseXRay(header)).toMatchObject(expected);
});

test.each([
  undefined,
  "",
  "Root=2-5759e988-bd862e3fe1be46a994272793",
  "Root=1-x-y",
  "XRoot=1-5759e988-bd862e3fe1be46a994272793",
  "Root=1-00000000-000000000000000000000000",
])("%j is no trace", (header) => expect(parseXRay(header)).toBeUndefined());

async function entries(log: (context: Context) => void, options = {}, over = {}) {
  return logged(async () => {
    const fn = portable.get("/").handle((_request, context) => {
      log(context);
      return reply.empty();
    });
    await http(fn, options)(payloadV2(), lambdaContext(over));
  });
}

test("a log entry is one line in the shape of Lambda's own JSON logs", async () => {
  const [entry] = await entries(({ log }) => log.info("order\nreceived", { sku: "a", nested: { n: 1n } }));
  expect(Object.keys(entry ?? {}).slice(0, 3)).toEqual(["timestamp", "level", "requestId"]);
  expect(entry).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: "INFO",
    requestId: "invocation-1",
    functionName: expect.any(String),
    message: "order\nreceived",
    sku: "a",
    nested: { n: "1" },
  });
  const [tenant] = await entries(({ log }) => log.warn("x"), {}, { tenantId: "acme" });
  expect(tenant).toMatchObject({ level: "WARN", tenantId: "acme" });
});

test("fields cannot take the place of what the log service reads", async () => {
  const [entry] = await entries(({ log }) =>
    log.info("real", { level: "ERROR", timestamp: "never", requestId: "other", message: "fake" }),
  );
  expect(entry).toMatchObject({ level: "INFO", requestId: "invocation-1", message: "real" });
});

test("an error has the names that CloudWatch reads, with code and causes beside them", async () => {
  const error = new HandlerError("CONFLICT", "taken", { cause: new TypeError("why"), hint: "try another" });
  const [entry] = await entries(({ log }) => log.error("failed", { error }));
  expect(entry).toMatchObject({
    level: "ERROR",
    message: "failed",
    errorType: "HandlerError",
    errorMessage: "taken",
    stackTrace: expect.arrayContaining([
      expect.stringMatching(/^HandlerError: taken/),
      expect.stringMatching(/^ +at /),
    ]),
    error: { code: "CONFLICT", hint: "try another", cause: { name: "TypeError", message: "why" } },
  });
  const [plain] = await entries(({ log }) => log.error("failed", { error: "just text" }));
  expect(plain).toMatchObject({ error: "just text" });
});

test.each([
  [{}, undefined, undefined, ["info", "warn", "error"]],
  [{}, "DEBUG", undefined, ["debug", "info", "warn", "error"]],
  [{}, "TRACE", undefined, ["debug", "info", "warn", "error"]],
  [{}, "WARN", "debug", ["warn", "error"]],
  [{}, "FATAL", undefined, ["error"]],
  [{}, undefined, "error", ["error"]],
  [{}, "nonsense", undefined, ["info", "warn", "error"]],
  [{}, "", "error", ["error"]],
  [{ logLevel: "error" }, "DEBUG", undefined, ["error"]],
] as const)(
  "with the option %j, AWS_LAMBDA_LOG_LEVEL %s and LOG_LEVEL %s, entries of %j are written",
  async (options, lambdaLevel, level, expected) => {
    vi.stubEnv("AWS_LAMBDA_LOG_LEVEL", lambdaLevel);
    vi.stubEnv("LOG_LEVEL", level);
    const written = await entries(({ log }) => {
      for (const name of ["debug", "info", "warn", "error"] as const) log[name](name);
    }, options);
    expect(written.map(({ message }) => message)).toEqual(expected);
  },
);
