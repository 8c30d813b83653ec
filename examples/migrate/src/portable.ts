// Every existing function, wrapped: a portable function of its kind, which any adapter deploys.
import "./environment.js";
import * as lambda from "@portico/aws/wrap";
import * as functions from "@portico/azure/wrap";
import { http } from "@portico/core";
import * as google from "@portico/gcp/wrap";
import { fromNode } from "@portico/node/wrap";
import { router } from "@portico/router";
import * as azureEvents from "./existing/azure/events.js";
import { products } from "./existing/azure/products.js";
import { shipments } from "./existing/azure/shipments.js";
import * as googleEvents from "./existing/google/events.js";
import { images } from "./existing/google/images.js";
import * as api from "./existing/lambda/api.js";
import * as lambdaEvents from "./existing/lambda/events.js";
import * as fulfilment from "./existing/lambda/fulfilment.js";
import { app as expressApp } from "./existing/web/express-app.js";
import { app as honoApp } from "./existing/web/hono-app.js";

const nightly = "0 3 * * *";
const declared = { batchItemFailures: true };

/** Written for Lambda. */
export const fromLambda = {
  http: lambda.http(api.handler, { path: "/shop/*proxy", payload: "rest" }),
  queue: lambda.queue(fulfilment.handler, { queue: "orders", ...declared }),
  topic: lambda.topic(lambdaEvents.welcome, { topic: "order-placed" }),
  stream: lambda.stream(lambdaEvents.clicks, { stream: "clicks" }),
  object: lambda.object(lambdaEvents.stored, { bucket: "invoices" }),
  // A change that another database cannot call an insert or an update is an update here.
  change: lambda.change(lambdaEvents.changed, { table: "orders", keys: ["id"], upsertAs: "update" }),
  schedule: lambda.schedule(lambdaEvents.nightly, { when: nightly }),
  event: lambda.event(lambdaEvents.paid),
  invoke: lambda.invoke(lambdaEvents.quote, { name: "lambda-quote" }),
};

/** Written for Azure Functions. */
export const fromAzure = {
  http: functions.http(products, { path: "/products/:id" }),
  queue: functions.queue(shipments, { queue: "orders", serviceBus: {} }),
  topic: functions.topic(azureEvents.welcome, { topic: "order-placed", serviceBus: {} }),
  stream: functions.stream(azureEvents.clicks, { stream: "clicks", eventHub: { cardinality: "many" } }),
  object: functions.object(azureEvents.stored, { bucket: "invoices", eventGrid: {} }),
  change: functions.change(azureEvents.changed, { table: "orders", cosmosDB: {} }),
  schedule: functions.schedule(azureEvents.nightly, { when: nightly }),
  event: functions.event(azureEvents.paid, { eventGrid: {} }),
  invoke: functions.invoke(azureEvents.quote, { name: "azure-quote" }),
};

/** Written for Google Cloud Functions. */
export const fromGoogle = {
  http: google.http(googleEvents.customers, { path: "/customers/*rest" }),
  queue: google.queue(googleEvents.fulfilment, { queue: "orders" }),
  topic: google.topic(googleEvents.welcome, { topic: "order-placed" }),
  stream: google.stream(googleEvents.clicks, { stream: "clicks" }),
  object: google.object(images, { bucket: "invoices" }),
  // A background function of the first generation, which is told an insert from an update.
  change: google.change(googleEvents.changed, { table: "orders", signature: "event", upsertAs: "insert" }),
  schedule: google.schedule(googleEvents.nightly, { when: nightly }),
  event: google.event(googleEvents.paid),
  invoke: google.invoke(googleEvents.quote, { name: "google-quote" }),
};

/** Written for a server, and for an edge. */
export const fromExpress = fromNode(expressApp, { path: "/baskets/*rest" });
export const fromHono = http.fetch("/reviews/*rest", honoApp.fetch);

/** All that answers requests, behind one entry. */
export const web = router([fromLambda.http, fromAzure.http, fromGoogle.http, fromExpress, fromHono]);

/** By where they come from. */
export const all = { lambda: fromLambda, azure: fromAzure, google: fromGoogle };
