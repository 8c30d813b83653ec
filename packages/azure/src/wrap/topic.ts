import {
  type EventGridFunctionOptions,
  type ServiceBusTopicFunctionOptions,
  type ServiceBusTopicTriggerOptions,
  trigger,
} from "@azure/functions";
import { type TopicMessage, type TopicTrigger, topic as topicKind } from "@portico/core";
import { type OptionNames, requireOption } from "@portico/core/adapter";
import { pickSource } from "../messages/source-options.js";
import { type AzureDelivery, encodeAll } from "./delivery.js";
import { type GridWrapOptions, gridCarrier } from "./event-grid/carrier.js";
import { toGridMessage, toMessageCloudEvent } from "./event-grid/event.js";
import { type Registered, takeBindings, toShownTrigger, type WrapOptions, wrapNames } from "./options.js";
import { type BusRegistration, type BusWrapOptions, busSource } from "./service-bus/source.js";
import { type Source, type WrapBatched, wrapBatched } from "./wrapped.js";

interface Common extends WrapOptions, BusWrapOptions, GridWrapOptions {
  /** The topic that the portable function is declared for, and the handler's own unless its registration names one. */
  readonly topic: string;
  /** Event Grid: the type of the event. Default: `dev.portico.topic.message`. */
  readonly type?: string | undefined;
}

/** One source, by its name, with the options that the handler is registered with at home. */
export type WrapTopicOptions = Common &
  (
    | {
        readonly serviceBus: Registered<ServiceBusTopicFunctionOptions> & Pick<BusRegistration, "autoCompleteMessages">;
        readonly eventGrid?: undefined;
      }
    | { readonly eventGrid: Registered<EventGridFunctionOptions>; readonly serviceBus?: undefined }
  );

/**
 * The invocations by which Azure Functions would deliver messages of a topic: one for each, or one for all where the trigger takes batches.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry a message.
 */
export function encodeTopic(
  messages: readonly TopicMessage[],
  options: WrapTopicOptions,
): Promise<readonly AzureDelivery<TopicMessage>[]> {
  return encodeAll(toSource(options).carrier, messages);
}

const names = {
  ...wrapNames,
  topic: true,
  type: true,
  serviceBus: true,
  eventGrid: true,
  schema: true,
  namespace: true,
  extension: true,
  includesEmptyEntries: true,
} satisfies OptionNames<WrapTopicOptions>;

/**
 * Makes a portable function of an existing handler for a Service Bus subscription or Event Grid. It gets each message in an invocation of its
 * own; with `topic.batch`, all that are delivered together. A return is ack, a throw is retry; with `sdkBinding: true` the handler settles.
 *
 * @throws {HandlerError} CONFIG_INVALID when the source or the handler is missing, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 * @example
 * export const bill = functions.topic(handler, { topic: "orders", serviceBus: { subscriptionName: "billing" } });
 */
export const topic: WrapBatched<TopicTrigger, TopicMessage, WrapTopicOptions> = /* @__PURE__ */ wrapBatched(
  names,
  (options: WrapTopicOptions) => topicKind(options.topic),
  toSource,
);

function toSource(options: WrapTopicOptions): Source<TopicMessage> {
  requireOption("topic", options, "topic", '"orders"');
  if (pickSource(options, ["serviceBus", "eventGrid"]) === "serviceBus") {
    const own = {
      ...{ topicName: options.topic, subscriptionName: "portico", connection: "Portico" },
      ...(options.serviceBus as BusRegistration),
    };
    const { trigger: registration, bindings } = takeBindings(own);
    const shown = trigger.serviceBusTopic(registration as ServiceBusTopicTriggerOptions);
    const place = `${registration.topicName}/subscriptions/${registration.subscriptionName}`;
    return busSource(shown, place, registration, bindings, options);
  }
  const { trigger: registration, bindings } = takeBindings(options.eventGrid as object);
  const { type = "dev.portico.topic.message", schema } = options;
  const toDocument = schema === "CloudEventSchemaV1_0" ? toMessageCloudEvent : toGridMessage;
  const shown = toShownTrigger(trigger.eventGrid(registration));
  return { carrier: gridCarrier(shown, (message) => toDocument(message, type)), bindings };
}
