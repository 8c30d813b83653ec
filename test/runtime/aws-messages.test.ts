// Messages through the real aws-lambda-ric.
import { fileURLToPath } from "node:url";
import { aws } from "@portico/testing/hosts";
import { expect, test } from "vitest";

const module = fileURLToPath(new URL("aws/messages.mjs", import.meta.url));
const nodePath = process.env.PORTICO_NODE;

const batch = (...todos: string[]) => ({
  Records: todos.map((todo, index) => ({
    messageId: `m${index}`,
    receiptHandle: "handle",
    body: JSON.stringify({ todo }),
    attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1700000000000" },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders",
  })),
});

test("with partial failures declared, those that are not done come back, and nothing else", async () => {
  await using host = await aws({ module, export: "partial", nodePath });
  expect(await host.invoke(batch("do", "retry", "dead", "throw", "never"))).toEqual({
    status: "success",
    result: { batchItemFailures: [{ itemIdentifier: "m1" }, { itemIdentifier: "m3" }, { itemIdentifier: "m4" }] },
  });
  const log = host.logs.join("\n");
  expect(log).toContain('"key":"arn:aws:sqs:eu-west-1:123456789012:orders#m2"');
  expect(log).toContain("a secret reason");
  expect(await host.invoke({ Records: [] })).toEqual({ status: "success", result: { batchItemFailures: [] } });
});

test("without, a failure fails the invocation, and success says nothing", async () => {
  await using host = await aws({ module, export: "whole", nodePath });
  expect(await host.invoke(batch("do", "dead"))).toEqual({ status: "success", result: null });
  expect(await host.invoke(batch("do", "retry"))).toMatchObject({ status: "failure" });
});

test("an event of another kind fails the invocation, by name", async () => {
  await using host = await aws({ module, export: "whole", nodePath });
  const outcome = await host.invoke({ httpMethod: "GET", path: "/", requestContext: { requestId: "1" } });
  expect(outcome).toMatchObject({ status: "failure" });
  expect(JSON.stringify(outcome) + host.logs.join("\n")).toContain("apigw-v1");
});
