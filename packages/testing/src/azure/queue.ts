import { encodeQueue, type WrapQueueOptions } from "@portico/azure/wrap";
import type { QueueMessage } from "@portico/core";
import { type FakeQueueInit, fakeQueue } from "../fake-message.js";
import { type Faked, type Several, toEvents } from "../native/events.js";
import { commonest, withSource } from "./commonest.js";
import { counted } from "./counted.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * A message of a Service Bus queue as a handler gets it, or of the source that is named: `{ storageQueue: {} }`, `{ rabbitMQ: {} }`. Several
 * come together with `serviceBus: { cardinality: "many" }`.
 *
 * @param overrides other values here and there for the input and the trigger's metadata.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made, or they do not
 *   come in one invocation.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 */
export async function queue(
  messages: Several<Faked<QueueMessage, FakeQueueInit>> = {},
  options: Partial<FakeOptions<WrapQueueOptions, "queue">> = {},
  overrides?: InvocationOverrides<unknown>,
): Promise<FakeInvocation<unknown>> {
  const settings = withSource({ queue: "fake-queue", ...options }, commonest.queue);
  return toInvocation(
    encodeQueue(toEvents(counted(fakeQueue, settings), messages, options), settings as WrapQueueOptions),
    options,
    overrides,
  );
}
