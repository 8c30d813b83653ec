import type { FunctionTrigger } from "@azure/functions";
import { type Bindings, toShownTrigger } from "../options.js";
import type { Source } from "../wrapped.js";
import { type BusMessage, plainBus } from "./message.js";
import type { BusExtension } from "./received.js";
import { type SettledEntity, settledBus } from "./settled.js";

/** Options of wrapped Service Bus handlers beside their registration's. */
export interface BusWrapOptions {
  /** The namespace that the handler sees where the event does not come from one. Default: `portico.servicebus.windows.net`. */
  readonly namespace?: string | undefined;
  /**
   * With `sdkBinding: true`: the version of `@azure/functions-extensions-servicebus` that the handler is written for. Up to 0.2, `messages` is
   * one object for cardinality one and bodies are text; from 0.5 on it is always a list, and bodies are bytes. Default: `0.2`.
   */
  readonly extension?: BusExtension | undefined;
  /** As in `app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: "true" } })`. Default: false. */
  readonly includesEmptyEntries?: boolean | undefined;
}

/** What a registration says that decides the form. */
export interface BusRegistration {
  readonly cardinality?: "one" | "many" | undefined;
  readonly dataType?: "binary" | "string" | undefined;
  readonly isSessionsEnabled?: boolean | undefined;
  readonly sdkBinding?: boolean | undefined;
  readonly autoCompleteMessages?: boolean | undefined;
}

/** The source for an entity, by what its registration says. */
export function busSource<E extends BusMessage>(
  trigger: FunctionTrigger,
  place: string,
  registration: BusRegistration,
  bindings: Bindings,
  { namespace, extension, includesEmptyEntries }: BusWrapOptions,
): Source<E> {
  const { cardinality, dataType, isSessionsEnabled, autoCompleteMessages } = registration;
  const entity: SettledEntity = {
    ...{ trigger: toShownTrigger(trigger), place, namespace, includesEmptyEntries },
    ...{ cardinality, dataType, isSessionsEnabled, autoCompleteMessages, extension },
  };
  return { carrier: registration.sdkBinding ? settledBus<E>(entity) : plainBus<E>(entity), bindings };
}
