import type { RpcData } from "@portico/testing/hosts/azure";
import { happened, type Item, keyOf, type MessageLimits, payloadOf, told } from "../messages.js";

/** How the Functions host starts a function. */
export interface AzureStart {
  readonly input: RpcData;
  readonly triggerMetadata: Readonly<Record<string, RpcData>>;
}

/** A source of events on Azure Functions: the name of the function that takes it, and how the host starts that. */
export interface AzureSource {
  readonly name: string;
  /** Default for a clock: the function of what is to be done. */
  readonly target: string;
  readonly limits: MessageLimits;
  start(items: readonly Item[]): AzureStart;
}

const text = (string: string): RpcData => ({ string });
const json = (value: unknown): RpcData => ({ json: JSON.stringify(value) });
const bytes = (value: string | Uint8Array): RpcData => ({ bytes: Buffer.from(value as string) });
const byteList = (items: readonly Item[]): RpcData => ({
  collectionBytes: { bytes: items.map((item) => Buffer.from(payloadOf(item) as string)) },
});
const texts = (values: readonly string[]): RpcData => ({ collectionString: { string: values } });
const longs = (values: readonly number[]): RpcData => ({
  collectionSint64: { sint64: values.map((low) => ({ low, high: 0, unsigned: false })) },
});
const only = (items: readonly Item[]) => items[0] as Item;
const places = (items: readonly Item[]) => items.map(({ place }) => place);
const dataOf = ({ todo }: Item) => ({ todo, ...told });

const storageQueue = (items: readonly Item[]): AzureStart => ({
  input: bytes(payloadOf(only(items))),
  triggerMetadata: { Id: text(`q${only(items).place}`), DequeueCount: json(1), InsertionTime: json(happened) },
});
const busOne = (items: readonly Item[]): AzureStart => ({
  input: bytes(payloadOf(only(items))),
  triggerMetadata: {
    MessageId: text(`m${only(items).place}`),
    DeliveryCount: json(1),
    LockToken: text(`lock-${only(items).place}`),
    SequenceNumber: json(only(items).place),
    EnqueuedTimeUtc: json(happened),
  },
});
const busMany =
  (sessions: boolean) =>
  (items: readonly Item[]): AzureStart => ({
    input: byteList(items),
    triggerMetadata: {
      MessageIdArray: texts(items.map(({ place }) => `m${place}`)),
      DeliveryCountArray: json(items.map(() => 1)),
      LockTokenArray: texts(items.map(({ place }) => `lock-${place}`)),
      SequenceNumberArray: longs(places(items)),
      ...(sessions && { SessionIdArray: texts(items.map(() => "customer-7")) }),
    },
  });
const rabbit = (items: readonly Item[]): AzureStart => ({
  input: bytes(payloadOf(only(items))),
  triggerMetadata: { DeliveryTag: json(1), BasicProperties: json({ MessageId: `r${only(items).place}` }) },
});

const gridEvent = (item: Item, eventType: string, subject: string, data: unknown) => ({
  id: `e${item.place}`,
  topic: "/subscriptions/0/topics/orders",
  subject,
  eventType,
  eventTime: happened,
  data,
  dataVersion: "1.0",
  metadataVersion: "1",
});
const cloudEvent = (item: Item, type: string, subject: string, data: unknown) => ({
  specversion: "1.0",
  id: `e${item.place}`,
  source: "/subscriptions/0/topics/orders",
  type,
  subject,
  time: happened,
  data,
});
type Schema = typeof gridEvent | typeof cloudEvent;
const grid =
  (toEvent: (item: Item) => object) =>
  (items: readonly Item[]): AzureStart => {
    const events = items.map(toEvent);
    return { input: json(events.length === 1 ? events[0] : events), triggerMetadata: {} };
  };
const placed = (schema: Schema) => grid((item) => schema(item, "order.placed", "orders/1", dataOf(item)));
// A blob's name stands in the subject as it is.
const stored = (schema: Schema) =>
  grid((item) =>
    schema(item, "Microsoft.Storage.BlobCreated", `/blobServices/default/containers/orders/blobs/${keyOf(item)}`, {
      api: "PutBlob",
      contentLength: 7,
      url: `https://shop.blob.core.windows.net/orders/${encodeURI(keyOf(item))}`,
    }),
  );

const hub = (items: readonly Item[]): AzureStart => ({
  input: byteList(items),
  triggerMetadata: {
    PartitionContext: json({
      PartitionId: "3",
      EventHubName: "orders",
      FullyQualifiedNamespace: "x.servicebus.windows.net",
    }),
    SequenceNumberArray: longs(places(items)),
    PropertiesArray: json(items.map(() => ({}))),
    SystemPropertiesArray: json(items.map(({ place }) => ({ SequenceNumber: place, EnqueuedTimeUtc: happened }))),
  },
});
const kafkaOne = (items: readonly Item[]): AzureStart => ({
  input: bytes(payloadOf(only(items))),
  triggerMetadata: {
    Partition: json(2),
    Offset: json(only(items).place),
    Topic: text("orders"),
    Timestamp: json(happened),
  },
});
const kafkaMany = (items: readonly Item[]): AzureStart => ({
  input: byteList(items),
  triggerMetadata: {
    PartitionArray: json(items.map(() => 2)),
    OffsetArray: longs(places(items)),
    TopicArray: texts(items.map(() => "orders")),
    TimestampArray: json(items.map(() => happened)),
    HeadersArray: json(items.map(() => [])),
  },
});
const blob = (items: readonly Item[]): AzureStart => ({
  input: bytes("content"),
  triggerMetadata: {
    BlobTrigger: text(`orders/${keyOf(only(items))}`),
    Uri: json(`https://shop.blob.core.windows.net/orders/${only(items).place}`),
    Properties: json({ ContentLength: 7, LastModified: happened, ETag: `"${only(items).place}"` }),
  },
});
const documentOf = (item: Item) => ({
  id: `d${item.place}`,
  _rid: `r${item.place}`,
  _ts: Date.parse(happened) / 1000,
  _lsn: item.place,
  ...dataOf(item),
});
const list =
  (toDocument: (item: Item) => object) =>
  (items: readonly Item[]): AzureStart => ({
    input: json(items.map(toDocument)),
    triggerMetadata: {},
  });
