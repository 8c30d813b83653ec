import { HandlerError } from "../error.js";

/** One field of a cron line, as cron(8) of Vixie reads it. */
export interface CronField {
  readonly text: string;
  /** `*`, or `*` with a step of one: the field restricts nothing. */
  readonly any: boolean;
  /** It begins with `*`, steps included. Such minutes and hours follow the wall clock; such days are combined with the other day field by "and". */
  readonly wild: boolean;
  /** Sorted, without duplicates; Sunday is 0. */
  readonly values: readonly number[];
}

/** Minute, hour, day of month, month, day of week. */
export type CronFields = readonly [CronField, CronField, CronField, CronField, CronField];

interface FieldRange {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const ranges: readonly FieldRange[] = [
  { name: "minute", low: 0, high: 59 },
  { name: "hour", low: 0, high: 23 },
  { name: "day of month", low: 1, high: 31 },
  { name: "month", low: 1, high: 12, names: months },
  { name: "day of week", low: 0, high: 7, names: days },
];

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const nicknames: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/**
 * Reads a cron line of five fields.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not one, or names a time that never comes, such as 31 February.
 * @see https://man7.org/linux/man-pages/man5/crontab.5.html
 */
export function parseCron(line: string): CronFields {
  const texts = line.trim().split(/\s+/);
  if (texts.length !== ranges.length) {
    const nickname = nicknames[line.trim().toLowerCase()];
    throw invalid(line, "it does not have five fields", nickname && `Write it as ${JSON.stringify(nickname)}.`);
  }
  // There are as many fields as ranges.
  const fields = ranges.map((range, index) =>
    parseField(line, texts[index] as string, range),
  ) as readonly CronField[] as CronFields;
  if (!occurs(fields)) {
    throw invalid(line, "it names a date that never occurs", "Name a day that one of its months has.");
  }
  return fields;
}

function parseField(line: string, text: string, range: FieldRange): CronField {
  const values = text.split(",").flatMap((item) => expandItem(line, item, range));
  const folded = range.high === 7 ? values.map((value) => value % 7) : values;
  return {
    text,
    any: /^\*(?:\/0*1)?$/.test(text),
    wild: text.startsWith("*"),
    values: [...new Set(folded)].sort((one, other) => one - other),
  };
}

/** The values of `*`, `5`, `5-10`, and of each with a step. A single value with a step goes on to the field's end. */
function expandItem(line: string, item: string, range: FieldRange): number[] {
  const { name, low, names } = range;
  // Sunday once, where days are counted on and on.
  const high = Math.min(range.high, low + sizeOf(range) - 1);
  const [, from = "", to, step] = /^(\*|[\dA-Za-z]+)(?:-([\dA-Za-z]+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === "" || (from === "*" && to !== undefined)) {
    throw invalid(line, `the ${name} ${JSON.stringify(item)} is not a value, a range or a step`);
  }
  const start = from === "*" ? low : toNumber(line, from, range);
  let end = from === "*" || (to === undefined && step !== undefined) ? Math.max(high, start) : start;
  if (to !== undefined) end = toNumber(line, to, range);
  // A week may end on Sunday: SAT-SUN is 6-7.
  if (names === days && to?.toUpperCase() === "SUN" && start > 0) end = 7;
  if (start > end) {
    const hint = `Write it as two: ${from}-${range.high},${low}-${to}.`;
    throw invalid(line, `the ${name} range ${item} ends before it begins`, hint);
  }
  const by = step === undefined ? 1 : Number(step);
  if (by < 1 || by > sizeOf(range)) {
    throw invalid(line, `the step /${step} of the ${name} is not between 1 and ${sizeOf(range)}`);
  }
  const values: number[] = [];
  for (let value = start; value <= end; value += by) values.push(value);
  return values;
}

function toNumber(line: string, text: string, { name, low, high, names }: FieldRange): number {
  const index = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = index >= 0 ? index + low : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw invalid(line, `the ${name} ${text} is not between ${low} and ${high}`);
}

/** How many different values a field has. */
function sizeOf({ low, high }: FieldRange): number {
  return high === 7 ? 7 : high - low + 1;
}

/** Whether there is such a day in some year. */
function occurs([, , dayOfMonth, month, dayOfWeek]: CronFields): boolean {
  // Either day field is enough, unless one begins with an asterisk.
  if (!dayOfMonth.wild && !dayOfWeek.wild) return true;
  const [firstDay = 1] = dayOfMonth.values;
  return month.values.some((one) => firstDay <= (longestMonths[one - 1] as number));
}

function invalid(line: string, why: string, hint?: string): HandlerError {
  const fields = ranges.map(({ name, low, high }) => `${name} (${low}-${high})`).join(", ");
  return new HandlerError("CONFIG_INVALID", `The cron line ${JSON.stringify(line)} is not valid: ${why}.`, {
    hint: hint ?? `Write five fields: ${fields}; each with *, lists, ranges and steps.`,
  });
}
