import type { Invocation } from "@portico/core";
import { plainEvent } from "@portico/core/adapter";
import { any, checkInit, date, filled, seed, text } from "./fake-check.js";
import { toJsonValue } from "./fake-payload.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What a fake call is made of; everything has a default. */
export interface FakeInvokeInit {
  /** What the caller sends: any value with a JSON form. Default: `{}`. */
  readonly json?: unknown;
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** Default: `fake-caller`. */
  readonly source?: string | undefined;
  /** Default: the start of 2026. */
  readonly time?: Date | undefined;
  /** What the id is made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

const rules = { json: any, id: filled, source: text, time: date, seed };

/**
 * A call with JSON that wants JSON back.
 *
 * @throws {HandlerError} CONFIG_INVALID when the payload has no JSON form, or the init has a field that no call has.
 */
export function fakeInvoke(init: FakeInvokeInit = {}): Invocation {
  checkInit("fake call", init, rules);
  const payload = toJsonValue("fake call", init.json === undefined ? {} : init.json);
  return plainEvent({
    kind: "invoke",
    id: init.id ?? new Draw("invoke", init.seed ?? nextSeed()).uuid(),
    source: init.source ?? "fake-caller",
    time: init.time ?? fakeTime,
    payload,
    native: init,
    json: async () => payload,
  });
}
