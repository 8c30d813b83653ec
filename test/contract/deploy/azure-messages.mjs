import * as azure from "@portico/azure";
import { onChange, onEvent, onMessage, onObject, onPublished, onRecord, onTick, sink } from "../messages-functions.mjs";

const ours = { sink, timeoutMs: 200 };
const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 100 };
const bus = { connection: "Bus" };

azure.queue("storageQueue", onMessage, { ...ours, storageQueue: { connection: "Store" } });
azure.queue("busOne", onMessage, { ...ours, serviceBus: bus });
azure.queue("busMany", onMessage, { ...ours, serviceBus: { ...bus, cardinality: "many" } });
azure.queue("busSessions", onMessage, {
  ...ours,
  serviceBus: { ...bus, cardinality: "many", isSessionsEnabled: true },
});
azure.queue("rabbit", onMessage, { ...ours, rabbitMQ: { connectionStringSetting: "Rabbit" } });
azure.topic("busTopic", onPublished, { ...ours, serviceBus: { ...bus, subscriptionName: "billing" } });
azure.topic("gridTopic", onPublished, { ...ours, eventGrid: {} });
azure.stream("hub", onRecord, { ...ours, eventHub: { connection: "Hub", retry } });
azure.stream("kafka", onRecord, { ...ours, kafka: { brokerList: "Broker", consumerGroup: "$Default", retry } });
azure.stream("kafkaMany", onRecord, {
  ...ours,
  kafka: { brokerList: "Broker", consumerGroup: "$Default", cardinality: "many", retry },
});
azure.object("blob", onObject, { ...ours, blob: { connection: "Store" } });
azure.object("gridObject", onObject, { ...ours, eventGrid: {} });
azure.change("cosmos", onChange, { ...ours, cosmosDB: { connection: "Shop", databaseName: "shop", retry } });
azure.change("cosmosAll", onChange, {
  ...ours,
  cosmosDB: { connection: "Shop", databaseName: "shop", changeFeedMode: "AllVersionsAndDeletes", retry },
});
azure.change("sql", onChange, { ...ours, sql: { connectionStringSetting: "Sql" }, primaryKey: ["id"] });
azure.event("gridEvent", onEvent, ours);
// A timer has no payload: its name says what is to be done.
for (const todo of [
  ["ok", "ack", "retry", "later", "throw", "throw-undefined", "reject", "garbage", "number"],
  ["drop", "wait", "wait-fails", "slow", "dead", "permanent", "dead-unsunk"],
].flat()) {
  azure.schedule(`timer_${todo}`, onTick, { ...ours, timeZone: "UTC" });
}

/** With settlement the host gives objects that no protocol of ours makes: called by the test itself. */
const settled = { ...ours, settlement: "imported" };
export const settling = {
  busSettled: azure.queue("busSettled", onMessage, { ...settled, serviceBus: { ...bus, cardinality: "many" } }),
  busSettledOne: azure.queue("busSettledOne", onMessage, { ...settled, serviceBus: bus }),
  busSettledTopic: azure.topic("busSettledTopic", onPublished, {
    ...settled,
    serviceBus: { ...bus, subscriptionName: "billing", cardinality: "many" },
  }),
  busSettledSessions: azure.queue("busSettledSessions", onMessage, {
    ...settled,
    serviceBus: { ...bus, cardinality: "many", isSessionsEnabled: true },
  }),
};