const version = (item: Item) => ({
  current: documentOf(item),
  metadata: { crts: Date.parse(happened) / 1000, lsn: item.place, operationType: "create" },
});
const row = (item: Item) => ({ Operation: 0, Item: { id: item.place, ...dataOf(item) } });
const timer = (items: readonly Item[]): AzureStart => {
  // A tick is known by when it was due.
  const due = new Date(Date.parse(happened) + only(items).place * 300_000).toISOString();
  return {
    input: json({ Schedule: { AdjustForDST: true }, ScheduleStatus: { Last: happened, Next: due }, IsPastDue: false }),
    triggerMetadata: {},
  };
};

const ordered = { redelivers: "delivery", ordered: true } as const;

/** Every source of the column that the host's protocol carries; settlement stands apart. */
export const azureSources: readonly AzureSource[] = [
  {
    name: "Storage Queue",
    target: "storageQueue",
    limits: { kind: "queue", takesAnything: true },
    start: storageQueue,
  },
  { name: "Service Bus queue, one", target: "busOne", limits: { kind: "queue", takesAnything: true }, start: busOne },
  {
    name: "Service Bus queue, many",
    target: "busMany",
    limits: { kind: "queue", redelivers: "delivery", takesAnything: true },
    start: busMany(false),
  },
  {
    name: "Service Bus queue, sessions",
    target: "busSessions",
    limits: { kind: "queue", ...ordered, takesAnything: true },
    start: busMany(true),
  },
  { name: "RabbitMQ", target: "rabbit", limits: { kind: "queue", takesAnything: true }, start: rabbit },
  { name: "Service Bus topic", target: "busTopic", limits: { kind: "topic", takesAnything: true }, start: busOne },
  {
    name: "Event Grid topic",
    target: "gridTopic",
    limits: { kind: "topic", redelivers: "delivery", payload: "json" },
    start: placed(gridEvent),
  },
  {
    name: "Event Grid topic, CloudEvents schema",
    target: "gridTopic",
    limits: { kind: "topic", redelivers: "delivery", payload: "json" },
    start: placed(cloudEvent),
  },
  { name: "Event Hubs", target: "hub", limits: { kind: "stream", ...ordered, takesAnything: true }, start: hub },
  {
    name: "Kafka, one",
    target: "kafka",
    limits: { kind: "stream", ordered: true, takesAnything: true },
    start: kafkaOne,
  },
  {
    name: "Kafka, many",
    target: "kafkaMany",
    limits: { kind: "stream", ...ordered, takesAnything: true },
    start: kafkaMany,
  },
  { name: "Blob", target: "blob", limits: { kind: "object" }, start: blob },
  {
    name: "Event Grid storage events",
    target: "gridObject",
    limits: { kind: "object", redelivers: "delivery" },
    start: stored(gridEvent),
  },
  {
    name: "Event Grid storage events, CloudEvents schema",
    target: "gridObject",
    limits: { kind: "object", redelivers: "delivery" },
    start: stored(cloudEvent),
  },
  { name: "Cosmos DB", target: "cosmos", limits: { kind: "change", ...ordered }, start: list(documentOf) },
  {
    name: "Cosmos DB, all versions",
    target: "cosmosAll",
    limits: { kind: "change", ...ordered },
    start: list(version),
  },
  // Changes of a table come in no order.
  { name: "SQL", target: "sql", limits: { kind: "change", redelivers: "delivery" }, start: list(row) },
  { name: "Timer", target: "timer_", limits: { kind: "schedule" }, start: timer },
  {
    name: "Event Grid",
    target: "gridEvent",
    limits: { kind: "event", redelivers: "delivery" },
    start: placed(gridEvent),
  },
  {
    name: "Event Grid, CloudEvents schema",
    target: "gridEvent",
    limits: { kind: "event", redelivers: "delivery" },
    start: placed(cloudEvent),
  },
];

/** The function for these: a clock's is of what is to be done. */
export const targetOf = ({ target, limits }: AzureSource, { todo }: Item) =>
  limits.kind === "schedule" ? `${target}${todo}` : target;

/** What another trigger would send; the host knows no way to do so but a wrong registration. */
export function foreignTo({ limits }: AzureSource): readonly AzureStart[] {
  if (limits.takesAnything) return [];
  const wrong = { input: json({ Records: [] }), triggerMetadata: {} };
  if (limits.kind === "schedule") return [wrong, storageQueue([{ todo: "ok", place: 1 }])];
  return [wrong, timer([{ todo: "ok", place: 1 }]), storageQueue([{ todo: "ok", place: 1 }])];
}
