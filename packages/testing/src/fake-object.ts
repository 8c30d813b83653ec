import type { ObjectAction, ObjectEvent, ReadStore } from "@portico/core";
import { objectFacts, openObject, plainEvent } from "@portico/core/adapter";
import { checkInit, date, filled, flag, oneOf, seed, size, text } from "./fake-check.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What a fake object event is made of; what a platform need not tell stays undefined. */
export interface FakeObjectInit {
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** Default: the bucket. */
  readonly source?: string | undefined;
  /** Default: the start of 2026. */
  readonly time?: Date | undefined;
  /** Default: `fake-bucket`. */
  readonly bucket?: string | undefined;
  /** As the handler sees it: decoded. Default: a name made of the seed. */
  readonly key?: string | undefined;
  /** Default: `created`. */
  readonly action?: ObjectAction | undefined;
  /** {@link ObjectEvent.permanent} */
  readonly permanent?: boolean | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly etag?: string | undefined;
  readonly version?: string | undefined;
  readonly sequence?: string | undefined;
  readonly contentType?: string | undefined;
  /** What the id and the key are made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

const rules = {
  id: filled,
  source: text,
  time: date,
  bucket: filled,
  key: filled,
  action: oneOf("created", "deleted", "updated", "archived", "restored"),
  permanent: flag,
  size,
  etag: text,
  version: text,
  sequence: text,
  contentType: text,
  seed,
};

/**
 * Something happened to a file in object storage.
 *
 * @throws {HandlerError} CONFIG_INVALID when the init has a field that no object event has, or a value of another type.
 */
export function fakeObject(init: FakeObjectInit = {}): ObjectEvent {
  checkInit("fake object event", init, rules);
  const draw = new Draw("object", init.seed ?? nextSeed());
  const id = init.id ?? draw.uuid();
  const { bucket = "fake-bucket", key = `fake-${draw.hex(8)}.txt`, action = "created" } = init;
  const { permanent, size: length, etag, version, sequence, contentType } = init;
  const facts = { bucket, key, action, permanent, size: length, etag, version, sequence, contentType };
  const origin = { id, source: init.source ?? bucket, time: init.time ?? fakeTime, native: init };
  return plainEvent({
    kind: "object",
    ...origin,
    ...facts,
    json: async () => objectFacts(facts),
    open: (store: ReadStore) => openObject(facts, store),
  });
}
