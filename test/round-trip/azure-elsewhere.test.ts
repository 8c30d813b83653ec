import * as aws from "@portico/aws";
import * as functions from "@portico/azure/wrap";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Not behind the worker's stand-in: the module is imported as it is anywhere but on Azure.
let native: typeof import("./native/azure-orders.js");
const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
const lines: string[] = [];
const write = vi.spyOn(process.stdout, "write").mockImplementation((line) => {
  lines.push(String(line));
  return true;
});
beforeAll(async () => {
  native = await import("./native/azure-orders.js");
});
afterAll(() => {
  warn.mockRestore();
  write.mockRestore();
});

const lambda = {
  awsRequestId: "r1",
  functionName: "orders",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:orders",
  memoryLimitInMB: "128",
  getRemainingTimeInMillis: () => 10_000,
} as never;

test("a module that registers its functions only warns where it is imported outside Azure", () => {
  const warnings = warn.mock.calls.map(([text]) => String(text));
  expect(warnings).toEqual([
    expect.stringContaining("test mode"),
    expect.stringContaining('"getOrder"'),
    expect.stringContaining('"fulfil"'),
  ]);
});

describe("an unmodified Azure function on Lambda", () => {
  const get = (id: string, query = "") => {
    const http = {
      method: "GET",
      path: `/orders/${id}`,
      protocol: "HTTP/1.1",
      sourceIp: "203.0.113.7",
      userAgent: "curl",
    };
    const place = {
      accountId: "123456789012",
      apiId: "a",
      domainName: "api.example.test",
      domainPrefix: "api",
      stage: "$default",
    };
    const when = {
      requestId: "q1",
      routeKey: "$default",
      time: "05/Mar/2026:10:15:30 +0000",
      timeEpoch: 1772705730000,
    };
    const handler = aws.http(functions.http(native.getOrder, { path: "/orders/:id", methods: ["GET"] }));
    return handler(
      {
        ...{ version: "2.0", routeKey: "$default", rawPath: `/orders/${id}`, rawQueryString: query },
        ...{
          headers: { host: "api.example.test" },
          isBase64Encoded: false,
          requestContext: { ...place, ...when, http },
        },
      } as never,
      lambda,
    );
  };

  test("answers behind API Gateway as it does at home", async () => {
    expect(await get("7", "note=a%20b")).toMatchObject({
      statusCode: 200,
      headers: { "content-type": "application/json" },
      cookies: ["seen=7; Max-Age=60; Path=/"],
      body: '{"id":"7","note":"a b"}',
    });
    expect(await get("missing")).toMatchObject({ statusCode: 404, body: "not found" });
    expect(lines.join("")).toContain("https://api.example.test/api/orders/7?note=a%20b");
  });

  test("answers 500 without a word when it throws, and the log has the error with its stack", async () => {
    const answer = await get("broken");
    expect(answer).toMatchObject({ statusCode: 500 });
    expect(JSON.stringify(answer)).not.toContain("database");
    expect(lines.join("")).toMatch(/the database is down.*at getOrder/);
  });

  test("takes messages of SQS: a failure brings back its own message, outputs go where the user says", async () => {
    const taken: unknown[] = [];
    const fn = functions.queue(native.fulfil, {
      queue: "orders",
      serviceBus: { extraOutputs: [native.receipts] },
      outputs: async (name, value) => void taken.push([name, value]),
    });
    const record = (messageId: string, sku: string) => ({
      messageId,
      receiptHandle: "r",
      body: JSON.stringify({ sku }),
      attributes: {
        ApproximateReceiveCount: "2",
        SentTimestamp: "1772705730000",
        SenderId: "s",
        ApproximateFirstReceiveTimestamp: "1772705730000",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:orders",
      awsRegion: "us-east-1",
    });
    const handler = aws.queue(fn, { batchItemFailures: true });
    const answer = await handler({ Records: [record("m1", "a"), record("m2", "broken")] } as never, lambda);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m2" }] });
    expect(taken).toEqual([[native.receipts.name, { fulfilled: "a", delivery: 2 }]]);
    expect(lines.join("")).toContain("cannot fulfil m2");
  });
});
