import { app, type EventGridFunctionOptions, type ServiceBusTopicFunctionOptions } from "@azure/functions";
import type { AnyTopicFunction, TopicMessage } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type OwnOptions, pickSource } from "./messages/source-options.js";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";
import { type BusOptions, prepareBus } from "./service-bus/prepare.js";
import { eventGrid } from "./topic/event-grid.js";

type OwnServiceBus = OwnOptions<ServiceBusTopicFunctionOptions, "topicName">;
type OwnEventGrid = Omit<EventGridFunctionOptions, "handler" | "trigger">;

/** One source, by its name, with Azure's own options; Portico's own stand beside it. */
export type AzureTopicOptions = MessageOptions<TopicMessage> &
  (
    | ({ readonly serviceBus: OwnServiceBus; readonly eventGrid?: undefined } & BusOptions)
    | { readonly eventGrid: OwnEventGrid; readonly serviceBus?: undefined }
  );

const names = {
  ...messageNames,
  serviceBus: true,
  eventGrid: true,
  settlement: true,
  renewEverySeconds: true,
} satisfies OptionNames<AzureTopicOptions>;

/**
 * Registers a topic function with Azure Functions: for a subscription of the Service Bus topic that it is declared for, or for what a
 * subscription of Event Grid delivers. Call it while the app starts. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a topic function, the name is none that Azure takes, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
 * @example
 * azure.topic("bill", bill, { serviceBus: { connection: "Orders", subscriptionName: "billing" } });
 */
export function topic(name: string, fn: AnyTopicFunction, options: AzureTopicOptions): AzureMessageHandler {
  checkNames(options, names);
  if (pickSource(options, ["serviceBus", "eventGrid"]) === "eventGrid") {
    const handler = createMessageHandler(name, "topic", fn, eventGrid, options);
    app.eventGrid(name, { ...(options.eventGrid as OwnEventGrid), handler });
    return handler;
  }
  const given = { topicName: fn?.trigger?.topic, ...(options.serviceBus as OwnServiceBus) };
  const place = `${given.topicName}/subscriptions/${given.subscriptionName}`;
  const { own, cell } = prepareBus("topic", given, place, options as BusOptions);
  const handler = createMessageHandler(name, "topic", fn, cell, options);
  app.serviceBusTopic(name, { ...own, handler });
  return handler;
}
