import { encodeTopic, type WrapTopicOptions } from "@portico/azure/wrap";
import type { TopicMessage } from "@portico/core";
import { type FakeQueueInit, fakeTopic } from "../fake-message.js";
import { type Faked, type Several, toEvents } from "../native/events.js";
import { commonest, withSource } from "./commonest.js";
import { counted } from "./counted.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * A message of a Service Bus subscription as a handler gets it, or of Event Grid: `{ eventGrid: {} }`.
 *
 * @param overrides other values here and there for the input and the trigger's metadata.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made, or they do not
 *   come in one invocation.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
 */
export async function topic(
  messages: Several<Faked<TopicMessage, FakeQueueInit>> = {},
  options: Partial<FakeOptions<WrapTopicOptions, "topic">> = {},
  overrides?: InvocationOverrides<unknown>,
): Promise<FakeInvocation<unknown>> {
  const settings = withSource({ topic: "fake-topic", ...options }, commonest.topic);
  return toInvocation(
    encodeTopic(toEvents(counted(fakeTopic, settings), messages, options), settings as WrapTopicOptions),
    options,
    overrides,
  );
}
