// Native handlers of every cloud, as portable functions.
import * as lambda from "@portico/aws/wrap";
import * as functions from "@portico/azure/wrap";
import * as google from "@portico/gcp/wrap";
import { sink } from "../contract/messages-functions.mjs";
import * as aws from "./native/aws.mjs";
import * as azure from "./native/azure.mjs";
import * as gcp from "./native/gcp.mjs";

const nightly = "0 3 * * *";
const declared = { batchItemFailures: true };
const exact = { dataType: "binary" };

const fromAws = {
  sink,
  onMessage: lambda.queue(aws.queue, { queue: "orders", ...declared }),
  onPublished: lambda.topic(aws.topic, { topic: "orders" }),
  onRecord: lambda.stream(aws.stream, { stream: "orders", ...declared }),
  onObject: lambda.object(aws.object, { bucket: "orders" }),
  onChange: lambda.change(aws.change, { table: "orders", upsertAs: "update", ...declared }),
  onTick: lambda.schedule(aws.schedule, { when: nightly }),
  onEvent: lambda.event(aws.event),
  onInvoke: lambda.invoke(aws.invoke, { name: "quote-of-aws" }),
  onRequest: lambda.http(aws.http, { path: "/aws/*path", payload: "2.0" }),
};

const fromAzure = {
  sink,
  onMessage: functions.queue(azure.queue, { queue: "orders", serviceBus: exact }),
  onPublished: functions.topic(azure.topic, { topic: "orders", serviceBus: exact }),
  onRecord: functions.stream(azure.stream, { stream: "orders", eventHub: { cardinality: "many", ...exact } }),
  onObject: functions.object(azure.object, { bucket: "orders", eventGrid: {} }),
  onChange: functions.change(azure.change, {
    table: "orders",
    cosmosDB: {},
    keys: ({ key }) => (key._id === undefined ? key : { id: key._id }),
  }),
  onTick: functions.schedule(azure.schedule, { when: nightly }),
  onEvent: functions.event(azure.event, { eventGrid: {} }),
  onInvoke: functions.invoke(azure.invoke, { name: "quote-of-azure" }),
  onRequest: functions.http(azure.http, { path: "/azure/*path", methods: ["GET", "POST", "PUT"] }),
};

const fromGcp = {
  sink,
  onMessage: google.queue(gcp.queue, { queue: "orders" }),
  onPublished: google.topic(gcp.topic, { topic: "orders" }),
  onRecord: google.stream(gcp.stream, { stream: "orders" }),
  onObject: google.object(gcp.object, { bucket: "orders" }),
  onChange: google.change(gcp.change, {
    table: "orders",
    signature: "event",
    upsertAs: "insert",
    keys: ({ key }) => ({ id: String(Object.values(key)[0]) }),
  }),
  onTick: google.schedule(gcp.schedule, { when: nightly }),
  onEvent: google.event(gcp.event),
  onInvoke: google.invoke(gcp.invoke, { name: "quote-of-gcp" }),
  onRequest: google.http(gcp.http, { path: "/gcp/*path" }),
};

/** By the cloud that they were written for. */
export const wrapped = { aws: fromAws, azure: fromAzure, gcp: fromGcp };

/** The same with a clock's function that fails: a tick has no payload to say so. */
export const failing = {
  aws: { ...fromAws, onTick: lambda.schedule(aws.scheduleThrow, { when: nightly }) },
  azure: { ...fromAzure, onTick: functions.schedule(azure.scheduleThrow, { when: nightly }) },
  gcp: { ...fromGcp, onTick: google.schedule(gcp.scheduleThrow, { when: nightly }) },
};
