import { gzipSync } from "node:zlib";
import { happened, type Item, keyOf, type MessageLimits, payloadOf, told } from "../messages.js";

/** A source of events on Lambda: which export of the deployment takes it, what Lambda sends, and how it reads the result. */
export interface AwsSource {
  readonly name: string;
  readonly export: string;
  readonly limits: MessageLimits;
  /** One delivery of these. */
  event(items: readonly Item[]): unknown;
  /** Where failures are reported: which of the events a reported one stands for, and whether those behind it come again too. */
  readonly report?: {
    identify(item: Item): unknown;
    readonly andBehind?: true;
  };
}

const account = "123456789012";
const seconds = Date.parse(happened) / 1000;
const base64 = (value: string | Uint8Array) => Buffer.from(value as string).toString("base64");
const only = (items: readonly Item[]) => items[0] as Item;
/** Where no event may be without data: what a source of many shapes carries. */
const dataOf = ({ todo }: Item) => ({ todo, ...told });
const asText = (item: Item) => String(payloadOf(item));

const sqsRecord = (item: Item, body: string, group?: string) => ({
  messageId: `m${item.place}`,
  receiptHandle: `receipt-${item.place}`,
  body,
  messageAttributes: {},
  eventSource: "aws:sqs",
  eventSourceARN: `arn:aws:sqs:eu-west-1:${account}:orders${group ? ".fifo" : ""}`,
  awsRegion: "eu-west-1",
  attributes: {
    ApproximateReceiveCount: "1",
    SentTimestamp: String(seconds * 1000),
    ...(group && { MessageGroupId: group, SequenceNumber: String(10n ** 19n + BigInt(item.place)) }),
  },
});
const sqs = (bodyOf: (item: Item) => string, group?: (item: Item) => string) => ({
  event: (items: readonly Item[]) => ({ Records: items.map((item) => sqsRecord(item, bodyOf(item), group?.(item))) }),
  report: { identify: ({ place }: Item) => `m${place}` },
});

const notification = (item: Item, Message: string) => ({
  Type: "Notification",
  MessageId: `n${item.place}`,
  TopicArn: `arn:aws:sns:eu-west-1:${account}:orders`,
  Message,
  Timestamp: happened,
  SignatureVersion: "1",
  MessageAttributes: {},
});
const sns = (bodyOf: (item: Item) => string) => (items: readonly Item[]) => ({
  Records: items.map((item) => ({
    EventVersion: "1.0",
    EventSource: "aws:sns",
    EventSubscriptionArn: `arn:aws:sns:eu-west-1:${account}:orders:1`,
    Sns: { ...notification(item, bodyOf(item)), Subject: null },
  })),
});

const sequenceOf = ({ place }: Item) =>
  String(4956816737333333333333333333333333333333333333333333n * 10000n + BigInt(place));
const kinesisRecord = (item: Item, data: string | Uint8Array) => ({
  kinesis: {
    kinesisSchemaVersion: "1.0",
    partitionKey: "key",
    sequenceNumber: sequenceOf(item),
    data: base64(data),
    approximateArrivalTimestamp: seconds,
  },
  eventSource: "aws:kinesis",
  eventID: `shardId-000000000000:${sequenceOf(item)}`,
  eventName: "aws:kinesis:record",
  awsRegion: "eu-west-1",
  eventSourceARN: `arn:aws:kinesis:eu-west-1:${account}:stream/orders`,
});
const kinesis = (items: readonly Item[]) => ({ Records: items.map((item) => kinesisRecord(item, payloadOf(item))) });

const kafkaRecords = (items: readonly Item[]) => ({
  "orders-0": items.map((item) => ({
    topic: "orders",
    partition: 0,
    offset: item.place,
    timestamp: seconds * 1000,
    timestampType: "CREATE_TIME",
    key: base64("key"),
    value: base64(payloadOf(item)),
    headers: [],
  })),
});
const msk = (items: readonly Item[]) => ({
  eventSource: "aws:kafka",
  eventSourceArn: `arn:aws:kafka:eu-west-1:${account}:cluster/shop/1`,
  bootstrapServers: "b-1:9092",
  records: kafkaRecords(items),
});

