import {
  type ServiceBusQueueFunctionOptions,
  type ServiceBusQueueTriggerOptions,
  type StorageQueueFunctionOptions,
  trigger,
} from "@azure/functions";
import { type QueueMessage, type QueueTrigger, queue as queueKind } from "@portico/core";
import { type OptionNames, requireOption } from "@portico/core/adapter";
import { type GenericOptions, pickSource } from "../messages/source-options.js";
import { type AzureDelivery, encodeAll } from "./delivery.js";
import {
  type Bindings,
  type Registered,
  takeBindings,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";
import { rabbitMQ } from "./queue/rabbitmq.js";
import { storageQueue } from "./queue/storage-queue.js";
import { type BusRegistration, type BusWrapOptions, busSource } from "./service-bus/source.js";
import { type Source, type WrapBatched, wrapBatched } from "./wrapped.js";

interface Common extends WrapOptions, BusWrapOptions {
  /** The queue that the portable function is declared for, and the handler's own unless its registration names one. */
  readonly queue: string;
}

/** One source, by its name, with the options that the handler is registered with at home. */
export type WrapQueueOptions = Common &
  (
    | {
        readonly storageQueue: Registered<StorageQueueFunctionOptions>;
        readonly serviceBus?: undefined;
        readonly rabbitMQ?: undefined;
      }
    | {
        readonly serviceBus: Registered<ServiceBusQueueFunctionOptions>;
        readonly storageQueue?: undefined;
        readonly rabbitMQ?: undefined;
      }
    | {
        readonly rabbitMQ: GenericOptions & Bindings;
        readonly storageQueue?: undefined;
        readonly serviceBus?: undefined;
      }
  );

/**
 * The invocations by which Azure Functions would deliver messages of a queue: one for each, or one for all where the trigger takes batches.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry a message.
 */
export function encodeQueue(
  messages: readonly QueueMessage[],
  options: WrapQueueOptions,
): Promise<readonly AzureDelivery<QueueMessage>[]> {
  return encodeAll(toSource(options).carrier, messages);
}

const names = {
  ...wrapNames,
  queue: true,
  storageQueue: true,
  serviceBus: true,
  rabbitMQ: true,
  namespace: true,
  extension: true,
  includesEmptyEntries: true,
} satisfies OptionNames<WrapQueueOptions>;

/**
 * Makes a portable function of an existing handler for a Storage Queue, a Service Bus queue or RabbitMQ. It gets each message in an
 * invocation of its own; with `queue.batch`, all that are delivered together. A return is ack, a throw is retry; with `sdkBinding: true` the
 * handler settles: complete is ack, abandon retry, deadletter dead letter.
 *
 * @throws {HandlerError} CONFIG_INVALID when the source or the handler is missing, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 * @example
 * export const fulfil = functions.queue(handler, { queue: "orders", serviceBus: { connection: "Orders" } });
 */
export const queue: WrapBatched<QueueTrigger, QueueMessage, WrapQueueOptions> = /* @__PURE__ */ wrapBatched(
  names,
  (options: WrapQueueOptions) => queueKind(options.queue),
  toSource,
);

function toSource(options: WrapQueueOptions): Source<QueueMessage> {
  requireOption("queue", options, "queue", '"orders"');
  const source = pickSource(options, ["storageQueue", "serviceBus", "rabbitMQ"]);
  const own = {
    queueName: options.queue,
    connection: "Portico",
    ...(options[source] as BusRegistration & GenericOptions),
  };
  const { trigger: registration, bindings } = takeBindings(own);
  switch (source) {
    case "storageQueue": {
      return { carrier: storageQueue(toShownTrigger(trigger.storageQueue(registration)), registration), bindings };
    }
    case "rabbitMQ": {
      const { connection: _, ...generic } = registration;
      const shown = toShownTrigger(trigger.generic({ ...generic, type: "rabbitMQTrigger" }));
      return { carrier: rabbitMQ(shown, String(registration.queueName), registration), bindings };
    }
    case "serviceBus": {
      const shown = trigger.serviceBusQueue(registration as ServiceBusQueueTriggerOptions);
      return busSource(shown, registration.queueName, registration, bindings, options);
    }
  }
}
