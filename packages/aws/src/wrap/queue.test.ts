import { HandlerError } from "@portico/core";
import { fake } from "@portico/testing";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { deliverAll, queueMessage } from "../../test/wrap.js";
import { encodeQueue, queue, type WrapQueueOptions } from "./queue.js";

const failures = (...ids: unknown[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const [a, b, c] = ["a", "b", "c"].map((id) => queueMessage({ id })) as [
  ReturnType<typeof queueMessage>,
  ReturnType<typeof queueMessage>,
  ReturnType<typeof queueMessage>,
];

const one = (handler: (event: SQSEvent) => unknown, options: Partial<WrapQueueOptions> = {}) =>
  queue(handler, { queue: "orders", batchItemFailures: true, ...options })(a, fake.context());
const all = (handler: (event: SQSEvent) => unknown, options: Partial<WrapQueueOptions> = {}) =>
  deliverAll(queue.batch(handler, { queue: "orders", batchItemFailures: true, ...options }), [a, b, c], fake.context());

const lists = { stringListValues: [], binaryListValues: [] };

describe("an SQS message", () => {
  test("is what SQS delivers, and its handles lead nowhere", async () => {
    const event = await encodeQueue(
      [
        queueMessage({
          id: "059f36b4-87a3-44ab-83d2-661975830a7d",
          body: '{"sku":"a"}',
          attributes: { tenant: "acme" },
          contentType: "application/json",
          attempt: 3,
        }),
      ],
      { queue: "orders", region: "eu-west-1", accountId: "111122223333" },
    );
    expect(event satisfies SQSEvent).toEqual({
      Records: [
        {
          messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
          receiptHandle: "portico-not-live",
          body: '{"sku":"a"}',
          attributes: {
            ApproximateReceiveCount: "3",
            SentTimestamp: "1767323045678",
            SenderId: "portico-not-live",
            ApproximateFirstReceiveTimestamp: "1767323045678",
          },
          messageAttributes: {
            tenant: { stringValue: "acme", ...lists, dataType: "String" },
            contentType: { stringValue: "application/json", ...lists, dataType: "String" },
          },
          md5OfBody: "bcace4326fca14f8bec0b7bcf09e1c91",
          eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:eu-west-1:111122223333:orders",
          awsRegion: "eu-west-1",
        },
      ],
    });
  });

  test("of a FIFO queue has a group, a sequence number and a deduplication id", async () => {
    const { Records } = await encodeQueue([queueMessage({ groupId: "g", sequence: "18" })], { queue: "orders.fifo" });
    expect(Records[0]).toMatchObject({
      eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:orders.fifo",
      attributes: { MessageGroupId: "g", SequenceNumber: "18", MessageDeduplicationId: "m1" },
    });
  });

  test("has the attributes that Lambda hands over, with their types where the message came with them", async () => {
    const messageAttributes = {
      note: { stringValue: "n", ...lists, dataType: "String" },
      count: { stringValue: "7", ...lists, dataType: "Number.int" },
      digest: { binaryValue: "AQI=", ...lists, dataType: "Binary" },
    };
    const attributes = { note: "n", count: "7", digest: "AQI=", added: "a" };
    const sent = queueMessage({ attributes });
    Object.defineProperty(sent, "native", { value: { messageAttributes } });
    const { Records } = await encodeQueue([sent]);
    expect(Records[0]?.messageAttributes).toEqual({
      ...messageAttributes,
      added: { stringValue: "a", ...lists, dataType: "String" },
    });
    // What a middleware has changed is no longer what came.
    const changed = queueMessage({ attributes: { count: "many" } });
    Object.defineProperty(changed, "native", { value: { messageAttributes } });
    expect((await encodeQueue([changed])).Records[0]?.messageAttributes).toEqual({
      count: { stringValue: "many", ...lists, dataType: "String" },
    });
  });

  test("that comes from SQS keeps its queue, and the queue's region", async () => {
    const source = "arn:aws:sqs:ap-southeast-2:1:other";
    const { Records } = await encodeQueue([queueMessage({ source })], { queue: "orders" });
    expect(Records[0]).toMatchObject({ eventSourceARN: source, awsRegion: "ap-southeast-2" });
  });

  test.each<[string, Parameters<typeof queueMessage>[0]]>([
    ["body", { body: new Uint8Array([0xff, 0xfe]) }],
    ["body", { body: "a\u0000b" }],
    ["body", { body: "" }],
    ["body", { body: "x".repeat(1_048_577) }],
    ["attributes", { attributes: Object.fromEntries(Array.from({ length: 11 }, (_, place) => [`a${place}`, "x"])) }],
    ['attribute "AWS.x"', { attributes: { "AWS.x": "1" } }],
    ['attribute "a..b"', { attributes: { "a..b": "1" } }],
    ['attribute "ключ"', { attributes: { ключ: "1" } }],
    ['attribute "a"', { attributes: { a: "" } }],
    ['attribute "a"', { attributes: { a: "\u0001" } }],
    ["contentType", { contentType: "text/plain", attributes: { contentType: "application/json" } }],
    ["contentType", { attributes: { "Content-Type": "application/json" } }],
    ["groupId", { groupId: "a b" }],
    ["sequence", { sequence: "ten" }],
    ["attempt", { attempt: 0 }],
    ["id", { id: "" }],
    ["time", { time: new Date(Number.NaN) }],
    ["time", { time: new Date(-1) }],
  ])("is refused for its %s, with the field and the reason", async (field, facts) => {
    await expect(encodeQueue([queueMessage(facts)])).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      permanent: true,
      details: { field, reason: expect.any(String) },
    });
  });
});

