import * as azure from "@portico/azure";
import * as wrap from "@portico/azure/wrap";
import {
  type AnyEvent,
  type ChangeEvent,
  type CloudEvent,
  change,
  event,
  type Message,
  type ObjectEvent,
  object,
  type QueueMessage,
  queue,
  type ScheduleEvent,
  type StreamRecord,
  schedule,
  stream,
  type TopicMessage,
  topic,
} from "@portico/core";

import {
  asTold,
  attempt,
  attributes,
  body,
  type Carried,
  dataOf,
  exact,
  id,
  parsedBody,
  plain,
  safe,
  seconds,
  sequenceOf,
  told,
  withoutSystem,
  written,
} from "./azure-carried.js";

type Take = (one: never, context: never) => undefined;
type Kind = Exclude<AnyEvent["kind"], "http" | "invoke">;

/** One way out of the portable form and back: how it is encoded, how it is read, and what is carried. */
export interface Cell {
  readonly name: string;
  readonly kind: Kind;
  /** Of which everyday events it takes every one. Default: those of its kind. */
  readonly everyday?: "json topic" | "compacted stream";
  /** Whether several events share an invocation. */
  readonly many?: true;
  encode(events: readonly never[]): Promise<readonly wrap.AzureDelivery[]>;
  register(name: string, take: Take): azure.AzureMessageHandler;
  readonly carried: Carried;
  /** What the cell has no place for, or tells by other means: never refused, not carried. */
  readonly lost: readonly string[];
}

const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 100 } as const;
const sink = async () => undefined;

const busCarried: Carried = {
  ...body,
  ...attributes,
  ...attempt,
  ...id,
  ...exact("time"),
  ...told("contentType", "correlationId", "subject", "replyTo", "groupId"),
};
const bus = (form: object, sequence: bigint): Pick<Cell, "kind" | "encode" | "register" | "carried" | "lost"> => ({
  kind: "queue",
  encode: (events: readonly QueueMessage[]) =>
    wrap.encodeQueue(events, { queue: "orders", serviceBus: { dataType: "binary", ...form } }),
  register: (name, take) =>
    azure.queue(name, queue("orders").handle(take as never), { serviceBus: { connection: "Bus", ...form } }),
  carried: { ...busCarried, ...sequenceOf(sequence) },
  lost: ["source"],
});
const cloudEvents = { schema: "CloudEventSchemaV1_0" } as const;

const objectCarried: Carried = { ...exact("bucket", "key", "action") };

/** Sources whose payloads come as text, which is what a registration without `dataType` says. */
const asText: readonly Cell[] = [
  ...["one", "many"].map(
    (cardinality): Cell => ({
      ...bus({ cardinality, dataType: "string" }, safe),
      name: `Service Bus queue as text, ${cardinality}`,
      ...(cardinality === "many" && { many: true as const }),
      carried: parsedBody,
    }),
  ),
  ...["one", "many"].map(
    (cardinality): Cell => ({
      name: `Event Hubs as text, ${cardinality}`,
      kind: "stream",
      ...(cardinality === "many" && { many: true as const }),
      encode: (events: readonly StreamRecord[]) =>
        wrap.encodeStream(events, { stream: "clicks", eventHub: { cardinality: cardinality as "one" | "many" } }),
      register: (name, take) =>
        azure.stream(name, stream("clicks").handle(take as never), {
          ...{ eventHub: { connection: "Hub", dataType: "string", retry }, sink },
        }),
      carried: parsedBody,
      lost: [],
    }),
  ),
  {
    name: "Storage Queue as text",
    kind: "queue",
    encode: (events: readonly QueueMessage[]) => wrap.encodeQueue(events, { queue: "orders", storageQueue: {} }),
    register: (name, take) =>
      azure.queue(name, queue("orders").handle(take as never), {
        storageQueue: { connection: "Store", dataType: "string" },
      }),
    carried: parsedBody,
    lost: [],
  },
];

