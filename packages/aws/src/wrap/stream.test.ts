import { fake } from "@portico/testing";
import type { KinesisStreamEvent, MSKEvent, SelfManagedKafkaEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { deliverAll, streamRecord } from "../../test/wrap.js";
import { encodeStream, stream, type WrapStreamOptions } from "./stream.js";

const failures = (...ids: unknown[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const all = (
  handler: (event: never) => unknown,
  records: Parameters<typeof encodeStream>[0],
  options: Partial<WrapStreamOptions> = {},
) =>
  deliverAll(stream.batch(handler, { stream: "orders", batchItemFailures: true, ...options }), records, fake.context());

describe("Kinesis", () => {
  test("a record is what Kinesis delivers", async () => {
    const record = streamRecord("49568167373333333333333333333333333333333333333333333333", {
      partition: "shardId-000000000006",
      partitionKey: "k",
      body: "Hello",
    });
    const event = await encodeStream([record], { stream: "clicks", region: "eu-west-1" });
    expect(event satisfies KinesisStreamEvent).toEqual({
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: "1.0",
            partitionKey: "k",
            sequenceNumber: "49568167373333333333333333333333333333333333333333333333",
            data: "SGVsbG8=",
            approximateArrivalTimestamp: 1767323045.678,
          },
          eventSource: "aws:kinesis",
          eventVersion: "1.0",
          eventID: "shardId-000000000006:49568167373333333333333333333333333333333333333333333333",
          eventName: "aws:kinesis:record",
          invokeIdentityArn: "arn:aws:iam::123456789012:role/portico",
          awsRegion: "eu-west-1",
          eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
        },
      ],
    });
  });

  test("a record without a key, sequence number or partition gets what Kinesis always has", async () => {
    const { Records } = await encodeStream([streamRecord("", { partition: "" }), streamRecord("", { partition: "" })]);
    const [one, two] = Records.map(({ kinesis }) => kinesis);
    expect(one).toMatchObject({ partitionKey: "shardId-000000000000", sequenceNumber: "1767323045678000" });
    expect(two?.sequenceNumber).toBe("1767323045678001");
  });

  test.each<[string, ReturnType<typeof streamRecord>]>([
    ["partition", streamRecord(1, { partition: "user:42" })],
    ["sequence", streamRecord("1a")],
    ["tombstone", streamRecord(1, { tombstone: true })],
    ["partitionKey", streamRecord(1, { partitionKey: "" })],
    ["partitionKey", streamRecord(1, { partitionKey: "x".repeat(257) })],
    ["body", streamRecord(1, { body: new Uint8Array(10 * 2 ** 20 + 1) })],
  ])("a record is refused for its %s", async (field, record) => {
    await expect(encodeStream([record])).rejects.toMatchObject({ code: "EVENT_UNENCODABLE", details: { field } });
  });

  test("the option names the shard of a record whose partition is none", async () => {
    const { Records } = await encodeStream([streamRecord(1, { partition: "user:42" })], { partition: () => "7" });
    expect(Records[0]?.eventID).toBe("7:1");
  });

  test("the lowest failure and all behind it are retry, by numbers that no number can tell apart", async () => {
    const digits = "4956816737333333333333333333333333333333333333333333";
    const records = [1, 2, 3, 4].map((place) => streamRecord(`${digits}000${place}`));
    expect(await all(async () => failures(`${digits}0003`, `${digits}0002`), records)).toEqual([
      "ack",
      "retry",
      "retry",
      "retry",
    ]);
    expect(await all(async () => failures(), records)).toEqual(Array(4).fill("ack"));
    expect(await all(async () => failures("1"), records)).toEqual(Array(4).fill("retry"));
    expect(await all(async () => failures(""), records)).toEqual(Array(4).fill("retry"));
    expect(await all(async () => failures(`${digits}0002`), records, { batchItemFailures: false })).toEqual(
      Array(4).fill("ack"),
    );
  });

  test("each shard comes in an event of its own, and its failure stays its own", async () => {
    const shards: number[] = [];
    const handler = async ({ Records }: KinesisStreamEvent) => {
      shards.push(Records.length);
      return failures(
        ...Records.filter(({ kinesis }) => kinesis.partitionKey === "bad").map((r) => r.kinesis.sequenceNumber),
      );
    };
    const records = [
      streamRecord(1, { partition: "0" }),
      streamRecord(2, { partition: "1" }),
      streamRecord(3, { partition: "0", partitionKey: "bad" }),
      streamRecord(4, { partition: "1" }),
      streamRecord(5, { partition: "0" }),
    ];
    expect(await all(handler, records)).toEqual(["ack", "ack", "retry", "ack", "retry"]);
    expect(shards).toEqual([3, 2]);
  });
});

