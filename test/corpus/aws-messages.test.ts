import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  event as deployEvent,
  invoke as deployInvoke,
  object as deployObject,
  queue as deployQueue,
  schedule as deploySchedule,
  topic as deployTopic,
  type LambdaContext,
} from "@portico/aws";
import { event, invoke, object, queue, schedule, topic } from "@portico/core";
import { describe, expect, test } from "vitest";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "aws");

interface Entry {
  readonly file: string;
  readonly trigger: string;
  readonly kind: string;
  readonly role: "request" | "response";
}

const lambda: LambdaContext = {
  awsRequestId: "invocation",
  functionName: "corpus",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:corpus",
  memoryLimitInMB: "128",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 10_000,
};

let seen: object[] = [];
/** What a user sees of an event; payloads are looked at as text where there is one. */
const look = async (one: object) => {
  const { text } = one as { text?(): Promise<string> };
  seen.push(text ? Object.assign(Object.create(one), { payload: await text.call(one) }) : one);
};
const handlers = {
  queue: deployQueue(queue("q").handle(look), { batchItemFailures: true }),
  topic: deployTopic(topic("t").handle(look)),
  object: deployObject(object("b").handle(look)),
  event: deployEvent(event().handle(look)),
  schedule: deploySchedule(schedule("0 3 * * *").handle(look)),
  invoke: deployInvoke(
    invoke("f").handle(async (call) => {
      await look(call);
      return call.payload;
    }),
  ),
};
type Kind = keyof typeof handlers;
const kinds = Object.keys(handlers) as Kind[];

/** Whether a handler takes an event; anything but a refusal fails the test. */
async function takes(kind: Kind, given: unknown): Promise<boolean> {
  seen = [];
  try {
    const result = await handlers[kind](given, lambda);
    if (kind === "invoke") expect(result).toBe(given);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "EVENT_UNSUPPORTED" });
    expect(seen).toEqual([]);
    return false;
  }
}

/** Which of the handlers take a request of the corpus, by its kind in the index. */
function takers({ trigger, file }: Entry): readonly Kind[] {
  switch (trigger) {
    case "queue":
      return ["queue"];
    case "topic":
      return ["topic"];
    case "object":
      // Declared as `event`, a function gets the same notifications.
      return ["object", "event"];
    case "schedule":
      return ["event", "schedule"];
    case "event":
    case "log":
      return ["event"];
    case "http":
    case "stream":
    case "table":
    case "websocket":
      return [];
    default:
      if (/ses-|code-commit/.test(file)) return ["event"];
      // What has no envelope is an event too: nothing tells it from what IoT sends.
      return eventsToo.test(file) ? ["event", "invoke"] : ["invoke"];
  }
}

const eventsToo = /iot-button|iot-1-click|appsync-identity/;

