// All of them on Azure Functions: a registration for each.
import * as azure from "@portico/azure";
import { all, web } from "./portable.js";

const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 } as const;
const sink = async () => {};
const bus = { connection: "Bus" };

azure.http("web", web);
for (const [from, { queue, topic, stream, object, change, schedule, event, invoke }] of Object.entries(all)) {
  azure.queue(`${from}-queue`, queue, { serviceBus: bus });
  azure.topic(`${from}-topic`, topic, { serviceBus: { ...bus, subscriptionName: "mails" } });
  azure.stream(`${from}-stream`, stream, { eventHub: { connection: "Hub", retry }, sink });
  azure.object(`${from}-object`, object, { eventGrid: {} });
  azure.change(`${from}-change`, change, { cosmosDB: { connection: "Shop", databaseName: "shop", retry }, sink });
  azure.schedule(`${from}-schedule`, schedule, { timeZone: "UTC" });
  azure.event(`${from}-event`, event);
  azure.invoke(`${from}-invoke`, invoke);
}
