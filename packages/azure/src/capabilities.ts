import type { Capabilities } from "@portico/core";
import { capabilities as cosmos } from "./change/cosmos.js";
import { capabilities as sql } from "./change/sql.js";
import { capabilities as gridEvents } from "./event/event-grid.js";
import { capabilities as blob } from "./object/blob.js";
import { capabilities as gridObjects } from "./object/event-grid.js";
import { capabilities as rabbitMQ } from "./queue/rabbitmq.js";
import { capabilities as storageQueue } from "./queue/storage-queue.js";
import { capabilities as timer } from "./schedule/timer.js";
import { busCapabilities } from "./service-bus/prepare.js";
import { capabilities as eventHubs } from "./stream/event-hubs.js";
import { capabilities as kafka } from "./stream/kafka.js";
import { capabilities as gridTopic } from "./topic/event-grid.js";

const invoke: Capabilities = {
  kind: "invoke",
  source: "HTTP trigger, JSON",
  batch: false,
  redelivery: "none",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger",
};

/** What each source of events on Azure Functions can do, by kind. */
export const capabilities: readonly Capabilities[] = [
  storageQueue,
  ...Object.values(busCapabilities("queue")),
  rabbitMQ,
  ...Object.values(busCapabilities("topic")),
  gridTopic,
  eventHubs,
  kafka,
  blob,
  gridObjects,
  ...cosmos,
  sql,
  timer,
  gridEvents,
  invoke,
];
