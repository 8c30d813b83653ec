import { encodeObject, type WrapObjectOptions } from "@portico/azure/wrap";
import type { ObjectEvent } from "@portico/core";
import { type FakeObjectInit, fakeObject } from "../fake-object.js";
import { type Faked, type Several, toEvents } from "../native/events.js";
import { commonest, withSource } from "./commonest.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * What a handler gets of Event Grid when a blob was stored or deleted, or the blob itself by the Blob trigger: `{ blob: {}, content: async () =>
 * bytes }`.
 *
 * @param overrides other values here and there for the input and the trigger's metadata.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made, or they do not
 *   come in one invocation.
 * @see https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
 */
export async function object(
  events: Several<Faked<ObjectEvent, FakeObjectInit>> = {},
  options: Partial<FakeOptions<WrapObjectOptions, "bucket">> = {},
  overrides?: InvocationOverrides<unknown>,
): Promise<FakeInvocation<unknown>> {
  const settings = withSource({ bucket: "fake-bucket", ...options }, commonest.object);
  return toInvocation(
    encodeObject(toEvents(fakeObject, events, options), settings as WrapObjectOptions),
    options,
    overrides,
  );
}
