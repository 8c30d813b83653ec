import type { ChangeEvent } from "@portico/core";
import { type EncodeChangeOptions, encodeChange, type Signature } from "@portico/gcp/wrap";
import { type FakeChangeInit, fakeChange } from "../fake-change.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { type GoogleEvents, toNative } from "./native.js";

/**
 * What a function gets of Firestore when a document was written: as protobuf, in a Buffer, as Eventarc delivers it. Or of the Realtime
 * Database: `{ from: "realtime-database" }`.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when Google cannot carry it, or the framework would not call a function of that signature;
 *   CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/functions/docs/calling/cloud-firestore
 */
export async function change<S extends Signature = "cloudevent">(
  event: Faked<ChangeEvent, FakeChangeInit> = {},
  options: EncodeChangeOptions & { readonly signature?: S | undefined } & Seeded = {},
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]> {
  const signature = options.signature ?? ("cloudevent" as S);
  const neutral = toEvent(fakeChange, event, options);
  return toNative(await encodeChange(neutral, { ...options, signature }), signature, overrides);
}
