import * as azure from "@portico/azure";
import * as pipeline from "./pipeline.js";

const { fulfil, welcome, clicks, invoiceStored, orderChanged, nightlyReport, audit, quote, sink } = pipeline;
const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 } as const;

azure.queue("fulfil", fulfil, { serviceBus: { connection: "Bus" }, sink });
azure.topic("welcome", welcome, { serviceBus: { connection: "Bus", subscriptionName: "mails" } });
azure.stream("clicks", clicks, { eventHub: { connection: "Hub", retry }, sink });
azure.object("invoiceStored", invoiceStored, { eventGrid: {} });
azure.change("orderChanged", orderChanged, { cosmosDB: { connection: "Shop", databaseName: "shop", retry }, sink });
azure.schedule("nightlyReport", nightlyReport, { timeZone: "Europe/Paris" }); // the app setting WEBSITE_TIME_ZONE
azure.event("audit", audit);
azure.invoke("quote", quote);
