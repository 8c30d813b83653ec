import type {
  DynamoDBRecord,
  DynamoDBStreamEvent,
  KinesisStreamEvent,
  KinesisStreamRecord,
  MSKEvent,
  MSKRecord,
  SelfManagedKafkaEvent,
} from "aws-lambda";
import type { DocumentDbChangeEvent, DocumentDbEvent } from "../src/change/document-db.js";

export const base64 = (content: string | Uint8Array): string => Buffer.from(content as string).toString("base64");

/** 56 digits, as Kinesis has them; they differ where no number can tell. */
export const sequenceOf = (place: number): string =>
  `4956816737333333333333333333333333333333333333333333${String(place).padStart(4, "0")}`;

export function kinesisRecord(place: number, content: string | Uint8Array = "{}", shard = "0"): KinesisStreamRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: `key-${place}`,
      sequenceNumber: sequenceOf(place),
      data: base64(content),
      approximateArrivalTimestamp: 1480641523.477,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-00000000000${shard}:${sequenceOf(place)}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::123456789012:role/indexer",
    awsRegion: "eu-west-1",
    eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
  };
}

export function kinesisEvent(...records: readonly (KinesisStreamRecord | number)[]): KinesisStreamEvent {
  return { Records: records.map((one) => (typeof one === "number" ? kinesisRecord(one) : one)) };
}

/** What EventBridge Pipes make of a Kinesis record. */
export function throughPipes({ kinesis, ...rest }: KinesisStreamRecord): unknown {
  return { ...kinesis, ...rest };
}

export function kafkaRecord(offset: number, over: Partial<MSKRecord> | Record<string, unknown> = {}): MSKRecord {
  return {
    topic: "orders",
    partition: 0,
    offset,
    timestamp: 1595035749700,
    timestampType: "CREATE_TIME",
    key: base64("key"),
    value: base64("{}"),
    headers: [],
    ...over,
  } as MSKRecord;
}

export function mskEvent(records: Record<string, MSKRecord[]>): MSKEvent {
  return {
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:eu-west-1:123456789012:cluster/shop/e9f754c6-d29a-4430-a7db-958a19fd2c54-4",
    bootstrapServers: "b-2.shop.kafka.eu-west-1.amazonaws.com:9092,b-1.shop.kafka.eu-west-1.amazonaws.com:9092",
    records,
  };
}

export function selfManagedKafkaEvent(records: Record<string, MSKRecord[]>): SelfManagedKafkaEvent {
  return { eventSource: "SelfManagedKafka", bootstrapServers: "b-2:9092,b-1:9092", records };
}

export const tableArn = "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2016-12-01T00:00:00.000";

export function dynamoDbRecord(
  place: number,
  over: DynamoDBRecord | Record<string, unknown> = {},
  facts: Record<string, unknown> = {},
): DynamoDBRecord {
  return {
    eventID: `event-${place}`,
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    eventSourceARN: tableArn,
    ...over,
    dynamodb: {
      ApproximateCreationDateTime: 1480642020,
      Keys: { id: { S: `order-${place}` } },
      NewImage: { id: { S: `order-${place}` } },
      SequenceNumber: `140540000000000206328${String(place).padStart(4, "0")}`,
      SizeBytes: 54,
      StreamViewType: "NEW_AND_OLD_IMAGES",
      ...facts,
    },
  } as DynamoDBRecord;
}

export function dynamoDbEvent(...records: readonly (DynamoDBRecord | number)[]): DynamoDBStreamEvent {
  return { Records: records.map((one) => (typeof one === "number" ? dynamoDbRecord(one) : one)) };
}

/** A change in the Kinesis stream of a table, which has neither sequence number nor ARN. */
export function changeInKinesis(place: number, over: Record<string, unknown> = {}): KinesisStreamRecord {
  const { eventID, eventName, eventSource, awsRegion, dynamodb } = dynamoDbRecord(place);
  const { SequenceNumber: _, StreamViewType: __, ...facts } = dynamodb ?? {};
  const change = {
    awsRegion,
    eventID,
    eventName,
    userIdentity: null,
    recordFormat: "application/json",
    tableName: "Orders",
    dynamodb: { ...facts, ApproximateCreationDateTime: 1480642020123 },
    eventSource,
    ...over,
  };
  return kinesisRecord(place, JSON.stringify(change));
}

export function documentDbChange(place: number, over: Record<string, unknown> = {}): DocumentDbChangeEvent {
  return {
    _id: { _data: `0163eeb6e70000000901000000090000${String(place).padStart(4, "0")}` },
    clusterTime: { $timestamp: { t: 1676588775, i: place } },
    documentKey: { _id: { $oid: "63eeb6e7d418cd98afb1c1d7" } },
    fullDocument: { _id: { $oid: "63eeb6e7d418cd98afb1c1d7" }, sku: "a" },
    ns: { db: "shop", coll: "orders" },
    operationType: "insert",
    ...over,
  } as DocumentDbChangeEvent;
}

export function documentDbEvent(...changes: readonly (DocumentDbChangeEvent | number)[]): DocumentDbEvent {
  return {
    eventSourceArn: "arn:aws:rds:eu-west-1:123456789012:cluster:shop",
    eventSource: "aws:docdb",
    events: changes.map((one) => ({ event: typeof one === "number" ? documentDbChange(one) : one })),
  };
}

/** The last delivery of a tumbling window, or one within it. */
export function inWindow(event: object, over: Record<string, unknown> = {}): object {
  return {
    ...event,
    window: { start: "2020-12-09T07:04:00Z", end: "2020-12-09T07:06:00Z" },
    state: { count: 2 },
    shardId: "shardId-000000000006",
    eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
    ...over,
  };
}
