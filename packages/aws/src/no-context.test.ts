import { event, every, http, invoke, queue, reply, schedule } from "@portico/core";
import { expect, test } from "vitest";
import { any } from "./any.js";
import type { LambdaContext } from "./context.js";
import { event as awsEvent } from "./event.js";
import { http as awsHttp, type HttpEvent } from "./http.js";
import { invoke as awsInvoke } from "./invoke.js";
import { queue as awsQueue } from "./queue.js";
import { schedule as awsSchedule } from "./schedule.js";

const request = {
  version: "2.0",
  routeKey: "$default",
  rawPath: "/a",
  rawQueryString: "",
  headers: {},
  requestContext: { http: { method: "GET", path: "/a", sourceIp: "192.0.2.1" }, stage: "$default", requestId: "r" },
  isBase64Encoded: false,
} as unknown as HttpEvent;
const tick = {
  ...{ version: "0", id: "1", "detail-type": "Scheduled Event", source: "aws.events", account: "123456789012" },
  ...{ time: "2026-01-01T00:00:00Z", region: "eu-west-1", resources: ["arn:aws:events:r"], detail: {} },
};
const message = {
  ...{ messageId: "m", receiptHandle: "h", body: "{}", attributes: {}, messageAttributes: {}, eventSource: "aws:sqs" },
  ...{ eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders", awsRegion: "eu-west-1" },
};
const seen: unknown[] = [];
const see = (_event: unknown, context: { readonly id: string; readonly functionName: string; remainingMs(): number }) =>
  void seen.push([context.id, context.functionName, context.remainingMs()]);
const fetchA = http.get("/a").handle((given, context) => {
  see(given, context);
  return reply.text("a");
});
const orders = queue("orders").handle(see);
const quote = invoke("quote").handle((given, context) => {
  see(given, context);
  return "quoted";
});

const calls: [string, (context?: LambdaContext) => Promise<unknown>][] = [
  ["http", (context) => awsHttp(fetchA)(request, context)],
  ["http with timeoutMs", (context) => awsHttp(fetchA, { timeoutMs: 0 })(request, context)],
  ["queue", (context) => awsQueue(orders)({ Records: [message] }, context)],
  ["schedule", (context) => awsSchedule(schedule(every("5 minutes")).handle(see))(tick, context)],
  ["event", (context) => awsEvent(event().handle(see))({ ...tick, source: "shop", "detail-type": "Order" }, context)],
  ["invoke", (context) => awsInvoke(quote)({}, context)],
  ["any", (context) => any([orders, quote])({ Records: [message] }, context)],
];

test.each(calls)("a handler of kind %s works without a context", async (_kind, call) => {
  for (const context of [undefined, null, {}]) {
    seen.length = 0;
    await call(context as LambdaContext);
    expect(seen).toEqual([["local", "local", Number.POSITIVE_INFINITY]]);
  }
});

test("what a context says is kept, and the rest is filled in", async () => {
  seen.length = 0;
  await awsQueue(orders)({ Records: [message] }, { functionName: "mine" } as LambdaContext);
  expect(seen).toEqual([["local", "mine", Number.POSITIVE_INFINITY]]);
});
