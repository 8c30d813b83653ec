import { fake } from "@portico/testing";
import type { SNSEvent, SNSHandler } from "aws-lambda";
import { expect, test } from "vitest";
import { topicMessage } from "../../test/wrap.js";
import { encodeTopic, topic } from "./topic.js";

test("an SNS message is what SNS delivers, and its signature and links lead nowhere", async () => {
  const message = topicMessage({ body: "text", subject: "Order placed", attributes: { tenant: "acme" }, replyTo: "q" });
  const event = await encodeTopic(message, { topic: "order-placed", region: "eu-west-1" });
  expect(event satisfies SNSEvent).toEqual({
    Records: [
      {
        EventVersion: "1.0",
        EventSource: "aws:sns",
        EventSubscriptionArn: "arn:aws:sns:eu-west-1:123456789012:order-placed:00000000-0000-0000-0000-000000000000",
        Sns: {
          Type: "Notification",
          MessageId: "m1",
          TopicArn: "arn:aws:sns:eu-west-1:123456789012:order-placed",
          Subject: "Order placed",
          Message: "text",
          Timestamp: "2026-01-02T03:04:05.678Z",
          SignatureVersion: "1",
          Signature: "portico-not-live",
          SigningCertUrl: "https://portico-not-live.invalid/certificate.pem",
          UnsubscribeUrl: "https://portico-not-live.invalid/unsubscribe",
          MessageAttributes: { tenant: { Type: "String", Value: "acme" }, replyTo: { Type: "String", Value: "q" } },
        },
      },
    ],
  });
  expect((await encodeTopic(topicMessage())).Records[0]?.Sns.Subject).toBeNull();
});

test.each<[string, Parameters<typeof topicMessage>[0]]>([
  ["body", { body: new Uint8Array([0xff]) }],
  ["body", { body: "" }],
  ["body", { body: "x".repeat(262_145) }],
  ["subject", { subject: "two\nlines" }],
  ["subject", { subject: "x".repeat(101) }],
  ["subject", { subject: "" }],
  ['attribute "a"', { attributes: { a: "" } }],
  ["correlationId", { correlationId: "1", attributes: { correlationId: "2" } }],
  ["id", { id: "" }],
])("is refused for its %s", async (field, facts) => {
  await expect(encodeTopic(topicMessage(facts))).rejects.toMatchObject({
    code: "EVENT_UNENCODABLE",
    permanent: true,
    details: { field },
  });
});

test("a handler's result means nothing, and its throw is retry with the very same error", async () => {
  const seen: string[] = [];
  const handler: SNSHandler = async ({ Records: [record] }) => void seen.push(String(record?.Sns.Message));
  const fn = topic(handler, { topic: "order-placed" });
  expect(fn.trigger).toEqual({ kind: "topic", topic: "order-placed" });
  expect(await fn(topicMessage({ body: "a" }), fake.context())).toEqual({ outcome: "ack" });
  expect(seen).toEqual(["a"]);
  const report = topic(async () => ({ batchItemFailures: [{ itemIdentifier: "m1" }] }), { topic: "t" });
  expect(await report(topicMessage(), fake.context())).toEqual({ outcome: "ack" });
  const error = new Error("no");
  const outcome = await topic(() => Promise.reject(error), { topic: "t" })(topicMessage(), fake.context());
  expect((outcome as { error: unknown }).error).toBe(error);
});
