import type { EventGridEvent } from "@azure/functions";
import { encodeEvent, type WrapEventOptions } from "@portico/azure/wrap";
import type { CloudEvent } from "@portico/core";
import { type FakeEventInit, fakeEvent } from "../fake-event.js";
import { type Faked, type Several, toEvents } from "../native/events.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * An event of Event Grid as a handler gets it, in its own schema unless `schema` says CloudEvents.
 *
 * @param overrides other values here and there for the input and the trigger's metadata.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made, or they do not
 *   come in one invocation.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
 */
export async function event(
  events: Several<Faked<CloudEvent, FakeEventInit>> = {},
  options: Partial<FakeOptions<WrapEventOptions>> = {},
  overrides?: InvocationOverrides<EventGridEvent>,
): Promise<FakeInvocation<EventGridEvent>> {
  const settings = options;
  return toInvocation(
    encodeEvent(toEvents(fakeEvent, events, options), settings as WrapEventOptions),
    options,
    overrides,
  );
}