const s3Record = (item: Item) => ({
  eventVersion: "2.1",
  eventSource: "aws:s3",
  awsRegion: "eu-west-1",
  eventTime: happened,
  eventName: "ObjectCreated:Put",
  s3: {
    s3SchemaVersion: "1.0",
    bucket: { name: "orders", arn: "arn:aws:s3:::orders" },
    // As a form has it: spaces are pluses.
    object: {
      key: encodeURIComponent(keyOf(item)).replaceAll("%20", "+").replaceAll("%2F", "/"),
      size: 7,
      sequencer: `00${item.place}`,
    },
  },
});
const s3 = (items: readonly Item[]) => ({ Records: items.map(s3Record) });
const s3Text = (item: Item) => JSON.stringify(s3([item]));

const busEvent = (item: Item, type: string, source: string, detail: unknown, resources: readonly string[] = []) => ({
  version: "0",
  id: `e${item.place}`,
  "detail-type": type,
  source,
  account,
  time: happened,
  region: "eu-west-1",
  resources,
  detail,
});

const image = (item: Item) => ({
  id: { S: `order-${item.place}` },
  todo: { S: item.todo },
  text: { S: told.text },
  number: { N: String(told.number) },
  big: { S: told.big },
});
const dynamoSequence = ({ place }: Item) => `14054040000000000020632${String(place).padStart(6, "0")}`;
const dynamoRecord = (item: Item) => ({
  eventID: `change-${item.place}`,
  eventName: "INSERT",
  eventVersion: "1.1",
  eventSource: "aws:dynamodb",
  awsRegion: "eu-west-1",
  eventSourceARN: `arn:aws:dynamodb:eu-west-1:${account}:table/orders/stream/2026-01-01T00:00:00.000`,
  dynamodb: {
    ApproximateCreationDateTime: seconds,
    Keys: { id: { S: `order-${item.place}` } },
    NewImage: image(item),
    SequenceNumber: dynamoSequence(item),
    SizeBytes: 54,
    StreamViewType: "NEW_AND_OLD_IMAGES",
  },
});
const dynamo = (items: readonly Item[]) => ({ Records: items.map(dynamoRecord) });
const changeInKinesis = (item: Item) => {
  const { eventSourceARN: _, eventVersion: __, dynamodb, ...rest } = dynamoRecord(item);
  const { SequenceNumber: ___, StreamViewType: ____, ...facts } = dynamodb;
  return kinesisRecord(
    item,
    JSON.stringify({ ...rest, recordFormat: "application/json", tableName: "orders", dynamodb: facts }),
  );
};
const documents = (items: readonly Item[]) => ({
  eventSourceArn: `arn:aws:rds:eu-west-1:${account}:cluster:shop`,
  eventSource: "aws:docdb",
  events: items.map((item) => ({
    event: {
      _id: { _data: `01${String(item.place).padStart(34, "0")}` },
      clusterTime: { $timestamp: { t: seconds, i: item.place } },
      documentKey: { _id: { $oid: "63eeb6e7d418cd98afb1c1d7" } },
      fullDocument: { _id: { $oid: "63eeb6e7d418cd98afb1c1d7" }, todo: item.todo, ...told },
      ns: { db: "shop", coll: "orders" },
      operationType: "insert",
    },
  })),
});

const rule = (item: Item) =>
  busEvent(item, "Scheduled Event", "aws.events", {}, [`arn:aws:events:eu-west-1:${account}:rule/${item.todo}`]);
const cloudEvent = (item: Item) => ({
  specversion: "1.0",
  id: `e${item.place}`,
  source: "/orders",
  type: "order.placed",
  time: happened,
  datacontenttype: "application/json",
  data: dataOf(item),
});
const logs = (item: Item) => {
  const logEvents = [{ id: `log-${item.place}`, timestamp: seconds * 1000, message: "x" }];
  const document = { messageType: "DATA_MESSAGE", logGroup: "orders", logEvents, ...dataOf(item) };
  return { awslogs: { data: gzipSync(JSON.stringify(document)).toString("base64") } };
};

