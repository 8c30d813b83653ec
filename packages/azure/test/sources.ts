import {
  type ChangeEvent,
  change,
  event,
  type NeutralEvent,
  type Outcome,
  object,
  queue,
  type Sink,
  schedule,
  stream,
  topic,
} from "@portico/core";
import * as azure from "../src/index.js";
import { byteList, bytes, json, longs, strings, text } from "./rpc.js";
import type { Firing } from "./worker.js";

type Handler = (event: NeutralEvent & { readonly json: () => Promise<unknown> }, context: never) => unknown;
interface Ours {
  readonly sink?: Sink | undefined;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
}

/** One way into a function: how it is registered, and how the host starts it. */
export interface Source {
  readonly name: string;
  register(name: string, handler: Handler, ours?: Ours): azure.AzureMessageHandler;
  /** What the host sends for events of these numbers. */
  fire(numbers: readonly number[]): Firing;
  readonly batch: boolean;
  readonly demandsSink: boolean;
  /** Anything can be a payload there. */
  readonly anyPayload?: true;
}

export const retryForEver = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 100 } as const;
const payload = (number: number) => JSON.stringify({ number });
const [first] = [0];
const time = "2026-03-05T10:15:30.123";
const numberOf = (numbers: readonly number[]) => numbers[first] as number;

const busOne = (numbers: readonly number[]): Firing => ({
  input: bytes(payload(numberOf(numbers))),
  metadata: {
    MessageId: text(`m${numberOf(numbers)}`),
    DeliveryCount: json(1),
    LockToken: text(`lock-${numberOf(numbers)}`),
    SequenceNumber: json(numberOf(numbers)),
    EnqueuedTimeUtc: json(time),
  },
});
const busMany = (numbers: readonly number[]): Firing => ({
  input: byteList(numbers.map(payload)),
  metadata: {
    MessageIdArray: strings(numbers.map((number) => `m${number}`)),
    DeliveryCountArray: json(numbers.map(() => 1)),
    LockTokenArray: strings(numbers.map((number) => `lock-${number}`)),
    SequenceNumberArray: longs(numbers.map(BigInt)),
  },
});
const grid =
  (type: string, subject: string, data: (number: number) => unknown) =>
  (numbers: readonly number[]): Firing => {
    const events = numbers.map((number) => ({
      id: `e${number}`,
      topic: "/subscriptions/0/topics/orders",
      subject: subject.replace("*", String(number)),
      eventType: type,
      eventTime: "2026-03-05T10:15:30Z",
      data: data(number),
      dataVersion: "1.0",
      metadataVersion: "1",
    }));
    return { input: json(events.length === 1 ? events[first] : events) };
  };

// What the compiler checks of each kind is checked elsewhere: here one handler stands for all.
const as = <T>(handler: Handler) => handler as unknown as T;
const anyQueue = (handler: Handler) => queue("orders").handle(as(handler));
const anyTopic = (handler: Handler) => topic("orders").handle(as(handler));
const anyStream = (handler: Handler) => stream("clicks").handle(as(handler));
const anyObject = (handler: Handler) => object("images").handle(as(handler));
const anyChange = (handler: Handler) => change("orders").handle(as<(one: ChangeEvent) => Outcome>(handler));

