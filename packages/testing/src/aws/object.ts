import { type EncodeObjectOptions, encodeObject, type ObjectEvents, type ObjectSource } from "@portico/aws/wrap";
import type { ObjectEvent } from "@portico/core";
import { type FakeObjectInit, fakeObject } from "../fake-object.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";
import { Draw, nextSeed } from "../seed.js";

/**
 * What Lambda gets when a file was stored or deleted: the notification of S3, or its event on EventBridge by `source`.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry it; CONFIG_INVALID when it cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html
 */
export async function object<S extends ObjectSource = "s3">(
  event: Faked<ObjectEvent, FakeObjectInit> = {},
  options: EncodeObjectOptions<S> & Seeded = {},
  overrides?: Overrides<ObjectEvents[S]>,
): Promise<ObjectEvents[S]> {
  return merge(await encodeObject(toEvent(fakeS3, event, options), options), overrides);
}

/** A file with what S3 always tells of one. */
function fakeS3(init: FakeObjectInit): ObjectEvent {
  const { seed = nextSeed(), action = "created" } = init;
  const draw = new Draw("s3", seed);
  const sequence = draw.hex(16).toUpperCase();
  return fakeObject({ seed, sequence, ...(action === "created" && { size: 1024, etag: draw.hex(32) }), ...init });
}
