import { HandlerError } from "../error.js";
import type { Trigger } from "../function.js";
import { parseCron } from "./cron.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { NeutralEvent } from "./neutral-event.js";

/** The clock. */
export interface ScheduleEvent extends NeutralEvent<"schedule"> {
  /** When it was due; the time of arrival where the platform does not tell. */
  readonly scheduledTime: Date;
  /** It comes after its time: the platform says so, or it is more than a minute late. */
  readonly late: boolean;
  /** The payload the schedule was given, or null. */
  json(): Promise<unknown>;
}

export interface ScheduleTrigger extends Trigger<"schedule"> {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron?: string | undefined;
  readonly everySeconds?: number | undefined;
  /** An IANA name. Default: UTC. */
  readonly timeZone?: string | undefined;
}

export type ScheduleFunction = MessageFunction<ScheduleTrigger, ScheduleEvent>;
export type AnyScheduleFunction = AnyMessageFunction<ScheduleTrigger>;

/** A rate, made by `every`. */
export interface Rate {
  readonly everySeconds: number;
}

const units: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };

/** In seconds: a hundred years. The next run of a longer one may be later than any date. */
const longestRate = 100 * 365 * 86_400;

/**
 * A rate for `schedule`: `every("5 minutes")`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a number of seconds, minutes, hours or days.
 */
export function every(rate: string): Rate {
  const [, amount, unit] = /^(\d+) (second|minute|hour|day)s?$/.exec(rate) ?? [];
  const seconds = Number(amount) * (units[unit ?? ""] ?? 0);
  if (!(seconds > 0 && seconds <= longestRate)) {
    throw new HandlerError("CONFIG_INVALID", `The rate ${JSON.stringify(rate)} is not understood.`, {
      hint: 'Write it like "30 seconds", "5 minutes", "1 hour" or "1 day".',
    });
  }
  return { everySeconds: seconds };
}

/**
 * Declares a function for the clock: a cron line of five fields, or `every("5 minutes")`.
 *
 * @throws {HandlerError} CONFIG_INVALID when the cron line or the time zone is not valid, or the line names a date that never
 *   occurs.
 * @example
 * export const nightly = schedule("0 3 * * *", { timeZone: "Europe/Paris" }).handle(async (tick) => { ... });
 */
export function schedule(
  when: string | Rate,
  { timeZone }: { readonly timeZone?: string | undefined } = {},
): MessagePipeline<ScheduleTrigger, ScheduleEvent> {
  if (timeZone !== undefined) checkTimeZone(timeZone);
  const zone = timeZone === undefined ? {} : { timeZone };
  if (typeof when !== "string") {
    return messagePipeline({ kind: "schedule", everySeconds: checkRate(when).everySeconds, ...zone });
  }
  const cron = parseCron(when)
    .map(({ text }) => text)
    .join(" ");
  return messagePipeline({ kind: "schedule", cron, ...zone });
}

/** For callers without types: what is neither a line nor a rate would be a schedule without a time. */
function checkRate(when: Rate): Rate {
  if ((when?.everySeconds ?? 0) > 0 && when.everySeconds <= longestRate) return when;
  throw new HandlerError("CONFIG_INVALID", "A schedule needs a cron line or a rate.", {
    hint: 'Write `schedule("0 3 * * *")` or `schedule(every("5 minutes"))`.',
  });
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new HandlerError("CONFIG_INVALID", `The time zone ${JSON.stringify(timeZone)} is not known.`, {
      hint: 'Use an IANA name such as "Europe/Paris".',
      cause,
    });
  }
}
