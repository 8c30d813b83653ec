import { encodeStream, type WrapStreamOptions } from "@portico/azure/wrap";
import type { StreamRecord } from "@portico/core";
import { type FakeStreamInit, fakeStream } from "../fake-message.js";
import { type Faked, type Several, toEvents } from "../native/events.js";
import { commonest, withSource } from "./commonest.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * A batch of Event Hubs as a handler gets it, or records of Kafka: `{ kafka: { cardinality: "many" } }`.
 *
 * @param overrides other values here and there for the input and the trigger's metadata.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made, or they do not
 *   come in one invocation.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger
 */
export async function stream(
  records: Several<Faked<StreamRecord, FakeStreamInit>> = {},
  options: Partial<FakeOptions<WrapStreamOptions, "stream">> = {},
  overrides?: InvocationOverrides<unknown>,
): Promise<FakeInvocation<unknown>> {
  const settings = withSource({ stream: "fake-stream", ...options }, commonest.stream);
  return toInvocation(
    encodeStream(toEvents(fakeStream, records, options), settings as WrapStreamOptions),
    options,
    overrides,
  );
}
