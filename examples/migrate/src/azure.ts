// All of them on Azure Functions: a registration for each.
import * as azure from "@portico/azure";
import { fromAzure, fromGoogle, fromLambda, fromWeb } from "./portable.js";

const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 } as const;
const sink = async () => {};
const bus = { connection: "Bus" };

for (const [from, given] of Object.entries({ lambda: fromLambda, azure: fromAzure, google: fromGoogle })) {
  azure.http(`${from}-http`, given.http);
  azure.queue(`${from}-queue`, given.queue, { serviceBus: bus });
  azure.topic(`${from}-topic`, given.topic, { serviceBus: { ...bus, subscriptionName: "mails" } });
  azure.stream(`${from}-stream`, given.stream, { eventHub: { connection: "Hub", retry }, sink });
  azure.object(`${from}-object`, given.object, { eventGrid: {} });
  azure.change(`${from}-change`, given.change, { cosmosDB: { connection: "Shop", databaseName: "shop", retry }, sink });
  azure.schedule(`${from}-schedule`, given.schedule, { timeZone: "UTC" });
  azure.event(`${from}-event`, given.event);
  azure.invoke(`${from}-invoke`, given.invoke);
}
azure.http("express", fromWeb.express);
azure.http("hono", fromWeb.hono);
