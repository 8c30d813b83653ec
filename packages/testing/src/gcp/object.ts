import type { ObjectEvent } from "@portico/core";
import { type EncodeObjectOptions, encodeObject, type Signature } from "@portico/gcp/wrap";
import { type FakeObjectInit, fakeObject } from "../fake-object.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { Draw, nextSeed } from "../seed.js";
import { type GoogleEvents, toNative } from "./native.js";

/**
 * What a function gets of Cloud Storage when a file was stored, archived or deleted.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when Google cannot carry it, or the framework would not call a function of that signature;
 *   CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/functions/docs/calling/storage
 */
export async function object<S extends Signature = "cloudevent">(
  event: Faked<ObjectEvent, FakeObjectInit> = {},
  options: EncodeObjectOptions & { readonly signature?: S | undefined } & Seeded = {},
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]> {
  const signature = options.signature ?? ("cloudevent" as S);
  const neutral = toEvent(fakeStored, event, options);
  return toNative(await encodeObject(neutral, { ...options, signature }), signature, overrides);
}

/** A file with what Cloud Storage always tells of one. */
function fakeStored(init: FakeObjectInit): ObjectEvent {
  const { seed = nextSeed() } = init;
  const draw = new Draw("storage", seed);
  const etag = Buffer.from(draw.hex(16), "hex").toString("base64");
  const version = String(1_767_225_600_000_000n + BigInt(new Draw("sequence", seed).sequence()));
  return fakeObject({ seed, size: 1024, etag, version, ...init });
}