export const cells: readonly Cell[] = [
  ...asText,
  {
    name: "Storage Queue",
    kind: "queue",
    encode: (events: readonly QueueMessage[]) =>
      wrap.encodeQueue(events, { queue: "orders", storageQueue: { dataType: "binary" } }),
    register: (name, take) =>
      azure.queue(name, queue("orders").handle(take as never), { storageQueue: { connection: "Store" } }),
    carried: { ...body, ...attempt, ...id, ...exact("time") },
    lost: ["source", "attributes", "contentType", "correlationId", "subject", "replyTo", "groupId", "sequence"],
  },
  { name: "Service Bus queue, one", ...bus({}, safe) },
  { name: "Service Bus queue, many", many: true, ...bus({ cardinality: "many" }, 2n ** 63n) },
  {
    name: "RabbitMQ",
    kind: "queue",
    encode: (events: readonly QueueMessage[]) =>
      wrap.encodeQueue(events, { queue: "orders", rabbitMQ: { dataType: "binary" } }),
    register: (name, take) =>
      azure.queue(name, queue("orders").handle(take as never), { rabbitMQ: { connectionStringSetting: "Rabbit" } }),
    carried: {
      ...{ ...body, ...attributes, ...attempt, ...seconds },
      ...written("contentType", "correlationId", "subject", "replyTo"),
      id: (sent: Message, back: Message) => [sent.id || "portico-not-live/1", back.id],
    },
    lost: ["source", "groupId", "sequence"],
  },
  {
    ...bus({}, safe),
    name: "Service Bus topic",
    kind: "topic",
    encode: (events: readonly TopicMessage[]) =>
      wrap.encodeTopic(events, { topic: "orders", serviceBus: { subscriptionName: "billing", dataType: "binary" } }),
    register: (name, take) =>
      azure.topic(name, topic("orders").handle(take as never), {
        serviceBus: { connection: "Bus", subscriptionName: "billing" },
      }),
  },
  {
    name: "Event Grid topic, CloudEvents",
    kind: "topic",
    encode: (events: readonly TopicMessage[]) =>
      wrap.encodeTopic(events, { topic: "orders", eventGrid: {}, ...cloudEvents }),
    register: (name, take) => azure.topic(name, topic("orders").handle(take as never), { eventGrid: {} }),
    carried: {
      ...{ ...body, ...attributes },
      ...exact("id", "source", "time", "attempt", "contentType", "correlationId", "subject", "replyTo"),
      ...exact("groupId", "sequence"),
    },
    lost: [],
  },
  {
    name: "Event Grid topic, its own schema",
    kind: "topic",
    everyday: "json topic",
    encode: (events: readonly TopicMessage[]) => wrap.encodeTopic(events, { topic: "orders", eventGrid: {} }),
    register: (name, take) => azure.topic(name, topic("orders").handle(take as never), { eventGrid: {} }),
    carried: {
      ...exact("id", "source", "time"),
      ...written("subject"),
      body: async (sent: Message, back: Message) => [JSON.parse(await sent.text()), JSON.parse(await back.text())],
    },
    lost: ["attributes", "contentType", "correlationId", "replyTo", "groupId", "sequence", "attempt"],
  },
  {
    name: "Event Hubs, one",
    kind: "stream",
    encode: (events: readonly StreamRecord[]) =>
      wrap.encodeStream(events, { stream: "clicks", eventHub: { dataType: "binary" } }),
    register: (name, take) =>
      azure.stream(name, stream("clicks").handle(take as never), { eventHub: { connection: "Hub", retry }, sink }),
    carried: {
      ...{ ...body, ...attributes, ...exact("time", "partition", "tombstone"), ...sequenceOf(safe) },
      ...written("partitionKey", "contentType", "correlationId", "subject", "replyTo"),
    },
    lost: ["id", "source", "attempt", "key", "headers"],
  },
  {
    name: "Event Hubs, many",
    kind: "stream",
    many: true,
    encode: (events: readonly StreamRecord[]) =>
      wrap.encodeStream(events, { stream: "clicks", eventHub: { dataType: "binary", cardinality: "many" } }),
    register: (name, take) =>
      azure.stream(name, stream("clicks").handle(take as never), { eventHub: { connection: "Hub", retry }, sink }),
    carried: {
      ...{ ...body, ...attributes, ...exact("time", "partition", "tombstone"), ...sequenceOf(2n ** 63n) },
      ...written("partitionKey", "contentType", "correlationId", "subject", "replyTo"),
    },
    lost: ["id", "source", "attempt", "key", "headers"],
  },
  ...[{ dataType: "binary" }, {}, { dataType: "binary", cardinality: "many" }, { cardinality: "many" }].map(
    (form): Cell => ({
      name: `Kafka, ${"cardinality" in form ? "many" : "one"}, ${"dataType" in form ? "bytes" : "documents"}`,
      kind: "stream",
      ...("cardinality" in form && { many: true as const }),
      // The host leaves records without a value out of a batch of bytes.
      ...(!("cardinality" in form && "dataType" in form) && { everyday: "compacted stream" as const }),
      encode: (events: readonly StreamRecord[]) => wrap.encodeStream(events, { stream: "clicks", kafka: form }),
      register: (name, take) =>
        azure.stream(name, stream("clicks").handle(take as never), { kafka: { ...form, retry }, sink }),
      carried: {
        ...{ ...body, ...exact("time", "partition", "tombstone") },
        ...sequenceOf("cardinality" in form && "dataType" in form ? 2n ** 63n : safe),
        attributes: (sent: Message, back: Message) => [
          { ...sent.attributes },
          Object.fromEntries(Object.keys(sent.attributes).map((name) => [name, back.attributes[name]])),
        ],
        headers: (sent: StreamRecord, back: StreamRecord) => [
          sent.headers.map(([name, value]) => [name, [...value]]),
          back.headers.slice(0, sent.headers.length).map(([name, value]) => [name, [...value]]),
        ],
        ...exact("contentType", "correlationId", "subject", "replyTo"),
        // Kafka has no other partition key than the key; in the metadata, one that is JSON is parsed.
        key: (sent: StreamRecord, back: StreamRecord) => {
          const key = sent.key ?? (sent.partitionKey ? Buffer.from(sent.partitionKey) : undefined);
          const stable =
            !("dataType" in form) || asTold(key && String(Buffer.from(key))) === (key && String(Buffer.from(key)));
          return stable ? [key && [...key], back.key && [...back.key]] : [0, 0];
        },
      },
      lost: ["id", "source", "attempt", "partitionKey"],
    }),
  ),
  {
    name: "Blob",
    kind: "object",
    encode: (events: readonly ObjectEvent[]) =>
      wrap.encodeObject(events, {
        // The trigger is of one container.
        bucket: events.map(({ bucket }) => bucket).find((bucket) => /^[\w.-]+$/.test(bucket)) ?? "images",
        content: async () => new Uint8Array([1]),
        blob: {},
      }),
    register: (name, take) =>
      azure.object(name, object("images").handle(take as never), { blob: { connection: "Store" } }),
    carried: { ...objectCarried, ...exact("size", "time"), ...written("etag", "version", "contentType") },
    lost: ["id", "source", "sequence", "permanent"],
  },
  ...([{}, cloudEvents] as const).map(
    (form): Cell => ({
      name: `Event Grid storage events, ${"schema" in form ? "CloudEvents" : "its own schema"}`,
      kind: "object",
      encode: (events: readonly ObjectEvent[]) =>
        wrap.encodeObject(events, { bucket: "images", eventGrid: {}, ...form }),
      register: (name, take) => azure.object(name, object("images").handle(take as never), { eventGrid: {} }),
      carried: {
        ...{ ...objectCarried, ...exact("id", "time"), ...written("etag", "version", "contentType", "sequence") },
        size: (sent: ObjectEvent, back: ObjectEvent) => [sent.action === "deleted" ? undefined : sent.size, back.size],
      },
      lost: ["source", "permanent"],
    }),
  ),
  {
    name: "Cosmos DB, latest versions",
    kind: "change",
    many: true,
    encode: (events: readonly ChangeEvent[]) => wrap.encodeChange(events, { table: "orders", cosmosDB: {} }),
    register: (name, take) =>
      azure.change(name, change("orders").handle(take as never), {
        ...{ cosmosDB: { connection: "Shop", databaseName: "shop", retry }, sink },
      }),
    carried: {
      after: (sent: ChangeEvent, back: ChangeEvent) => [
        { id: sent.key.id, ...withoutSystem(sent.after) },
        withoutSystem(back.after),
      ],
      key: (sent: ChangeEvent, back: ChangeEvent) => [sent.key.id, back.key.id],
      ...{ ...seconds, ...sequenceOf(safe) },
    },
    lost: ["id", "source", "table", "action", "before", "partition", "expired"],
  },
  {
    name: "Cosmos DB, all versions",
    kind: "change",
    many: true,
    encode: (events: readonly ChangeEvent[]) =>
      wrap.encodeChange(events, { table: "orders", cosmosDB: { changeFeedMode: "AllVersionsAndDeletes" } }),
    register: (name, take) =>
      azure.change(name, change("orders").handle(take as never), {
        cosmosDB: {
          ...{ connection: "Shop", databaseName: "shop", retry },
          changeFeedMode: "AllVersionsAndDeletes" as never,
        },
        sink,
      }),
    carried: {
      after: (sent: ChangeEvent, back: ChangeEvent) => [
        sent.action === "delete" ? undefined : { id: sent.key.id, ...withoutSystem(sent.after) },
        withoutSystem(back.after),
      ],
      before: (sent: ChangeEvent, back: ChangeEvent) => [
        sent.before && { id: sent.key.id, ...withoutSystem(sent.before) },
        withoutSystem(back.before),
      ],
      key: (sent: ChangeEvent, back: ChangeEvent) => [
        sent.action === "delete" ? plain(sent.key) : sent.key.id,
        sent.action === "delete" ? plain(back.key) : back.key.id,
      ],
      action: (sent: ChangeEvent, back: ChangeEvent) => [sent.action, back.action],
      expired: (sent: ChangeEvent, back: ChangeEvent) => [
        sent.action === "delete" ? (sent.expired ?? false) : undefined,
        back.expired,
      ],
      ...{ ...seconds, ...sequenceOf(safe) },
    },
    lost: ["id", "source", "table", "partition"],
  },
  {
    name: "SQL",
    kind: "change",
    many: true,
    encode: (events: readonly ChangeEvent[]) => wrap.encodeChange(events, { table: "orders", sql: {}, keys: ["id"] }),
    register: (name, take) =>
      azure.change(name, change("orders").handle(take as never), {
        ...{ sql: { connectionStringSetting: "Sql" }, primaryKey: ["id"], sink },
      }),
    carried: {
      after: (sent: ChangeEvent, back: ChangeEvent) => [
        sent.action === "delete" ? undefined : plain(sent.after),
        plain(back.after),
      ],
      ...exact("action"),
    },
    lost: ["id", "source", "table", "time", "before", "partition", "sequence", "expired", "key"],
  },
  {
    name: "Timer",
    kind: "schedule",
    encode: (events: readonly ScheduleEvent[]) => wrap.encodeSchedule(events, { when: "*/5 * * * *" }),
    register: (name, take) => azure.schedule(name, schedule("*/5 * * * *").handle(take as never), { timeZone: "UTC" }),
    carried: {
      // A tick that is still to come is not the one that fired.
      scheduledTime: (sent: ScheduleEvent, back: ScheduleEvent) =>
        sent.scheduledTime.getTime() > Date.now() ? [0, 0] : [sent.scheduledTime, back.scheduledTime],
      late: (sent: ScheduleEvent, back: ScheduleEvent) => [
        sent.late || Date.now() - sent.scheduledTime.getTime() > 60_000,
        back.late,
      ],
    },
    lost: ["id", "source", "time", "payload"],
  },
  {
    name: "Event Grid, CloudEvents",
    kind: "event",
    encode: (events: readonly CloudEvent[]) => wrap.encodeEvent(events, cloudEvents),
    register: (name, take) => azure.event(name, event().handle(take as never)),
    carried: {
      ...exact("id", "source", "type", "subject", "datacontenttype", "dataschema"),
      ...dataOf,
      timestamp: (sent: CloudEvent, back: CloudEvent) =>
        "timestamp" in sent ? [sent.timestamp, back.timestamp] : [sent.time, back.time],
      extensions: (sent: CloudEvent, back: CloudEvent) => [{ ...sent.extensions }, { ...back.extensions }],
    },
    lost: [],
  },
  {
    name: "Event Grid, its own schema",
    kind: "event",
    encode: (events: readonly CloudEvent[]) => wrap.encodeEvent(events),
    register: (name, take) => azure.event(name, event().handle(take as never)),
    carried: {
      ...exact("id", "source", "type"),
      ...{ ...dataOf, ...written("subject") },
      timestamp: (sent: CloudEvent, back: CloudEvent) =>
        sent.timestamp === undefined ? [0, 0] : [sent.timestamp, back.timestamp],
    },
    lost: ["datacontenttype", "dataschema", "extensions"],
  },
];
