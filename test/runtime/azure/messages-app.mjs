// A function app with a function for every trigger, as a user would deploy it.
import * as azure from "@portico/azure";
import { change, deadLetter, event, object, queue, schedule, stream, topic } from "@portico/core";

const retry = { strategy: "fixedDelay", maxRetryCount: 2, delayInterval: 10 };
const sink = async (message, reason, { log, key }) => log.warn("sunk", { key, reason, id: message.id });

/** Says what it got; fails where the payload asks for it. */
const handler = async (message, { log }) => {
  const payload = message.kind === "object" ? { key: message.key } : await message.json();
  log.info("got", { kind: message.kind, id: message.id, source: message.source, attempt: message.attempt, payload });
  const { fails } = payload?.after ?? payload ?? {};
  if (fails === "undefined") throw undefined;
  if (fails === "once") throw new Error("it fails");
  if (fails === "for ever") return deadLetter("it cannot be done");
  if (fails === "never") await new Promise(() => {});
};

azure.queue("storage-queue", queue("orders").handle(handler), {
  storageQueue: { connection: "Store" },
  timeoutMs: 300,
});
azure.queue("bus-one", queue("orders").handle(handler), { serviceBus: { connection: "Bus" } });
azure.queue("bus-many", queue("orders").handle(handler), { serviceBus: { connection: "Bus", cardinality: "many" } });
azure.queue("rabbit", queue("orders").handle(handler), { rabbitMQ: { connectionStringSetting: "Rabbit" } });
azure.topic("bus-topic", topic("orders").handle(handler), {
  serviceBus: { connection: "Bus", subscriptionName: "billing" },
});
azure.topic("grid-topic", topic("orders").handle(handler), { eventGrid: {} });
azure.stream("hub", stream("clicks").handle(handler), { eventHub: { connection: "Hub", retry }, sink });
azure.stream("kafka", stream("clicks").handle(handler), { kafka: { brokerList: "Broker", retry }, sink });
azure.object("blob", object("images").handle(handler), { blob: { connection: "Store" } });
azure.object("grid-object", object("images").handle(handler), { eventGrid: {} });
azure.change("cosmos", change("orders").handle(handler), {
  cosmosDB: { connection: "Shop", databaseName: "shop", retry },
  sink,
});
azure.change("sql", change("orders").handle(handler), {
  sql: { connectionStringSetting: "Sql" },
  primaryKey: ["id"],
  sink,
});
azure.schedule("timer", schedule("*/5 * * * *").handle(handler), { timeZone: "UTC" });
azure.event("grid-event", event().handle(handler));
