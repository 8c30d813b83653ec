import { expect, test } from "vitest";
import { capabilities } from "./capabilities.js";

test("there is one row per source, each with the vendor's page", () => {
  const names = capabilities.map(({ kind, source }) => `${kind}: ${source}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { see } of capabilities) expect(see).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  expect(names.toSorted()).toEqual([
    "change: DocumentDB",
    "change: DynamoDB streams",
    "change: Kinesis, from DynamoDB",
    "event: CloudEvent by direct invoke",
    "event: CloudWatch Logs",
    "event: CodeCommit",
    "event: EventBridge",
    "event: IoT and other JSON",
    "event: SES",
    "object: S3 notification",
    "object: S3 via EventBridge",
    "queue: ActiveMQ",
    "queue: RabbitMQ",
    "queue: SQS",
    "schedule: EventBridge rule and Scheduler",
    "stream: Kafka (Amazon MSK, self-managed)",
    "stream: Kinesis",
    "topic: SNS",
  ]);
});

test("what is invoked asynchronously comes back whole, and what blocks a shard demands a sink", () => {
  const by = (source: string) => capabilities.find((row) => row.source === source);
  expect(by("SNS")).toMatchObject({ redelivery: "delivery", batch: false, retryDelay: false });
  expect(by("SQS")).toMatchObject({ redelivery: "declared", retryDelay: "hook", order: "group", attempt: true });
  expect(by("Kinesis")?.deadLetter).toBe("sink");
});

test("they are plain data", () => {
  expect(JSON.parse(JSON.stringify(capabilities))).toHaveLength(capabilities.length);
});