describe("Kafka", () => {
  const arn = "arn:aws:kafka:us-west-2:111122223333:topic/shop/e9f754c6-4/orders";

  test("a record is what Amazon MSK delivers: signed bytes, duplicates kept", async () => {
    const headers = [
      ["h", new Uint8Array([118, 220, 0, 127, 128])],
      ["h", new Uint8Array([1])],
    ] as const;
    const record = streamRecord(15, { source: arn, partition: "orders-3", key: Buffer.from("k"), headers, body: "v" });
    const event = await encodeStream([record], { source: "msk" });
    expect(event satisfies MSKEvent).toEqual({
      eventSource: "aws:kafka",
      eventSourceArn: "arn:aws:kafka:us-west-2:111122223333:cluster/shop/e9f754c6-4",
      bootstrapServers: "portico.invalid:9092",
      records: {
        "orders-3": [
          {
            topic: "orders",
            partition: 3,
            offset: 15,
            timestamp: 1767323045678,
            timestampType: "CREATE_TIME",
            key: "aw==",
            value: "dg==",
            headers: [{ h: [118, -36, 0, 127, -128] }, { h: [1] }],
          },
        ],
      },
    });
  });

  test("a tombstone has no value; attributes and other facts become headers behind those there are", async () => {
    const record = streamRecord(1, {
      tombstone: true,
      body: "",
      attributes: { a: "é" },
      contentType: "text/plain",
      partitionKey: "k",
    });
    const event = await encodeStream([record], { source: "kafka", stream: "orders", bootstrapServers: "b:9092" });
    expect(event satisfies SelfManagedKafkaEvent).toMatchObject({
      eventSource: "SelfManagedKafka",
      bootstrapServers: "b:9092",
    });
    const [given] = event.records["orders-0"] ?? [];
    expect(given).not.toHaveProperty("value");
    expect(given).toMatchObject({
      key: "aw==",
      headers: [{ a: [-61, -87] }, { "content-type": [...Buffer.from("text/plain")] }],
    });
  });

  test.each<[string, ReturnType<typeof streamRecord>]>([
    ["partition", streamRecord(1, { partition: "user:42" })],
    ["sequence", streamRecord("9007199254740993")],
    ["body", streamRecord(1, { tombstone: true, body: "x" })],
    ["partitionKey", streamRecord(1, { partitionKey: "a", key: Buffer.from("b") })],
    ['attribute "h"', streamRecord(1, { attributes: { h: "a" }, headers: [["h", Buffer.from("b")]] })],
    ["contentType", streamRecord(1, { headers: [["content-type", Buffer.from("b")]] })],
    ["time", streamRecord(1, { time: new Date(-1) })],
  ])("a record is refused for its %s", async (field, record) => {
    await expect(encodeStream([record], { source: "kafka" })).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      details: { field },
    });
  });

  const records = [
    streamRecord(10, { partition: "0" }),
    streamRecord(20, { partition: "1" }),
    streamRecord(11, { partition: "0" }),
    streamRecord(21, { partition: "1" }),
    streamRecord(12, { partition: "0" }),
  ];
  const report = (...ids: unknown[]) => all(async () => failures(...ids), records, { source: "kafka" });

  test("the lowest failure of each partition and all behind it are retry; other partitions are not", async () => {
    expect(await report({ partition: "orders-0", offset: 11 })).toEqual(["ack", "ack", "retry", "ack", "retry"]);
    expect(await report({ partition: "orders-0", offset: 12 }, { partition: "orders-1", offset: 20 })).toEqual([
      "ack",
      "retry",
      "ack",
      "retry",
      "retry",
    ]);
    expect(await report()).toEqual(Array(5).fill("ack"));
  });

  test.each<[string, unknown]>([
    ["text", "orders-0-11"],
    ["an offset as text", { partition: "orders-0", offset: "11" }],
    ["an unknown partition", { partition: "orders-9", offset: 11 }],
    ["an unknown offset", { partition: "orders-0", offset: 99 }],
    ["nothing", null],
  ])("an identifier that is %s fails the whole delivery", async (_what, identifier) => {
    expect(await report(identifier)).toEqual(Array(5).fill("retry"));
  });
});

test("a source that is none is refused at once", () => {
  expect(() => stream(async () => undefined, { stream: "s", source: "nats" as never })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});