const atShard = { redelivers: "from-failure", ordered: true } as const;
/** What a mapping without ReportBatchItemFailures brings back is the delivery, whatever is ordered. */
const wholeShard = { redelivers: "delivery", ordered: true } as const;
const text = { payload: "text" } as const;

/** Every source of the column. Those with several events in a delivery name what comes again, as AWS does. */
export const awsSources: readonly AwsSource[] = [
  { name: "SQS", export: "queue", limits: { kind: "queue", redelivers: "message", ...text }, ...sqs(asText) },
  {
    name: "SQS without failure reports",
    export: "queueWhole",
    limits: { kind: "queue", redelivers: "delivery", ...text },
    event: sqs(asText).event,
  },
  {
    name: "SQS FIFO, one group",
    export: "queue",
    limits: { kind: "queue", ...atShard, ...text },
    ...sqs(asText, () => "g"),
  },
  {
    name: "SQS FIFO, a group each",
    export: "queue",
    limits: { kind: "queue", redelivers: "message", ...text },
    ...sqs(asText, ({ place }) => `g${place}`),
  },
  {
    name: "SQS through Pipes",
    export: "queuePiped",
    limits: { kind: "queue", redelivers: "message", ...text },
    event: (items) => sqs(asText).event(items).Records,
    report: sqs(asText).report,
  },
  {
    name: "ActiveMQ",
    export: "queueWhole",
    limits: { kind: "queue", redelivers: "delivery" },
    event: (items) => ({
      eventSource: "aws:mq",
      eventSourceArn: `arn:aws:mq:eu-west-1:${account}:broker:shop:b-1`,
      messages: items.map((item) => ({
        messageID: `ID:b-1:${item.place}`,
        messageType: "jms/bytes-message",
        timestamp: seconds * 1000,
        destination: { physicalName: "orders" },
        redelivered: false,
        data: base64(payloadOf(item)),
        properties: {},
      })),
    }),
  },
  {
    name: "RabbitMQ",
    export: "queueWhole",
    limits: { kind: "queue", redelivers: "delivery" },
    event: (items) => ({
      eventSource: "aws:rmq",
      eventSourceArn: `arn:aws:mq:eu-west-1:${account}:broker:shop:b-2`,
      rmqMessagesByQueue: {
        "orders::/": items.map((item) => ({
          basicProperties: { messageId: `r${item.place}`, timestamp: "Mar 5, 2026, 10:15:30 AM" },
          redelivered: false,
          data: base64(payloadOf(item)),
        })),
      },
    }),
  },
  { name: "SNS", export: "topic", limits: { kind: "topic", redelivers: "delivery", ...text }, event: sns(asText) },
  {
    name: "SNS in SQS",
    export: "topicQueued",
    limits: { kind: "topic", redelivers: "message", ...text },
    ...sqs((item) => JSON.stringify(notification(item, asText(item)))),
  },
  {
    name: "SNS in SQS, raw",
    export: "topicRaw",
    limits: { kind: "topic", redelivers: "message", ...text },
    ...sqs(asText),
  },
  {
    name: "Kinesis",
    export: "stream",
    limits: { kind: "stream", ...atShard },
    event: kinesis,
    report: { identify: sequenceOf, andBehind: true },
  },
  {
    name: "Kinesis without failure reports",
    export: "streamWhole",
    limits: { kind: "stream", ...wholeShard },
    event: kinesis,
  },
  {
    name: "Kinesis through Pipes",
    export: "streamPiped",
    limits: { kind: "stream", ...atShard },
    event: (items) => kinesis(items).Records.map(({ kinesis: facts, ...rest }) => ({ ...facts, ...rest })),
    report: { identify: (item) => `shardId-000000000000:${sequenceOf(item)}`, andBehind: true },
  },
  {
    name: "Amazon MSK",
    export: "stream",
    limits: { kind: "stream", ...atShard },
    event: msk,
    report: { identify: ({ place }) => ({ partition: "orders-0", offset: place }), andBehind: true },
  },
  {
    name: "self-managed Kafka",
    export: "stream",
    limits: { kind: "stream", ...atShard },
    event: (items) => ({ eventSource: "SelfManagedKafka", bootstrapServers: "b-1:9092", records: kafkaRecords(items) }),
    report: { identify: ({ place }) => ({ partition: "orders-0", offset: place }), andBehind: true },
  },
  {
    name: "Kafka without failure reports",
    export: "streamWhole",
    limits: { kind: "stream", ...wholeShard },
    event: msk,
  },
  { name: "S3", export: "object", limits: { kind: "object", redelivers: "delivery" }, event: s3 },
  {
    name: "S3 via EventBridge",
    export: "object",
    limits: { kind: "object" },
    event: (items) =>
      busEvent(only(items), "Object Created", "aws.s3", {
        bucket: { name: "orders" },
        object: { key: keyOf(only(items)), size: 7, sequencer: `00${only(items).place}` },
        reason: "PutObject",
      }),
  },
  { name: "S3 in SQS", export: "objectQueued", limits: { kind: "object", redelivers: "message" }, ...sqs(s3Text) },
  {
    name: "S3 in SNS",
    export: "objectPublished",
    limits: { kind: "object", redelivers: "delivery" },
    event: sns(s3Text),
  },
  {
    name: "S3 in SNS in SQS",
    export: "objectPublishedQueued",
    limits: { kind: "object", redelivers: "message" },
    ...sqs((item) => JSON.stringify(notification(item, s3Text(item)))),
  },
  {
    name: "DynamoDB",
    export: "change",
    limits: { kind: "change", ...atShard },
    event: dynamo,
    report: { identify: dynamoSequence, andBehind: true },
  },
  {
    name: "DynamoDB without failure reports",
    export: "changeWhole",
    limits: { kind: "change", ...wholeShard },
    event: dynamo,
  },
  {
    name: "DynamoDB through Kinesis",
    export: "changeThroughKinesis",
    limits: { kind: "change", ...atShard },
    event: (items) => ({ Records: items.map(changeInKinesis) }),
    report: { identify: sequenceOf, andBehind: true },
  },
  {
    name: "DynamoDB through Pipes",
    export: "changePiped",
    limits: { kind: "change", ...atShard },
    event: (items) => dynamo(items).Records,
    report: { identify: ({ place }) => `change-${place}`, andBehind: true },
  },
  { name: "DocumentDB", export: "change", limits: { kind: "change", ...wholeShard }, event: documents },
  { name: "EventBridge rule", export: "schedule", limits: { kind: "schedule" }, event: (items) => rule(only(items)) },
  {
    name: "EventBridge Scheduler",
    export: "schedule",
    limits: { kind: "schedule" },
    event: (items) => ({
      ...rule(only(items)),
      source: "aws.scheduler",
      resources: [`arn:aws:scheduler:eu-west-1:${account}:schedule/default/${only(items).todo}`],
      detail: "{}",
    }),
  },
  {
    name: "EventBridge Scheduler with its own input",
    export: "scheduleCustom",
    limits: { kind: "schedule" },
    event: (items) => ({ todo: only(items).todo, id: `tick-${only(items).place}`, due: happened }),
  },
  {
    name: "EventBridge rule in SQS",
    export: "scheduleQueued",
    limits: { kind: "schedule", redelivers: "message" },
    ...sqs((item) => JSON.stringify(rule(item))),
  },
  {
    name: "EventBridge",
    export: "event",
    limits: { kind: "event" },
    event: (items) => busEvent(only(items), "order.placed", "com.example.orders", dataOf(only(items))),
  },
  {
    name: "EventBridge in SQS",
    export: "eventQueued",
    limits: { kind: "event", redelivers: "message" },
    ...sqs((item) => JSON.stringify(busEvent(item, "order.placed", "com.example.orders", dataOf(item)))),
  },
  { name: "CloudEvents", export: "event", limits: { kind: "event" }, event: (items) => cloudEvent(only(items)) },
  { name: "CloudWatch Logs", export: "event", limits: { kind: "event" }, event: (items) => logs(only(items)) },
  {
    name: "SES",
    export: "event",
    limits: { kind: "event", redelivers: "delivery" },
    event: (items) => ({
      Records: items.map((item) => ({
        eventSource: "aws:ses",
        eventVersion: "1.0",
        ses: { mail: { messageId: `mail-${item.place}`, timestamp: happened }, receipt: {}, ...dataOf(item) },
      })),
    }),
  },
  {
    name: "CodeCommit",
    export: "event",
    limits: { kind: "event", redelivers: "delivery" },
    event: (items) => ({
      Records: items.map((item) => ({
        eventSource: "aws:codecommit",
        eventId: `push-${item.place}`,
        eventSourceARN: `arn:aws:codecommit:eu-west-1:${account}:shop`,
        eventName: "ReferenceChanges",
        eventTime: happened,
        ...dataOf(item),
      })),
    }),
  },
  {
    // The event has no id of its own: it has the request's, which Lambda's own retries keep.
    name: "IoT",
    export: "eventRaw",
    limits: { kind: "event" },
    event: (items) => dataOf(only(items)),
  },
];