describe("one message per event", () => {
  test("nothing, null, {} and an empty list are ack", async () => {
    for (const result of [undefined, null, {}, failures(), { batchItemFailures: null }, { statusCode: 200 }])
      expect(await one(async () => result)).toEqual({ outcome: "ack" });
  });

  test("a reported message is retry, and the event had that one", async () => {
    let seen: SQSEvent | undefined;
    const outcome = await one(async (event) => {
      seen = event;
      return failures("a");
    });
    expect(outcome).toEqual({ outcome: "retry" });
    expect(seen?.Records.map(({ messageId }) => messageId)).toEqual(["a"]);
  });

  test.each<[string, unknown]>([
    ["an unknown id", failures("z")],
    ["an empty id", failures("")],
    ["no id", failures(null)],
    ["another key", { batchItemFailures: [{ id: "a" }] }],
    ["null in its list", { batchItemFailures: [null] }],
    ["a list that is none", { batchItemFailures: "a" }],
    ["text", "ok"],
    ["a list", []],
    ["a number that JSON has not", { batchItemFailures: [], count: 1n }],
  ])("a report with %s fails the whole delivery", async (_what, result) => {
    expect(await one(async () => result)).toMatchObject({ outcome: "retry", error: { code: "REPLY_INVALID" } });
  });

  test("without the setting at home a report means nothing, as there", async () => {
    expect(await one(async () => failures("a"), { batchItemFailures: false })).toEqual({ outcome: "ack" });
  });

  test("a throw is retry with the very same error, and is in the log", async () => {
    const error = new Error("no stock", { cause: new Error("database") });
    const context = fake.context();
    const fn = queue(() => Promise.reject(error), { queue: "orders" });
    const outcome = await fn(a, context);
    expect(outcome).toEqual({ outcome: "retry", error });
    expect((outcome as { error: unknown }).error).toBe(error);
    expect(context.logs).toMatchObject([{ level: "error", fields: { error: { message: "no stock" } } }]);
  });

  test("a throw is retry though it be permanent, or no error at all", async () => {
    const permanent = new HandlerError("BAD_REQUEST", "no");
    expect(await one(() => Promise.reject(permanent))).toEqual({ outcome: "retry", error: permanent });
    expect(await one(() => Promise.reject(undefined))).toMatchObject({ outcome: "retry", error: expect.any(Error) });
  });

  test("what cannot be encoded never reaches the handler, and is dead-lettered", async () => {
    let called = false;
    const fn = queue(
      () => {
        called = true;
      },
      { queue: "orders" },
    );
    const outcome = await fn(queueMessage({ body: new Uint8Array([0xff]) }), fake.context());
    expect(outcome).toMatchObject({ outcome: "deadLetter", reason: expect.stringContaining("EVENT_UNENCODABLE") });
    expect(called).toBe(false);
  });
});

describe("the whole delivery in one event", () => {
  test("the reported ones are retry, the others ack", async () => {
    expect(await all(async () => failures("b"))).toEqual(["ack", "retry", "ack"]);
    expect(await all(async () => failures("c", "a"))).toEqual(["retry", "ack", "retry"]);
    expect(await all(async ({ Records }) => failures(...Records.map(({ messageId }) => messageId)))).toEqual(
      Array(3).fill("retry"),
    );
  });

  test("of messages with one id, which other brokers allow, each comes again that may be the reported one", async () => {
    const fn = queue.batch(async () => failures("a"), { queue: "orders", batchItemFailures: true });
    const again = queueMessage({ id: "a", body: "another" });
    expect(await deliverAll(fn, [a, b, again], fake.context())).toEqual(["retry", "ack", "retry"]);
  });

  test("an invalid report, or a throw, is retry for all", async () => {
    expect(await all(async () => failures("b", "z"))).toEqual(Array(3).fill("retry"));
    expect(await all(() => Promise.reject(new Error("no")))).toEqual(Array(3).fill("retry"));
  });

  test("without the setting at home a report means nothing", async () => {
    expect(await all(async () => failures("b"), { batchItemFailures: false })).toEqual(Array(3).fill("ack"));
  });

  test("one that cannot be encoded is dead-lettered alone", async () => {
    const seen: string[] = [];
    const fn = queue.batch(
      async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
        seen.push(...Records.map(({ messageId }) => messageId));
        return failures("c") as SQSBatchResponse;
      },
      { queue: "orders", batchItemFailures: true },
    );
    const events = [a, queueMessage({ id: "bad", body: new Uint8Array([0xff]) }), c];
    expect(await deliverAll(fn, events, fake.context())).toEqual(["ack", "deadLetter", "retry"]);
    expect(seen).toEqual(["a", "c"]);
  });

  test("where none can be encoded the handler is not called", async () => {
    const fn = queue.batch(() => Promise.reject(new Error("called")), { queue: "orders" });
    expect(await deliverAll(fn, [queueMessage({ body: "" })], fake.context())).toEqual(["deadLetter"]);
  });
});

