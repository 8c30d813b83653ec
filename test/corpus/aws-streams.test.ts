import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { change as deployChange } from "@portico/aws/change";
import { stream as deployStream, type LambdaContext } from "@portico/aws/stream";
import { type ChangeEvent, change, type StreamRecord, stream } from "@portico/core";
import { describe, expect, test } from "vitest";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "aws");

interface Entry {
  readonly file: string;
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
const sink = async () => undefined;

async function readStream(event: unknown): Promise<StreamRecord[]> {
  const seen: StreamRecord[] = [];
  await deployStream(
    stream("s").handle((record) => void seen.push(record)),
    { sink },
  )(event, lambda);
  return seen;
}

async function readChanges(event: unknown): Promise<ChangeEvent[]> {
  const seen: ChangeEvent[] = [];
  const fn = change("t").handle((one) => void seen.push(one));
  await deployChange(fn, { sink })(event, lambda);
  return seen;
}

const load = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));
const decode = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? "", "base64"));

interface RawKinesis {
  readonly Records: {
    readonly eventID: string;
    readonly eventSourceARN: string;
    readonly kinesis: {
      readonly data: string;
      readonly partitionKey: string;
      readonly sequenceNumber: string;
      readonly approximateArrivalTimestamp: number;
    };
  }[];
}

interface RawKafka {
  readonly records: Record<
    string,
    {
      readonly key?: string;
      readonly value?: string;
      readonly offset: number;
      readonly timestamp: number;
      readonly headers: Record<string, number[]>[];
    }[]
  >;
}

interface RawDynamoDb {
  readonly Records: {
    readonly eventID: string;
    readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
    readonly dynamodb: {
      readonly Keys: Record<string, unknown>;
      readonly NewImage?: Record<string, unknown>;
      readonly OldImage?: Record<string, unknown>;
      readonly SequenceNumber: string;
      readonly ApproximateCreationDateTime?: number;
    };
  }[];
}