const { event: httpEvent } = {
  event: { httpMethod: "GET", path: "/", headers: {}, requestContext: { requestId: "1", httpMethod: "GET" } },
};

/** Events that this source's function is not for. */
export function foreignTo({ name, limits }: AwsSource): readonly unknown[] {
  const others: Record<MessageLimits["kind"], unknown> = {
    queue: sqs(asText).event([{ todo: "ok", place: 1 }]),
    topic: sns(asText)([{ todo: "ok", place: 1 }]),
    stream: kinesis([{ todo: "ok", place: 1 }]),
    object: s3([{ todo: "ok", place: 1 }]),
    change: dynamo([{ todo: "ok", place: 1 }]),
    schedule: rule({ todo: "ok", place: 1 }),
    event: busEvent({ todo: "ok", place: 1 }, "order.placed", "com.example.orders", {}),
  };
  // S3's records are events for a function that is declared as such; a queue carries anything.
  const carried = name.includes("in SQS");
  const kept = Object.entries(others).filter(
    ([kind]) =>
      kind !== limits.kind &&
      !(carried && kind === "queue") &&
      !(name === "S3 in SNS" && kind === "topic") &&
      !(name === "DynamoDB through Kinesis" && kind === "stream") &&
      !(limits.kind === "event" && ["object", "schedule"].includes(kind)) &&
      // An input of the schedule's own can have any shape, that of another event of the bus too.
      !(name.endsWith("its own input") && kind === "event"),
  );
  return [...kept.map(([, event]) => event), httpEvent];
}

/** Whether each event is gone for good, as an event source mapping reads the function's result. */
export function readResult({ report, limits }: AwsSource, items: readonly Item[], result: unknown): boolean[] {
  if (!report) {
    if (result !== undefined && result !== null)
      throw new Error(`a result that Lambda does not read: ${JSON.stringify(result)}`);
    return items.map(() => true);
  }
  const { batchItemFailures } = result as { batchItemFailures: { itemIdentifier: unknown }[] };
  const names = batchItemFailures.map(({ itemIdentifier }) => JSON.stringify(itemIdentifier));
  const failed = items.map((item) => names.includes(JSON.stringify(report.identify(item))));
  // An identifier that it does not know makes Lambda take all for failed.
  if (names.length > 0 && !failed.includes(true))
    throw new Error(`unknown items in ${JSON.stringify(result)} (${limits.kind})`);
  const first = report.andBehind ? failed.indexOf(true) : -1;
  return failed.map((one, index) => !(one || (first >= 0 && index > first)));
}
