import { app, type ServiceBusQueueFunctionOptions, type StorageQueueFunctionOptions, trigger } from "@azure/functions";
import type { AnyQueueFunction, QueueMessage } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type GenericOptions, type OwnOptions, pickSource } from "./messages/source-options.js";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";
import { rabbitMQ } from "./queue/rabbitmq.js";
import { storageQueue } from "./queue/storage-queue.js";
import { type BusOptions, prepareBus } from "./service-bus/prepare.js";

type OwnStorageQueue = OwnOptions<StorageQueueFunctionOptions, "queueName">;
type OwnServiceBus = OwnOptions<ServiceBusQueueFunctionOptions, "queueName">;

/** One source, by its name, with Azure's own options; Portico's own stand beside it. */
export type AzureQueueOptions = MessageOptions<QueueMessage> &
  (
    | { readonly storageQueue: OwnStorageQueue; readonly serviceBus?: undefined; readonly rabbitMQ?: undefined }
    | ({
        readonly serviceBus: OwnServiceBus;
        readonly storageQueue?: undefined;
        readonly rabbitMQ?: undefined;
      } & BusOptions)
    | { readonly rabbitMQ: GenericOptions; readonly storageQueue?: undefined; readonly serviceBus?: undefined }
  );

const names = {
  ...messageNames,
  storageQueue: true,
  serviceBus: true,
  rabbitMQ: true,
  settlement: true,
  renewEverySeconds: true,
} satisfies OptionNames<AzureQueueOptions>;

/**
 * Registers a queue function with Azure Functions, for the queue that it is declared for. Call it while the app starts. Returns the handler
 * it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a queue function, the name is none that Azure takes, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-rabbitmq-trigger
 * @example
 * azure.queue("fulfil", fulfil, { serviceBus: { connection: "Orders" } });
 */
export function queue(name: string, fn: AnyQueueFunction, options: AzureQueueOptions): AzureMessageHandler {
  checkNames(options, names);
  const queueName = fn?.trigger?.queue;
  switch (pickSource(options, ["storageQueue", "serviceBus", "rabbitMQ"])) {
    case "storageQueue": {
      const own = { queueName, dataType: "binary", ...(options.storageQueue as OwnStorageQueue) };
      const handler = createMessageHandler(name, "queue", fn, storageQueue(own.queueName), options);
      app.storageQueue(name, { ...own, handler });
      return handler;
    }
    case "serviceBus": {
      const given = { queueName, ...(options.serviceBus as OwnServiceBus) };
      const { own, cell } = prepareBus("queue", given, given.queueName, options as BusOptions);
      const handler = createMessageHandler(name, "queue", fn, cell, options);
      app.serviceBusQueue(name, { ...own, handler });
      return handler;
    }
    case "rabbitMQ": {
      const { retry: _, return: output, extraInputs, extraOutputs, ...own } = options.rabbitMQ as RabbitMQ;
      const given = { queueName, dataType: "binary", ...own };
      const handler = createMessageHandler(name, "queue", fn, rabbitMQ(String(given.queueName)), options);
      const outputs = { return: output, extraInputs, extraOutputs } as object;
      app.generic(name, { trigger: trigger.generic({ ...given, type: "rabbitMQTrigger" }), ...outputs, handler });
      return handler;
    }
  }
}

interface RabbitMQ extends GenericOptions {
  readonly queueName?: string;
}
