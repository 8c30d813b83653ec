import type {
  CosmosDBv4Handler,
  EventGridHandler,
  EventHubHandler,
  HttpHandler,
  InvocationContext,
  ServiceBusQueueHandler,
  ServiceBusTopicHandler,
  SqlHandler,
  StorageBlobHandler,
  StorageQueueHandler,
  Timer,
  TimerHandler,
} from "@azure/functions";
import type { HttpFunction, QueueFunction } from "@portico/core";
import { expectTypeOf, test } from "vitest";
import * as functions from "./index.js";

declare const handlers: {
  http: HttpHandler;
  queue: StorageQueueHandler<{ sku: string }>;
  bus: ServiceBusQueueHandler<string[]>;
  topic: ServiceBusTopicHandler;
  hub: EventHubHandler<Buffer[]>;
  blob: StorageBlobHandler<Buffer>;
  cosmos: CosmosDBv4Handler<{ id: string }>;
  sql: SqlHandler<{ id: number }>;
  timer: TimerHandler;
  grid: EventGridHandler;
};

test("any handler fits as its author typed it", () => {
  expectTypeOf(functions.http(handlers.http, { path: "/" })).toEqualTypeOf<HttpFunction>();
  expectTypeOf(functions.queue(handlers.queue, { queue: "orders", storageQueue: {} })).toEqualTypeOf<QueueFunction>();
  functions.queue.batch(handlers.bus, { queue: "orders", serviceBus: { cardinality: "many" } });
  functions.topic(handlers.topic, {
    topic: "orders",
    serviceBus: { subscriptionName: "billing", autoCompleteMessages: false },
  });
  functions.stream(handlers.hub, { stream: "clicks", eventHub: { cardinality: "many", dataType: "binary" } });
  functions.object(handlers.blob, { bucket: "images", blob: {}, content: async () => new Uint8Array() });
  functions.change(handlers.cosmos, { table: "orders", cosmosDB: { changeFeedMode: "AllVersionsAndDeletes" } });
  functions.change(handlers.sql, { table: "orders", sql: {} });
  functions.schedule(handlers.timer, { when: "0 3 * * *" });
  functions.event(handlers.grid);
  functions.schedule((_timer: Timer) => undefined, { when: "0 3 * * *" });
  functions.queue(({ a }: { a: number }, context: InvocationContext) => context.log(a), { queue: "q", rabbitMQ: {} });
});

test("one source is named, and it is one of the kind", () => {
  // @ts-expect-error no source
  functions.queue(handlers.queue, { queue: "orders" });
  // @ts-expect-error two of them
  functions.queue(handlers.queue, { queue: "orders", storageQueue: {}, serviceBus: {} });
  // @ts-expect-error a hub is no queue
  functions.queue(handlers.queue, { queue: "orders", eventHub: {} });
  // @ts-expect-error a path is needed
  functions.http(handlers.http, {});
});
