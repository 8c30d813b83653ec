import type { StreamRecord } from "@portico/core";
import { type EncodeStreamOptions, encodeStream, type Signature } from "@portico/gcp/wrap";
import { type FakeStreamInit, fakeStream } from "../fake-message.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { type GoogleEvents, toNative } from "./native.js";

/**
 * A message with an ordering key, which is the partition of the record, as a function gets it.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when Google cannot carry it, or the framework would not call a function of that signature;
 *   CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/pubsub/docs/ordering
 */
export async function stream<S extends Signature = "cloudevent">(
  record: Faked<StreamRecord, FakeStreamInit> = {},
  options: EncodeStreamOptions & { readonly signature?: S | undefined } & Seeded = {},
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]> {
  const signature = options.signature ?? ("cloudevent" as S);
  const neutral = toEvent(fakeStream, record, options);
  return toNative(await encodeStream(neutral, { ...options, signature }), signature, overrides);
}
