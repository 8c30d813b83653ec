import type { NeutralEvent } from "@portico/core";
import { isObject } from "../fake-check.js";
import { numberOf, type Seed } from "../seed.js";

/** A neutral event, or what a fake one is made of. */
export type Faked<E extends NeutralEvent, Init> = E | Init;

/** One, or several that go together. */
export type Several<T> = T | readonly T[];

/** What native fakes of every kind take. */
export interface Seeded {
  /** What the ids are made of that are not given. Default: others for each fake. */
  readonly seed?: Seed | undefined;
}

type Make<E, Init> = (init: Init) => E;

/** The neutral events for a native one: those given, and fakes made of the others, one seed after the other. */
export function toEvents<E extends NeutralEvent, Init extends object>(
  make: Make<E, Init>,
  given: Several<Faked<E, Init>>,
  { seed }: Seeded,
): readonly E[] {
  const list = (Array.isArray(given) ? given : [given]) as readonly Faked<E, Init>[];
  const start = seed === undefined ? undefined : numberOf(seed);
  return list.map((one, index) => toEvent(make, one, start === undefined ? {} : { seed: start + index }));
}

/** The neutral event for a native one: as it is given, or a fake. */
export function toEvent<E extends NeutralEvent, Init extends object>(
  make: Make<E, Init>,
  given: Faked<E, Init>,
  { seed }: Seeded,
): E {
  if (isEvent(given)) return given as E;
  return make(seed === undefined ? (given as Init) : { seed, ...(given as Init) });
}

function isEvent(given: unknown): boolean {
  return isObject(given) && typeof given.kind === "string" && "native" in given;
}
