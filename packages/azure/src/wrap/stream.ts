import { type EventHubFunctionOptions, type EventHubTriggerOptions, trigger } from "@azure/functions";
import { type StreamRecord, type StreamTrigger, stream as streamKind } from "@portico/core";
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
import type { PayloadForm } from "./payload.js";
import { eventHubs } from "./stream/event-hubs.js";
import { kafka } from "./stream/kafka.js";
import { type Source, type WrapBatched, wrapBatched } from "./wrapped.js";

interface Common extends WrapOptions {
  /** The stream that the portable function is declared for, and the handler's own hub or topic unless its registration names one. */
  readonly stream: string;
  /** Event Hubs: the namespace that the handler sees where the event does not come from one. Default: `portico.servicebus.windows.net`. */
  readonly namespace?: string | undefined;
  /** As in `app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: "true" } })`. Default: false. */
  readonly includesEmptyEntries?: boolean | undefined;
}

/** One source, by its name, with the options that the handler is registered with at home. */
export type WrapStreamOptions = Common &
  (
    | { readonly eventHub: Registered<EventHubFunctionOptions>; readonly kafka?: undefined }
    | { readonly kafka: GenericOptions & Bindings; readonly eventHub?: undefined }
  );

/**
 * The invocations by which Azure Functions would deliver records of a stream: one for each or, where the trigger takes batches, one for each
 * partition.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry a record.
 */
export function encodeStream(
  records: readonly StreamRecord[],
  options: WrapStreamOptions,
): Promise<readonly AzureDelivery<StreamRecord>[]> {
  return encodeAll(toSource(options).carrier, records);
}

const names = {
  ...wrapNames,
  stream: true,
  namespace: true,
  includesEmptyEntries: true,
  eventHub: true,
  kafka: true,
} satisfies OptionNames<WrapStreamOptions>;

/**
 * Makes a portable function of an existing handler for Event Hubs or Kafka. It gets each record in an invocation of its own; with
 * `stream.batch`, those of a partition that are delivered together. A return is ack, a throw is retry for all of them.
 *
 * @throws {HandlerError} CONFIG_INVALID when the source or the handler is missing, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger
 * @example
 * export const count = functions.stream.batch(handler, { stream: "clicks", eventHub: { cardinality: "many" } });
 */
export const stream: WrapBatched<StreamTrigger, StreamRecord, WrapStreamOptions> = /* @__PURE__ */ wrapBatched(
  names,
  (options: WrapStreamOptions) => streamKind(options.stream),
  toSource,
);

function toSource(options: WrapStreamOptions): Source<StreamRecord> {
  requireOption("stream", options, "stream", '"clicks"');
  const { stream: name, namespace, includesEmptyEntries } = options;
  if (pickSource(options, ["eventHub", "kafka"]) === "eventHub") {
    const own = {
      eventHubName: name,
      connection: "Portico",
      ...(options.eventHub as PayloadForm & { consumerGroup?: string }),
    };
    const { trigger: registration, bindings } = takeBindings(own);
    const shown = toShownTrigger(trigger.eventHub(registration as EventHubTriggerOptions));
    const hub = { ...registration, name: registration.eventHubName, namespace, includesEmptyEntries };
    return { carrier: eventHubs(shown, hub), bindings };
  }
  const own = { topic: name, ...(options.kafka as PayloadForm) };
  const { trigger: registration, bindings } = takeBindings(own);
  const shown = toShownTrigger(trigger.generic({ ...registration, type: "kafkaTrigger" }));
  return { carrier: kafka(shown, String(registration.topic), registration), bindings };
}
