import { type EventGridFunctionOptions, trigger } from "@azure/functions";
import { type CloudEvent, type EventFilter, type EventFunction, event as eventKind } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type AzureDelivery, encodeAll } from "./delivery.js";
import { type GridWrapOptions, gridCarrier } from "./event-grid/carrier.js";
import { toGridEvent, toPlainCloudEvent } from "./event-grid/event.js";
import {
  type NativeHandler,
  type Registered,
  takeBindings,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";
import { type Source, wrapBatches, wrapEach } from "./wrapped.js";

/** What the portable function is declared for, and the options that the handler is registered with at home. */
export interface WrapEventOptions extends WrapOptions, GridWrapOptions, EventFilter {
  readonly eventGrid?: Registered<EventGridFunctionOptions> | undefined;
}

/**
 * The invocations by which Event Grid would deliver CloudEvents: one for each, or one for all with `cardinality: "many"`.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the schema cannot carry an event.
 */
export function encodeEvent(
  events: readonly CloudEvent[],
  options: WrapEventOptions = {},
): Promise<readonly AzureDelivery<CloudEvent>[]> {
  return encodeAll(toSource(options).carrier, events);
}

const names = {
  ...wrapNames,
  schema: true,
  types: true,
  sources: true,
  eventGrid: true,
} satisfies OptionNames<WrapEventOptions>;

/**
 * Makes a portable function of an existing Event Grid handler. It gets each event in an invocation of its own, in the schema it was written
 * for; with `event.batch`, a list. A return is ack, a throw is retry.
 *
 * @throws {HandlerError} CONFIG_INVALID when the handler is missing, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
 * @example
 * export const audit = functions.event(handler, { types: "com.example.*", schema: "CloudEventSchemaV1_0" });
 */
export const event: {
  (handler: NativeHandler, options?: WrapEventOptions): EventFunction;
  batch(handler: NativeHandler, options?: WrapEventOptions): EventFunction;
} = /* @__PURE__ */ Object.assign(
  (handler: NativeHandler, options?: WrapEventOptions) => {
    const given = options ?? {};
    checkNames(given, names);
    return wrapEach(eventKind(given), handler, toSource(given), given);
  },
  {
    batch: (handler: NativeHandler, options?: WrapEventOptions) => {
      const given = options ?? {};
      checkNames(given, names);
      return wrapBatches(eventKind(given), handler, toSource(given), given);
    },
  },
);

function toSource({ eventGrid = {}, schema }: WrapEventOptions): Source<CloudEvent> {
  const { trigger: registration, bindings } = takeBindings(eventGrid);
  const shown = toShownTrigger(trigger.eventGrid(registration));
  const toDocument: (one: CloudEvent) => Promise<object> =
    schema === "CloudEventSchemaV1_0" ? toPlainCloudEvent : toGridEvent;
  return { carrier: gridCarrier(shown, toDocument), bindings };
}
