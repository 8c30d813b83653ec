import { invalidOption } from "./option-names.js";

/** The numbers that an option may have. */
export interface NumberRange {
  /** What it has to be, such as "a whole number of bytes". */
  readonly is: string;
  /** Default: 0. */
  readonly from?: number | undefined;
  /** Default: every number but Infinity; give `Infinity` where that says "no limit". */
  readonly to?: number | undefined;
  /** Whether there are no fractions of it. */
  readonly whole?: boolean | undefined;
  /** What to do, where there is more to say than the range. */
  readonly hint?: string | undefined;
}

const to = Number.POSITIVE_INFINITY;

/** How long something may take; Infinity is no limit. */
export const milliseconds: NumberRange = { is: "a number of milliseconds", to };
/** What a timer counts: a longer time would be none. */
export const timerMilliseconds: NumberRange = { is: "a number of milliseconds", from: 1, to: 2 ** 31 - 1 };
/** How large something may be; Infinity is no limit. */
export const byteCount: NumberRange = { is: "a whole number of bytes", to, whole: true };
/** Where to listen; 0 takes a free one. */
export const portNumber: NumberRange = { is: "a port, a whole number", to: 65_535, whole: true };
/** How many there may be at once. */
export const atLeastOne: NumberRange = { is: "a whole number", from: 1, whole: true };

/**
 * Refuses numbers that cannot be meant. NaN above all, which `Number(process.env.X)` gives where X is not set: it compares as false with
 * everything, and would switch a limit off without a word. A string of digits compares as its number does, and then joins where it should add.
 * What is undefined is left to the option's default.
 *
 * @param within stands before the name in the message, such as `schedules.`
 * @throws {HandlerError} CONFIG_INVALID when one is not a number, or out of its range.
 */
export function checkNumbers<Options extends object>(
  options: Options,
  ranges: { readonly [Name in keyof Options]?: NumberRange },
  within = "",
): void {
  for (const name in ranges) {
    const value: unknown = options[name];
    if (value !== undefined) checkNumber(within + name, value, ranges[name] as NumberRange);
  }
}

function checkNumber(name: string, value: unknown, { is, from = 0, to, whole, hint }: NumberRange): void {
  const fits = typeof value === "number" && value >= from && (to === undefined ? value < Infinity : value <= to);
  if (fits && (!whole || value === Infinity || Number.isInteger(value))) return;
  const unlimited = to === Infinity;
  const range = `from ${from}${to === undefined || unlimited ? "" : ` to ${to}`}`;
  throw invalidOption(
    `${name} is ${show(value)}, which is not ${is} ${range}`,
    hint ??
      (Number.isNaN(value)
        ? "`Number(undefined)` is NaN: check that the environment variable is set."
        : `Write a number ${range}${unlimited ? "; `Infinity` is no limit" : ""}.`),
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? `${value} (a string)` : typeof value === "object" ? "an object" : String(value);
}
