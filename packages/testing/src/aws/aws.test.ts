import * as adapter from "@portico/aws";
import { type NeutralEvent, queue, stream } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "../fake.js";
import { recordingSink } from "../recording-sink.js";
import * as aws from "./index.js";

const refused = expect.objectContaining({ code: "CONFIG_INVALID" });

describe("a fake event of AWS", () => {
  test("is what a handler gets: a batch of SQS", async () => {
    const event = await aws.queue([{ json: { sku: "a" }, attributes: { tenant: "acme" } }, { text: "b" }], {
      queue: "orders",
    });
    expect(event.Records).toMatchObject([
      {
        body: '{"sku":"a"}',
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:orders",
        attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1767225600000" },
        messageAttributes: { tenant: { stringValue: "acme", dataType: "String" } },
      },
      { body: "b" },
    ]);
    const [one, two] = event.Records;
    expect(one?.messageId).not.toBe(two?.messageId);
    const seen: string[] = [];
    const handler = adapter.queue(queue("orders").handle(async (message) => void seen.push(await message.text())));
    await handler(event, aws.context());
    expect(seen).toEqual(['{"sku":"a"}', "b"]);
  });

  test("has groups and numbers in order where its queue is FIFO", async () => {
    const event = await aws.queue([{ text: "a" }, { text: "b", groupId: "mine" }], { queue: "orders.fifo" });
    const [one, two] = event.Records.map(({ attributes }) => attributes);
    expect([one?.MessageGroupId, two?.MessageGroupId]).toEqual(["fake-group", "mine"]);
    expect(BigInt(two?.SequenceNumber ?? 0)).toBe(BigInt(one?.SequenceNumber ?? 0) + 1n);
  });

  test("has shards and numbers as Kinesis has them", async () => {
    const event = await aws.stream([{ text: "a" }, { text: "b" }], { stream: "clicks" });
    for (const { eventID, kinesis } of event.Records) {
      expect(eventID).toBe(`shardId-000000000000:${kinesis.sequenceNumber}`);
      expect(kinesis.sequenceNumber).toMatch(/^\d{56}$/);
    }
    const sink = recordingSink();
    const seen: string[] = [];
    const track = stream("clicks").handle(async (record) => void seen.push(await record.text()));
    await adapter.stream(track, { sink })(event, aws.context());
    expect(seen).toEqual(["a", "b"]);
    const kafka = await aws.stream({ key: Buffer.from("k") }, { source: "msk", stream: "clicks" });
    expect(Object.keys(kafka.records)).toEqual(["clicks-0"]);
  });

  test("tells of a file what S3 tells", async () => {
    const created = (await aws.object({ bucket: "invoices", key: "a b.pdf" })).Records[0]?.s3.object;
    expect(created).toEqual({
      key: "a+b.pdf",
      size: 1024,
      eTag: expect.stringMatching(/^[\da-f]{32}$/),
      sequencer: expect.stringMatching(/^[\dA-F]{16}$/),
    });
    const deleted = (await aws.object({ action: "deleted" })).Records[0]?.s3.object;
    expect(deleted?.size).toBeUndefined();
    expect(await aws.object({}, { source: "event-bridge" })).toMatchObject({ "detail-type": "Object Created" });
  });

  test("is there for every kind", async () => {
    expect(await aws.topic({ json: 1 }, { topic: "placed" })).toMatchObject({ Records: [{ Sns: { Message: "1" } }] });
    expect(await aws.change([{ after: { id: "7" } }, { before: { id: "7" } }])).toMatchObject({
      Records: [{ eventName: "INSERT" }, { eventName: "REMOVE", dynamodb: { OldImage: { id: { S: "7" } } } }],
    });
    expect(await aws.schedule({ scheduledTime: new Date("2026-03-29T01:00:00Z") })).toMatchObject({
      "detail-type": "Scheduled Event",
      time: expect.stringMatching(/^2026-03-29T01:00:00/),
    });
    expect(await aws.schedule({}, { source: "scheduler" })).toMatchObject({ source: "aws.scheduler" });
    expect(await aws.event({ type: "Placed", source: "shop", json: { a: 1 } })).toMatchObject({
      "detail-type": "Placed",
      source: "shop",
      detail: { a: 1 },
    });
    expect(await aws.invoke({ json: { a: 1 } })).toEqual({ a: 1 });
    const request = { params: { id: "7" }, json: { a: 1 } };
    expect(await aws.http(request, { template: "/orders/:id" })).toMatchObject({
      version: "2.0",
      rawPath: "/orders/7",
      routeKey: "POST /orders/{id}",
      pathParameters: { id: "7" },
      body: '{"a":1}',
    });
    expect(await aws.http({ path: "/orders" }, { format: "rest", stage: "live" })).toMatchObject({
      httpMethod: "GET",
      requestContext: { stage: "live" },
    });
  });

  test("of HTTP has all that its type promises", async () => {
    const v2 = await aws.http();
    const always: (keyof typeof v2)[] = [
      "version",
      "routeKey",
      "rawPath",
      "rawQueryString",
      "headers",
      "isBase64Encoded",
    ];
    for (const name of always) expect(v2[name], name).toBeDefined();
    const { http, ...context } = v2.requestContext;
    const { accountId, apiId, domainName, domainPrefix, requestId, routeKey, stage, time, timeEpoch } = context;
    expect([accountId, apiId, domainName, domainPrefix, requestId, routeKey, stage, time]).not.toContain(undefined);
    expect([http.method, http.path, http.protocol, http.sourceIp, http.userAgent]).not.toContain(undefined);
    expect(timeEpoch).toBe(Date.parse("2026-01-01"));
    const rest = await aws.http({ query: "a=1&a=2" }, { format: "rest" });
    expect(rest).toMatchObject({ body: null, stageVariables: null, pathParameters: null });
    expect(rest.multiValueQueryStringParameters).toEqual({ a: ["1", "2"] });
    expect(Object.values(rest.requestContext)).not.toContain(undefined);
    expect(Object.keys(rest.requestContext)).toHaveLength(15);
    const alb = await aws.http({}, { format: "alb-multi" });
    expect(alb).toMatchObject({ body: "", multiValueHeaders: { host: ["example.test"] } });
  });

  test("is the same with the same seed, and another without", async () => {
    const make = () => aws.queue([{ text: "a" }, { text: "b" }], { seed: "orders", queue: "orders.fifo" });
    expect(await make()).toEqual(await make());
    expect((await aws.queue()).Records[0]?.messageId).not.toBe((await aws.queue()).Records[0]?.messageId);
    expect(aws.context({ seed: 1 }).awsRequestId).toBe(aws.context({ seed: 1 }).awsRequestId);
    expect(aws.context().awsRequestId).not.toBe(aws.context().awsRequestId);
    expect(await aws.object({}, { seed: 3 })).toEqual(await aws.object({}, { seed: 3 }));
  });

  test("may be made of a neutral event, and have other values here and there", async () => {
    const message: NeutralEvent & ReturnType<typeof fake.queue> = fake.queue({ id: "m1", text: "x" });
    const event = await aws.queue([message, {}], {}, { Records: [undefined, { attributes: { SenderId: "AIDA" } }] });
    expect(event.Records.map(({ messageId }) => messageId)[0]).toBe("m1");
    expect(event.Records[0]?.attributes.SenderId).not.toBe("AIDA");
    expect(event.Records[1]?.attributes).toMatchObject({ SenderId: "AIDA", ApproximateReceiveCount: "1" });
  });

  test("that AWS cannot deliver is refused, and so is what makes no sense", async () => {
    await expect(aws.queue({ bytes: Uint8Array.of(0xff) })).rejects.toMatchObject({ code: "EVENT_UNENCODABLE" });
    await expect(aws.queue({ jsn: 1 } as never)).rejects.toEqual(refused);
    await expect(aws.queue({}, { source: "sqss" as "sqs" })).rejects.toEqual(refused);
  });
});

describe("a fake Lambda context", () => {
  test("is complete, and takes what is given", () => {
    const context = aws.context({ functionName: "fulfil", memoryLimitInMB: "256", seed: 1 });
    expect(context).toMatchObject({
      functionName: "fulfil",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:fulfil",
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/fulfil",
      logStreamName: expect.stringMatching(/^2026\/01\/01\/\[\$LATEST\][\da-f]{32}$/),
      callbackWaitsForEmptyEventLoop: true,
    });
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(29_000);
    expect(() => context.succeed("x")).toThrow(refused);
  });

  test("counts its time down by a clock", async () => {
    const clock = fake.clock();
    const context = aws.context({ clock, timeoutMs: 3000 });
    await clock.advance(1000);
    expect(context.getRemainingTimeInMillis()).toBe(2000);
    await clock.advance(3000);
    expect(context.getRemainingTimeInMillis()).toBe(-1000);
  });
});
