import type { ScheduleEvent } from "@portico/core";
import { plainEvent } from "@portico/core/adapter";
import { any, checkInit, date, filled, flag, seed, text } from "./fake-check.js";
import { toJsonValue } from "./fake-payload.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What a fake tick of the clock is made of; everything has a default. */
export interface FakeScheduleInit {
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** Default: `fake-schedule`. */
  readonly source?: string | undefined;
  /** When it comes. Default: `scheduledTime`, else the start of 2026. */
  readonly time?: Date | undefined;
  /** When it was due. Default: `time`. */
  readonly scheduledTime?: Date | undefined;
  /** Default: whether it comes more than a minute after it was due. */
  readonly late?: boolean | undefined;
  /** The payload the schedule was given. Default: null. */
  readonly json?: unknown;
  /** What the id is made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

const rules = { id: filled, source: text, time: date, scheduledTime: date, late: flag, json: any, seed };
const minuteMs = 60_000;

/**
 * A tick of the clock.
 *
 * @example
 * await nightly(fake.schedule({ scheduledTime: new Date("2026-03-29T01:00:00Z"), time: clock.now() }));
 * @throws {HandlerError} CONFIG_INVALID when the init has a field that no tick has, or a value of another type.
 */
export function fakeSchedule(init: FakeScheduleInit = {}): ScheduleEvent {
  checkInit("fake tick", init, rules);
  const time = init.time ?? init.scheduledTime ?? fakeTime;
  const scheduledTime = init.scheduledTime ?? time;
  const payload = toJsonValue("fake tick", init.json ?? null);
  return plainEvent({
    kind: "schedule",
    id: init.id ?? new Draw("schedule", init.seed ?? nextSeed()).uuid(),
    source: init.source ?? "fake-schedule",
    time,
    scheduledTime,
    late: init.late ?? time.getTime() - scheduledTime.getTime() > minuteMs,
    native: init,
    json: async () => payload,
  });
}