/** What the handler of the first kind sees, file by file. */
const expected: Readonly<Record<string, readonly object[]>> = {
  "aws-lambda-go/activemq-event.json": [
    {
      id: "ID:b-0f5b7522-2b41-4f85-a615-735a4e6d96b5-2.mq.us-west-2.amazonaws.com-34859-1598944546501-4:12:1:1:3",
      source: "arn:aws:mq:us-west-2:533019413397:broker:shask-test:b-0f5b7522-2b41-4f85-a615-735a4e6d96b5/testQueue",
      time: new Date(1599863938941),
      payload: "Enter some text here for the message body...",
      attributes: { testKey: "testValue" },
      correlationId: undefined,
      replyTo: undefined,
    },
  ],
  "aws-lambda-go/rabbitmq-event.json": [
    {
      id: "invocation/test:://0",
      source: "arn:aws:mq:us-west-2:112556298976:broker:test:b-9bcfa592-423a-4942-879d-eb284b418fc8/test",
      time: new Date("1970-01-01T00:33:41Z"),
      payload: '{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}',
      attributes: { header1: "value1", header2: "value2", numberInHeader: "10" },
      contentType: "text/plain",
    },
  ],
  "aws-lambda-go/sqs-event.json": [
    {
      id: "MessageID_1",
      source: "arn:aws:sqs:us-west-2:123456789012:SQSQueue",
      time: new Date(1520621625029),
      payload: "Message Body",
      attributes: { Attribute1: "AttributeValue1", Attribute2: "123", Attribute3: "MTEwMA==" },
      attempt: 2,
      groupId: undefined,
    },
  ],
  "serverless-express/utils-sqs.json": [
    { id: "059f36b4-87a3-44ab-83d2-661975830a7d", payload: "Test message.", attributes: {}, attempt: 1 },
  ],
  "aws-lambda-go/sns-event.json": [
    {
      id: "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
      source: "arn:aws:sns:EXAMPLE",
      time: new Date("2015-06-03T17:43:27.123Z"),
      payload: "Hello from SNS!",
      subject: "TestInvoke",
      attributes: { Test: "TestString", TestBinary: "TestBinary" },
    },
  ],
  "serverless-express/utils-sns.json": [
    {
      source: "arn:aws:sns:us-east-2:123456789012:sns-lambda",
      time: new Date("2019-01-02T12:45:07Z"),
      payload: "Hello from SNS!",
    },
  ],
  "aws-lambda-go/cloudwatch-alarm-sns-payload-single-metric.json": [
    { payload: expect.stringMatching(/^\{"AlarmName": ?"EXAMPLE"/) },
  ],
  "aws-lambda-go/cloudwatch-alarm-sns-payload-multiple-metrics.json": [
    { payload: expect.stringMatching(/^\{"AlarmName": ?"EXAMPLE"/) },
  ],
  "aws-lambda-go/s3-event.json": [
    {
      id: "ObjectCreated:Put:Happy Sequencer:version:Happy%20Face.jpg",
      source: "arn:aws:s3:::mybucket",
      time: new Date(123),
      bucket: "sourcebucket",
      key: "Happy Face.jpg",
      action: "created",
      permanent: undefined,
      size: 1024,
      etag: "d41d8cd98f00b204e9800998ecf8427e",
      version: "version",
      sequence: "Happy Sequencer",
    },
  ],
  "aws-lambda-go/s3-event-with-decoded.json": [{ key: "Happy Face.jpg", action: "created" }],
  "aws-lambda-go/s3-glacier-event.json": [{ key: "glacier-test.txt", action: "restored" }],
  "aws-lambda-go/s3-restore-event.json": [{ key: "glacier-test.txt", action: "restored" }],
  "aws-lambda-go/s3-intelligenttier-event.json": [{ key: "intelligent-tier-test.dat", action: "archived" }],
  "aws-lambda-go/s3-lifecycle-event.json": [{ key: "lifecycle-test.dat", action: "archived", size: 10485760 }],
  "aws-lambda-go/s3-replication-event.json": [{ key: "replication-test.png", action: "updated" }],
  "serverless-express/utils-eventbridge-scheduled.json": [
    {
      type: "Scheduled Event",
      source: "aws.events",
      subject: "arn:aws:events:us-east-2:123456789012:rule/my-schedule",
    },
  ],
  "aws-lambda-go/cloudwatch-logs-event.json": [
    {
      type: "aws.logs.DATA_MESSAGE",
      subject: "testLogGroup",
      time: new Date(1440442987000),
      data: expect.objectContaining({ owner: "123456789123", logStream: "testLogStream" }),
    },
  ],
  "aws-lambda-go/code-commit-event.json": [
    {
      id: "5a824061-17ca-46a9-bbf9-114edeadbeef",
      type: "aws.codecommit.TriggerEventTest",
      source: "arn:aws:codecommit:us-east-1:123456789012:my-repo",
      time: new Date("2018-01-26T15:58:33.475Z"),
    },
  ],
};

/** The rest is by rule: an envelope's own names, a mail's own id. */
function rule(given: Record<string, unknown>): object {
  if ("detail-type" in given) {
    const { id, source, time, detail: data, "detail-type": type } = given;
    return { id, source, type, data, timestamp: time, time: new Date(time as string) };
  }
  const [record] = (given.Records ?? []) as { ses?: { mail: { messageId: string; timestamp: string } } }[];
  if (!record?.ses) return { id: "invocation", type: "aws.lambda.payload", data: given };
  return {
    id: record.ses.mail.messageId ?? "",
    type: "aws.ses.received",
    time: new Date(record.ses.mail.timestamp),
    data: record.ses,
  };
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));

describe.skipIf(!existsSync(root))(`the events of AWS in ${root}`, () => {
  const entries: Entry[] = existsSync(root) ? read("index.json") : [];
  const requests = entries.filter(({ role }) => role === "request");

  test.each(requests.map((entry) => [entry.file, entry] as const))(
    "%s is taken by its own kind alone",
    async (file, entry) => {
      const taken: Kind[] = [];
      for (const kind of kinds) if (await takes(kind, read(file))) taken.push(kind);
      expect(taken).toEqual(takers(entry));
    },
  );

  test.each(
    requests
      .filter((entry) => takers(entry)[0] !== "invoke" && takers(entry).length > 0)
      .map((entry) => [entry.file, entry] as const),
  )("%s is decoded to its values", async (file, entry) => {
    const given = read(file);
    const [kind] = takers(entry) as [Kind];
    await takes(kind, given);
    const values = expected[file] ?? [rule(given)];
    expect(seen).toHaveLength(values.length);
    for (const [index, value] of values.entries()) {
      expect(seen[index]).toMatchObject({ kind, ...value });
    }
  });

  test("the clock's event is a tick for a schedule function", async () => {
    await takes("schedule", read("serverless-express/utils-eventbridge-scheduled.json"));
    expect(seen).toMatchObject([{ scheduledTime: new Date("2019-03-01T01:23:45Z"), late: true }]);
  });

  test("every kind is there, and every file named above", () => {
    const files = new Set(requests.map(({ file }) => file));
    expect(Object.keys(expected).filter((file) => !files.has(file))).toEqual([]);
    expect(requests.length).toBeGreaterThan(100);
  });
});
