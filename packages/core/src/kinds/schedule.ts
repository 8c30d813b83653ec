import { HandlerError } from "../error.js";
import type { Trigger } from "../function.js";
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

/**
 * A rate for `schedule`: `every("5 minutes")`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a number of seconds, minutes, hours or days.
 */
export function every(rate: string): Rate {
  const [, amount, unit] = /^(\d+) (second|minute|hour|day)s?$/.exec(rate) ?? [];
  const seconds = Number(amount) * (units[unit ?? ""] ?? 0);
  if (!(seconds > 0)) {
    throw new HandlerError("CONFIG_INVALID", `The rate ${JSON.stringify(rate)} is not understood.`, {
      hint: 'Write it like "30 seconds", "5 minutes", "1 hour" or "1 day".',
    });
  }
  return { everySeconds: seconds };
}

/**
 * Declares a function for the clock: a cron line of five fields, or `every("5 minutes")`.
 *
 * @throws {HandlerError} CONFIG_INVALID when the cron line or the time zone is not understood.
 * @example
 * export const nightly = schedule("0 3 * * *", { timeZone: "Europe/Paris" }).handle(async (tick) => { ... });
 */
export function schedule(
  when: string | Rate,
  { timeZone }: { readonly timeZone?: string | undefined } = {},
): MessagePipeline<ScheduleTrigger, ScheduleEvent> {
  if (timeZone !== undefined) checkTimeZone(timeZone);
  const zone = timeZone === undefined ? {} : { timeZone };
  if (typeof when !== "string" && !(Number(when?.everySeconds) > 0)) throw noTime(when);
  if (typeof when !== "string") return messagePipeline({ kind: "schedule", everySeconds: when.everySeconds, ...zone });
  return messagePipeline({ kind: "schedule", cron: checkCron(when), ...zone });
}

function noTime(when: unknown): HandlerError {
  const given = when === undefined ? "nothing" : JSON.stringify(when);
  return new HandlerError("CONFIG_INVALID", `A schedule needs a time to run at, and got ${given}.`, {
    hint: 'Give a cron line such as "0 3 * * *", or every("5 minutes").',
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

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const fields: readonly Field[] = [
  { name: "minute", low: 0, high: 59 },
  { name: "hour", low: 0, high: 23 },
  { name: "day of month", low: 1, high: 31 },
  { name: "month", low: 1, high: 12, names: months },
  { name: "day of week", low: 0, high: 7, names: days },
];

/** The same line with single spaces, every field checked. */
function checkCron(line: string): string {
  const parts = line.trim().split(/\s+/);
  const fits = parts.length === fields.length && parts.every((part, index) => fitsField(part, fields[index] as Field));
  if (fits) return parts.join(" ");
  throw new HandlerError("CONFIG_INVALID", `The cron line ${JSON.stringify(line)} is not understood.`, {
    hint: `Five fields: ${fields.map(({ name, low, high }) => `${name} (${low}-${high})`).join(", ")}; with *, lists, ranges and steps.`,
  });
}

function fitsField(text: string, field: Field): boolean {
  return text.split(",").every((item) => {
    const [, from, to, step] = /^(\*|[\dA-Za-z]+)(?:-([\dA-Za-z]+))?(?:\/(\d+))?$/.exec(item) ?? [];
    if (from === undefined || (step !== undefined && !(Number(step) > 0))) return false;
    if (from === "*") return to === undefined;
    const start = toNumber(from, field);
    const end = to === undefined ? start : toNumber(to, field);
    return start >= field.low && end <= field.high && start <= end;
  });
}

function toNumber(text: string, { names, low }: Field): number {
  const index = names?.indexOf(text.toUpperCase()) ?? -1;
  if (index >= 0) return index + low;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
