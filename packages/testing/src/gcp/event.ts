import type { CloudEvent } from "@portico/core";
import { type EncodeEventOptions, encodeEvent, type Signature } from "@portico/gcp/wrap";
import { type FakeEventInit, fakeEvent } from "../fake-event.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { type GoogleEvents, toNative } from "./native.js";

/**
 * A CloudEvent as a function gets it from Eventarc.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when Google cannot carry it, or the framework would not call a function of that signature;
 *   CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/eventarc/docs/cloudevents
 */
export async function event<S extends Signature = "cloudevent">(
  event: Faked<CloudEvent, FakeEventInit> = {},
  options: EncodeEventOptions & { readonly signature?: S | undefined } & Seeded = {},
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]> {
  const signature = options.signature ?? ("cloudevent" as S);
  const neutral = toEvent(fakeEvent, event, options);
  return toNative(await encodeEvent(neutral, { ...options, signature }), signature, overrides);
}
