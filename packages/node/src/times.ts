import { HandlerError, type ScheduleTrigger } from "@portico/core";
import { type CronField, type CronFields, parseCron } from "@portico/core/adapter";

/** When a schedule is due. All times are milliseconds since the epoch. */
export interface Times {
  /** The first time after one; undefined when there is none. */
  next(afterMs: number): number | undefined;
  /** The last time that is not after one; undefined when there is none. */
  last(untilMs: number): number | undefined;
  /** When the clock is set back by less, a time that has passed is not due again. Milliseconds. */
  readonly repeatsAfterMs: number;
}

// As cron(8) has it: jobs at fixed times are not repeated when the clock is set back by less than three hours.
const fixedRepeatsAfterMs = 3 * 3_600_000;
const wildRepeatsAfterMs = 60_000;

/**
 * @param originMs where a rate is counted from
 * @throws {HandlerError} CONFIG_INVALID when it is never due.
 */
export async function toTimes(trigger: ScheduleTrigger, originMs: number): Promise<Times> {
  const { cron, everySeconds = 0, timeZone = "UTC" } = trigger;
  return cron === undefined ? toRateTimes(everySeconds * 1000, originMs) : toCronTimes(cron, timeZone);
}

function toRateTimes(stepMs: number, originMs: number): Times {
  const last = (untilMs: number) => originMs + Math.floor((untilMs - originMs) / stepMs) * stepMs;
  return { next: (afterMs) => last(afterMs) + stepMs, last, repeatsAfterMs: stepMs };
}

/**
 * A line by the clock of its zone, as cron(8) of Vixie reads it. A line at fixed times, lists and ranges included, runs once where an hour
 * comes twice, and right after the gap where its time is left out. One whose minute or hour begins with an asterisk follows the clock.
 */
async function toCronTimes(cron: string, timeZone: string): Promise<Times> {
  // Loaded when there is a cron line; a server without one starts without it.
  const { Cron } = await import("croner");
  const fields = parseCron(cron);
  const [minute, hour, dayOfMonth, , dayOfWeek] = fields;
  const line = new Cron(toPlainLine(fields), {
    timezone: timeZone,
    paused: true,
    mode: "5-part",
    fixedTimeRule: "no-wildcard",
    domAndDow: !dayOfMonth.any && !dayOfWeek.any && (dayOfMonth.wild || dayOfWeek.wild),
  });
  const next: Times["next"] = (afterMs) => line.nextRun(new Date(afterMs))?.getTime();
  if (next(Date.now()) === undefined) {
    throw new HandlerError("CONFIG_INVALID", `The cron line ${JSON.stringify(cron)} names a time that never comes.`);
  }
  return {
    next,
    last: (untilMs) =>
      line
        // Runs are looked for before whole seconds: one more than is needed, and a second later.
        .previousRuns(2, new Date(untilMs + 1000))
        .map((one) => one.getTime())
        .find((one) => one <= untilMs),
    repeatsAfterMs: minute.wild || hour.wild ? wildRepeatsAfterMs : fixedRepeatsAfterMs,
  };
}

/**
 * Values alone, without names, ranges and steps, so that each is read in one place. A minute or an hour that begins with an asterisk has zero
 * among its values; said again as the one value of a long step, it marks the line as one that follows the clock.
 */
function toPlainLine([minute, hour, ...days]: CronFields): string {
  const plain = ({ any, values }: CronField) => (any ? "*" : values.join(","));
  const marked = (field: CronField, longStep: string) =>
    field.wild && !field.any ? `${plain(field)},${longStep}` : plain(field);
  return [marked(minute, "*/60"), marked(hour, "*/24"), ...days.map(plain)].join(" ");
}