describe("a broker", () => {
  test("ActiveMQ: the event is what Amazon MQ delivers, of one broker", async () => {
    const broker = "arn:aws:mq:us-west-2:111122223333:broker:test:b-9bcfa592";
    const messages = [
      queueMessage({
        id: "ID:1",
        source: `${broker}/orders`,
        body: "text",
        subject: "created",
        contentType: "text/plain",
      }),
      queueMessage({
        id: "ID:2",
        source: `${broker}/orders`,
        body: new Uint8Array([0xff]),
        replyTo: "q",
        correlationId: "c",
      }),
    ];
    expect(await encodeQueue(messages, { source: "active-mq" })).toMatchObject({
      eventSource: "aws:amq",
      eventSourceArn: broker,
      messages: [
        {
          messageID: "ID:1",
          messageType: "jms/text-message",
          data: "dGV4dA==",
          type: "created",
          replyTo: "null",
          destination: { physicalName: "orders" },
          properties: { contentType: "text/plain" },
        },
        { messageType: "jms/bytes-message", data: "/w==", replyTo: "q", correlationID: "c" },
      ],
    });
    for (const facts of [{ replyTo: "null" }, { replyTo: "" }, { subject: "" }, { attributes: { "": "x" } }])
      await expect(encodeQueue([queueMessage(facts)], { source: "active-mq" })).rejects.toMatchObject({
        code: "EVENT_UNENCODABLE",
      });
  });

  test("RabbitMQ: headers are signed bytes, and times are Java's, to the second", async () => {
    const message = queueMessage({
      attributes: { h: "é" },
      time: new Date("2026-01-02T00:04:05.678Z"),
      subject: "created",
    });
    expect(await encodeQueue([message], { source: "rabbit-mq", queue: "orders" })).toMatchObject({
      eventSource: "aws:rmq",
      rmqMessagesByQueue: {
        "orders::/": [
          {
            basicProperties: {
              headers: { h: { bytes: [-61, -87] } },
              timestamp: "Jan 2, 2026, 12:04:05 AM",
              messageId: "m1",
              type: "created",
              bodySize: 2,
            },
            redelivered: false,
          },
        ],
      },
    });
    for (const facts of [{ id: "x".repeat(256) }, { attributes: { h: "\ud800" } }, { time: new Date(-1) }])
      await expect(encodeQueue([queueMessage(facts)], { source: "rabbit-mq" })).rejects.toMatchObject({
        code: "EVENT_UNENCODABLE",
      });
  });

  test("takes no report: a result means nothing, and the setting is refused", async () => {
    const fn = queue(async () => failures("a"), { queue: "orders", source: "rabbit-mq" });
    expect(await fn(a, fake.context())).toEqual({ outcome: "ack" });
    expect(() => queue(async () => undefined, { queue: "o", source: "rabbit-mq", batchItemFailures: true })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  test("gets an event for each broker of a delivery", async () => {
    const events: string[] = [];
    const fn = queue.batch(
      async (event: { eventSourceArn: string }) => {
        events.push(event.eventSourceArn);
        if (event.eventSourceArn.endsWith("b2")) throw new Error("no");
      },
      { queue: "orders", source: "active-mq" },
    );
    const from = (broker: string, id: string) =>
      queueMessage({ id, source: `arn:aws:mq:eu-west-1:1:broker:b:${broker}/q` });
    const outcomes = await deliverAll(fn, [from("b1", "1"), from("b2", "2"), from("b1", "3")], fake.context());
    expect(outcomes).toEqual(["ack", "retry", "ack"]);
    expect(events).toHaveLength(2);
  });
});

test("what is no function, what streams, and a source that is none are refused at once", () => {
  const invalid = expect.objectContaining({ code: "CONFIG_INVALID" });
  expect(() => queue(undefined as never, { queue: "orders" })).toThrow(invalid);
  expect(() => queue.batch({} as never, { queue: "orders" })).toThrow(invalid);
  const streaming = Object.assign(async () => undefined, {
    [Symbol.for("aws.lambda.runtime.handler.streaming")]: "response",
  });
  expect(() => queue(streaming, { queue: "orders" })).toThrow(invalid);
  expect(() => queue(async () => undefined, { queue: "orders", source: "kafka" as never })).toThrow(invalid);
});