if (!existsSync(root)) test.skip(`no corpus at ${root}: set PORTICO_CORPUS to read Lambda's events`, () => undefined);
else {
  const entries = (load("index.json") as Entry[]).filter(({ role }) => role === "request");
  const of = (kinds: RegExp) => entries.filter(({ kind }) => kinds.test(kind));

  describe("every event of a stream reads as what was sent", () => {
    test.each(of(/^kinesis(-window)?$/))("$file ($kind)", async ({ file }) => {
      const raw = (load(file) as RawKinesis).Records;
      const records = await readStream(load(file));
      expect(records).toHaveLength(raw.length);
      for (const [index, { eventID, eventSourceARN, kinesis }] of raw.entries()) {
        const record = records[index] as StreamRecord;
        expect(record).toMatchObject({
          kind: "stream",
          id: eventID,
          source: eventSourceARN,
          partition: eventID.split(":")[0],
          partitionKey: kinesis.partitionKey,
          sequence: kinesis.sequenceNumber,
          tombstone: false,
        });
        expect(record.time.getTime()).toBe(Math.round(kinesis.approximateArrivalTimestamp * 1000));
        expect(await record.bytes()).toEqual(decode(kinesis.data));
      }
    });

    test.each(of(/^(msk|kafka-self-managed)$/))("$file ($kind)", async ({ file }) => {
      const raw = Object.entries((load(file) as RawKafka).records).flatMap(([name, list]) =>
        list.map((one) => ({ ...one, name })),
      );
      const records = await readStream(load(file));
      expect(records).toHaveLength(raw.length);
      for (const [index, { name, key, value, offset, timestamp, headers }] of raw.entries()) {
        const record = records[index] as StreamRecord;
        expect(record).toMatchObject({
          kind: "stream",
          id: `${name}/${offset}`,
          partition: name,
          sequence: `${offset}`,
        });
        expect(record.time.getTime()).toBe(timestamp);
        expect(record.key).toEqual(decode(key));
        expect(await record.bytes()).toEqual(decode(value));
        expect(record.headers).toEqual(
          headers.flatMap((one) => Object.entries(one).map(([header, bytes]) => [header, Uint8Array.from(bytes)])),
        );
      }
    });
  });

  describe("every event of a table reads as what was sent", () => {
    test.each(of(/^dynamodb(-window)?$/))("$file ($kind)", async ({ file }) => {
      const raw = (load(file) as RawDynamoDb).Records;
      const changes = await readChanges(load(file));
      expect(changes).toHaveLength(raw.length);
      for (const [index, { eventID, eventName, dynamodb }] of raw.entries()) {
        const { key, before, after, ...event } = facts(changes[index] as ChangeEvent);
        expect(event).toEqual({
          kind: "change",
          id: eventID,
          action: { INSERT: "insert", MODIFY: "update", REMOVE: "delete" }[eventName],
          sequence: dynamodb.SequenceNumber,
        });
        const names = (item: object | undefined) => item && Object.keys(item);
        expect([key, before, after].map(names)).toEqual(
          [dynamodb.Keys, dynamodb.OldImage, dynamodb.NewImage].map(names),
        );
        const seconds = dynamodb.ApproximateCreationDateTime;
        if (seconds !== undefined) expect(changes[index]?.time.getTime()).toBe(seconds * 1000);
      }
    });
  });

  test("some of them, in full", async () => {
    const plain = (value: unknown) => structuredClone(value);
    const [, all] = await readChanges(load("aws-lambda-go/dynamodb-event.json"));
    const bytes = Uint8Array.from([0, 1, 42, 65]);
    expect(plain(all?.after)).toEqual({
      val: "data",
      asdf1: bytes,
      b2: Uint8Array.from([181, 235, 45]),
      asdf2: [bytes, Uint8Array.from([65, 42, 1, 0]), bytes],
      key: "binary",
      Binary: bytes,
      Boolean: true,
      BinarySet: [bytes, bytes],
      List: ["Cookies", "Coffee", Number("3.14159")],
      Map: { Name: "Joe", Age: 35 },
      FloatNumber: 123.45,
      IntegerNumber: 123,
      NumberSet: [1234, 567.8],
      Null: null,
      String: "Hello",
      StringSet: ["Giraffe", "Zebra"],
      EmptyStringSet: [],
    });
    expect(all).toMatchObject({ table: "Example-Table", expired: undefined });
    const windowed = await readChanges(load("aws-lambda-go/dynamodb-time-window-event.json"));
    expect(windowed.map(({ action, table, partition, expired }) => [action, table, partition, expired])).toEqual([
      ["insert", "stream-ARN", "shard123456789", undefined],
      ["update", "stream-ARN", "shard123456789", undefined],
      ["delete", "stream-ARN", "shard123456789", false],
    ]);
    expect((await readChanges(load("serverless-express/utils-dynamodb-insert-modify.json")))[0]?.table).toBe("mytable");
    const [kafka] = await readStream(load("aws-lambda-go/kafka-event.json"));
    expect(kafka?.source).toBe(
      "arn:aws:kafka:us-west-2:012345678901:topic/ExampleMSKCluster/e9f754c6-d29a-4430-a7db-958a19fd2c54-4/AWSKafkaTopic",
    );
  });

  test("a window's state comes back", async () => {
    const handler = deployStream(
      stream("s").handle(() => undefined),
      { sink, batchItemFailures: true },
    );
    expect(await handler(load("aws-lambda-go/kinesis-time-window-event.json"), lambda)).toEqual({
      batchItemFailures: [],
      state: { "1": "state 1", "2": "state 2" },
    });
  });

  test.each(of(/^(?!kinesis(-window)?$|msk$|kafka-self-managed$|dynamodb(-window)?$)/))(
    "$file ($kind) is neither, and refused by name",
    async ({ file }) => {
      await expect(readStream(load(file))).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
      await expect(readChanges(load(file))).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
    },
  );
}

function facts({ kind, id, action, sequence, key, before, after }: ChangeEvent) {
  return { kind, id, action, sequence, key, before, after };
}
