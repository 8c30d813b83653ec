import { app, type EventGridFunctionOptions } from "@azure/functions";
import type { AnyEventFunction, CloudEvent } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { eventGrid } from "./event/event-grid.js";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";

export interface AzureEventOptions extends MessageOptions<CloudEvent> {
  /** Azure's own options of the Event Grid trigger. */
  readonly eventGrid?: Omit<EventGridFunctionOptions, "handler" | "trigger"> | undefined;
}

const names = { ...messageNames, eventGrid: true } satisfies OptionNames<AzureEventOptions>;

/**
 * Registers a function for CloudEvents with Azure Functions, for a subscription of Event Grid with either of its schemas. Call it while the
 * app starts. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an event function, the name is none that Azure takes, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
 * @example
 * azure.event("audit", audit);
 */
export function event(name: string, fn: AnyEventFunction, options: AzureEventOptions = {}): AzureMessageHandler {
  checkNames(options, names);
  const handler = createMessageHandler(name, "event", fn, eventGrid, options);
  app.eventGrid(name, { ...options.eventGrid, handler });
  return handler;
}
