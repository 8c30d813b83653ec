import type { NeutralEvent } from "@portico/core";
import { isObject } from "../fake-check.js";
import { numberOf, type Seed } from "../seed.js";

/** A neutral event, or what a fake one is made of. */
export type Faked<E extends NeutralEvent, Init> = E | Init;

/** One, or several that go together. */
export type Several<T> = T | readonly T[];

/** The neutral events for a native one: those given, and fakes of what was given. Each has a seed of its own, made of the seed of all. */
export function toEvents<E extends NeutralEvent, Init extends object>(
  make: (init: Init) => E,
  given: Several<Faked<E, Init>> | undefined,
  seed: Seed | undefined,
): readonly E[] {
  const list = Array.isArray(given) ? (given as readonly Faked<E, Init>[]) : [(given ?? {}) as Faked<E, Init>];
  const start = seed === undefined ? undefined : numberOf(seed);
  return list.map((one, index) => {
    if (isEvent(one)) return one as E;
    const init = one as Init;
    return make(start === undefined ? init : { seed: start + index, ...init });
  });
}

function isEvent(given: unknown): boolean {
  return isObject(given) && typeof given.kind === "string" && "native" in given;
}