/** Every source of the column that hands over messages. */
export const sources: readonly Source[] = [
  {
    name: "Storage Queue",
    register: (name, handler, ours = {}) =>
      azure.queue(name, anyQueue(handler), { ...(ours as object), storageQueue: { connection: "Store" } }),
    fire: (numbers) => ({
      input: bytes(payload(numberOf(numbers))),
      metadata: {
        Id: text(`q${numberOf(numbers)}`),
        DequeueCount: json(1),
        InsertionTime: json("2026-03-05T10:15:30+00:00"),
      },
    }),
    batch: false,
    demandsSink: false,
    anyPayload: true,
  },
  {
    name: "Service Bus queue, one",
    register: (name, handler, ours = {}) =>
      azure.queue(name, anyQueue(handler), { ...(ours as object), serviceBus: { connection: "Bus" } }),
    fire: busOne,
    batch: false,
    demandsSink: false,
    anyPayload: true,
  },
  {
    name: "Service Bus queue, many",
    register: (name, handler, ours = {}) =>
      azure.queue(name, anyQueue(handler), {
        ...(ours as object),
        serviceBus: { connection: "Bus", cardinality: "many" },
      }),
    fire: busMany,
    batch: true,
    demandsSink: false,
    anyPayload: true,
  },
  {
    name: "RabbitMQ",
    register: (name, handler, ours = {}) =>
      azure.queue(name, anyQueue(handler), { ...(ours as object), rabbitMQ: { connectionStringSetting: "Rabbit" } }),
    fire: (numbers) => ({
      input: bytes(payload(numberOf(numbers))),
      metadata: {
        DeliveryTag: json(1),
        ConsumerTag: text("amq.ctag-1"),
        Redelivered: json(false),
        BasicProperties: json({ MessageId: `m${numberOf(numbers)}` }),
      },
    }),
    batch: false,
    demandsSink: false,
    anyPayload: true,
  },
  {
    name: "Service Bus topic",
    register: (name, handler, ours = {}) =>
      azure.topic(name, anyTopic(handler), {
        ...(ours as object),
        serviceBus: { connection: "Bus", subscriptionName: "billing" },
      }),
    fire: busOne,
    batch: false,
    demandsSink: false,
    anyPayload: true,
  },
  {
    name: "Event Grid topic",
    register: (name, handler, ours = {}) =>
      azure.topic(name, anyTopic(handler), { ...(ours as object), eventGrid: {} }),
    fire: grid("order.created", "orders/*", (number) => ({ number })),
    batch: true,
    demandsSink: false,
  },
  {
    name: "Event Hubs",
    register: (name, handler, ours = {}) =>
      azure.stream(name, anyStream(handler), {
        ...(ours as object),
        eventHub: { connection: "Hub", retry: retryForEver },
      }),
    fire: (numbers) => ({
      input: byteList(numbers.map(payload)),
      metadata: {
        PartitionContext: json({
          PartitionId: "3",
          EventHubName: "clicks",
          FullyQualifiedNamespace: "x.servicebus.windows.net",
        }),
        SequenceNumberArray: longs(numbers.map(BigInt)),
        PropertiesArray: json(numbers.map(() => ({}))),
        SystemPropertiesArray: json(numbers.map((number) => ({ SequenceNumber: number, EnqueuedTimeUtc: time }))),
      },
    }),
    batch: true,
    demandsSink: true,
    anyPayload: true,
  },
  {
    name: "Kafka",
    register: (name, handler, ours = {}) =>
      azure.stream(name, anyStream(handler), {
        ...(ours as object),
        kafka: { brokerList: "Broker", consumerGroup: "$Default", cardinality: "many", retry: retryForEver },
      }),
    fire: (numbers) => ({
      input: byteList(numbers.map(payload)),
      metadata: {
        PartitionArray: json(numbers.map(() => 2)),
        OffsetArray: longs(numbers.map(BigInt)),
        TopicArray: strings(numbers.map(() => "clicks")),
        TimestampArray: json(numbers.map(() => "2026-03-05T10:15:30Z")),
        HeadersArray: json(numbers.map(() => [])),
      },
    }),
    batch: true,
    demandsSink: true,
    anyPayload: true,
  },
  {
    name: "Blob",
    register: (name, handler, ours = {}) =>
      azure.object(name, anyObject(handler), { ...(ours as object), blob: { connection: "Store" } }),
    fire: (numbers) => ({
      input: bytes("content"),
      metadata: {
        BlobTrigger: text(`images/${numberOf(numbers)}.png`),
        Uri: json(`https://contoso.blob.core.windows.net/images/${numberOf(numbers)}.png`),
        Properties: json({ ContentLength: 7, LastModified: "2026-03-05T10:15:30+00:00" }),
      },
    }),
    batch: false,
    demandsSink: false,
  },
  {
    name: "Event Grid storage events",
    register: (name, handler, ours = {}) =>
      azure.object(name, anyObject(handler), { ...(ours as object), eventGrid: {} }),
    fire: grid("Microsoft.Storage.BlobCreated", "/blobServices/default/containers/images/blobs/*.png", () => ({
      api: "PutBlob",
      contentLength: 7,
    })),
    batch: true,
    demandsSink: false,
  },
  {
    name: "Cosmos DB",
    register: (name, handler, ours = {}) =>
      azure.change(name, anyChange(handler), {
        ...(ours as object),
        cosmosDB: { connection: "Shop", databaseName: "shop", retry: retryForEver },
      }),
    fire: (numbers) => ({
      input: json(
        numbers.map((number) => ({ id: `d${number}`, number, _rid: `r${number}`, _ts: 1772705731, _lsn: number })),
      ),
      metadata: {},
    }),
    batch: true,
    demandsSink: true,
  },
  {
    name: "SQL",
    register: (name, handler, ours = {}) =>
      azure.change(name, anyChange(handler), {
        ...(ours as object),
        sql: { connectionStringSetting: "Sql" },
        primaryKey: ["id"],
      }),
    fire: (numbers) => ({
      input: json(numbers.map((number) => ({ Operation: 0, Item: { id: number, number } }))),
      metadata: {},
    }),
    batch: true,
    demandsSink: true,
  },
  {
    name: "Timer",
    register: (name, handler, ours = {}) =>
      azure.schedule(name, schedule("*/5 * * * *").handle(as(handler)), { ...(ours as object), timeZone: "UTC" }),
    fire: () => ({
      input: json({
        Schedule: { AdjustForDST: true },
        ScheduleStatus: { Last: "2026-03-05T10:10:00+00:00", Next: "2026-03-05T10:15:00+00:00" },
        IsPastDue: false,
      }),
    }),
    batch: false,
    demandsSink: false,
  },
  {
    name: "Event Grid events",
    register: (name, handler, ours = {}) => azure.event(name, event().handle(as(handler)), { ...(ours as object) }),
    fire: grid("order.created", "orders/*", (number) => ({ number })),
    batch: true,
    demandsSink: false,
  },
];
