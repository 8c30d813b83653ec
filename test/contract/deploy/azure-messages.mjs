import * as azure from "@portico/azure";
import * as contract from "../messages-functions.mjs";

const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 100 };
const bus = { connection: "Bus" };

/** Registers functions for every source, each with `prefix` before its name in the sources' table. */
export function deploy(functions, timeoutMs, prefix = "") {
  const { onChange, onEvent, onMessage, onObject, onPublished, onRecord, onTick, sink } = functions;
  const ours = { sink, timeoutMs };
  const kafka = { brokerList: "Broker", consumerGroup: "$Default", retry };
  const cosmosDB = { connection: "Shop", databaseName: "shop", retry };
  azure.queue(`${prefix}storageQueue`, onMessage, { ...ours, storageQueue: { connection: "Store" } });
  azure.queue(`${prefix}busOne`, onMessage, { ...ours, serviceBus: bus });
  azure.queue(`${prefix}busMany`, onMessage, { ...ours, serviceBus: { ...bus, cardinality: "many" } });
  azure.queue(`${prefix}busSessions`, onMessage, {
    ...ours,
    serviceBus: { ...bus, cardinality: "many", isSessionsEnabled: true },
  });
  azure.queue(`${prefix}rabbit`, onMessage, { ...ours, rabbitMQ: { connectionStringSetting: "Rabbit" } });
  azure.topic(`${prefix}busTopic`, onPublished, { ...ours, serviceBus: { ...bus, subscriptionName: "billing" } });
  azure.topic(`${prefix}gridTopic`, onPublished, { ...ours, eventGrid: {} });
  azure.stream(`${prefix}hub`, onRecord, { ...ours, eventHub: { connection: "Hub", retry } });
  azure.stream(`${prefix}kafka`, onRecord, { ...ours, kafka });
  azure.stream(`${prefix}kafkaMany`, onRecord, { ...ours, kafka: { ...kafka, cardinality: "many" } });
  azure.object(`${prefix}blob`, onObject, { ...ours, blob: { connection: "Store" } });
  azure.object(`${prefix}gridObject`, onObject, { ...ours, eventGrid: {} });
  azure.change(`${prefix}cosmos`, onChange, { ...ours, cosmosDB });
  azure.change(`${prefix}cosmosAll`, onChange, {
    ...ours,
    cosmosDB: { ...cosmosDB, changeFeedMode: "AllVersionsAndDeletes" },
  });
  azure.change(`${prefix}sql`, onChange, { ...ours, sql: { connectionStringSetting: "Sql" }, primaryKey: ["id"] });
  azure.event(`${prefix}gridEvent`, onEvent, ours);
  // A timer has no payload: its name says what is to be done.
  for (const todo of todos) azure.schedule(`${prefix}timer_${todo}`, onTick, { ...ours, timeZone: "UTC" });
}

const todos = [
  ["ok", "ack", "retry", "later", "throw", "throw-undefined", "reject", "garbage", "number"],
  ["drop", "wait", "wait-fails", "slow", "dead", "permanent", "dead-unsunk"],
].flat();

deploy(contract, 200);

/** With settlement the host gives objects that no protocol of ours makes: called by the test itself. */
const settled = { sink: contract.sink, timeoutMs: 200, settlement: "imported" };
export const settling = {
  busSettled: azure.queue("busSettled", contract.onMessage, {
    ...settled,
    serviceBus: { ...bus, cardinality: "many" },
  }),
  busSettledOne: azure.queue("busSettledOne", contract.onMessage, { ...settled, serviceBus: bus }),
  busSettledTopic: azure.topic("busSettledTopic", contract.onPublished, {
    ...settled,
    serviceBus: { ...bus, subscriptionName: "billing", cardinality: "many" },
  }),
  busSettledSessions: azure.queue("busSettledSessions", contract.onMessage, {
    ...settled,
    serviceBus: { ...bus, cardinality: "many", isSessionsEnabled: true },
  }),
};
