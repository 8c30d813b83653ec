export { type LogLevel, toLogLevel } from "./log-level.js";
export { errorFields, toLine } from "./log-line.js";

import { toError } from "./error.js";
import { excerpt } from "./excerpt.js";
import { type LogLevel, ranks, toLogLevel } from "./log-level.js";
import { toLine } from "./log-line.js";

/** What a log entry carries beside its message: plain data. An `error` field is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * One logger per invocation; each adapter writes entries as single JSON lines in the shape its cloud's log service parses. No call throws.
 *
 * The first argument is the message, the second the fields. An error may stand for either, as whatever was caught: `log.error(error)` takes
 * its message, `log.error("payment failed", error)` keeps it as the field `error`.
 */
export interface Logger {
  debug(message: unknown, fields?: unknown): void;
  info(message: unknown, fields?: unknown): void;
  warn(message: unknown, fields?: unknown): void;
  error(message: unknown, fields?: unknown): void;
  /** A logger that adds these fields to every entry. */
  child(fields: LogFields): Logger;
}

/** One entry on its way to a cloud's format. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly time: Date;
  readonly fields: LogFields;
}

/** What a logger is made of. */
export interface LoggerOptions {
  /** Turns an entry into the object the cloud's log service parses. */
  readonly format: (entry: LogEntry) => object;
  /** Takes one line of JSON, without the line break. */
  readonly write: (line: string, level: LogLevel) => void;
  /**
   * Entries below are left out. Default: `info`, also for a text that names no level, as an environment variable may have: the first
   * logger that gets it says so.
   */
  readonly level?: LogLevel | (string & {}) | undefined;
  /** In every entry. Default: none. */
  readonly fields?: LogFields | undefined;
}

// The text that was last said to name no level: there is one logger for each invocation, and one environment.
let told: string | undefined;

const unreadable = "[unreadable]";

/** A logger that writes one JSON line per entry. It never throws: what cannot be serialised is written as text. */
export function createLogger({ format, write, level: given, fields = {} }: LoggerOptions): Logger {
  const named = given !== undefined && given in ranks ? (given as LogLevel) : toLogLevel(given);
  const level = named ?? "info";
  const emit = (entryLevel: LogLevel, message: unknown, more: unknown): void => {
    if (ranks[entryLevel] < ranks[level]) return;
    try {
      const entry = toEntry(entryLevel, message, more, fields);
      write(toLine(format(entry)), entryLevel);
    } catch {
      // A log that cannot be written must not fail the invocation it describes.
    }
  };
  if (given && !named && given !== told) {
    told = given;
    const known = `it is info: write one of ${Object.keys(ranks).join(", ")}`;
    emit("warn", `The log level ${JSON.stringify(excerpt(given, 40))} is not known, so ${known}`, undefined);
  }
  return {
    debug: (message, more) => emit("debug", message, more),
    info: (message, more) => emit("info", message, more),
    warn: (message, more) => emit("warn", message, more),
    error: (message, more) => emit("error", message, more),
    child: (more) => createLogger({ format, write, level, fields: { ...fields, ...toFields(more, "value") } }),
  };
}

function toEntry(level: LogLevel, message: unknown, more: unknown, fields: LogFields): LogEntry {
  const time = new Date();
  const isFailure = level === "error" || level === "warn";
  const given = toFields(more, isFailure ? "error" : "value");
  if (typeof message === "string") return { level, message, time, fields: given ? { ...fields, ...given } : fields };
  const isObject = typeof message === "object" && message !== null;
  // Fields first, as other loggers have it.
  if (isObject && typeof more === "string")
    return { level, message: more, time, fields: { ...fields, ...toFields(message, "value") } };
  if (message instanceof Error || isFailure) {
    const error = toError(message);
    // An `error` among the fields is another one.
    const other = given && "error" in given ? { fields: { error: given.error } } : undefined;
    return { level, message: messageOf(error), time, fields: { ...fields, ...given, ...other, error } };
  }
  const own = isObject ? toFields(message, "value") : undefined;
  return { level, message: isObject ? "" : String(message), time, fields: { ...fields, ...own, ...given } };
}

/** What stands in the place of fields, as fields. `name`: of what is no object, such as a text that was thrown. */
function toFields(given: unknown, name: string): LogFields | undefined {
  if (given === undefined || given === null) return undefined;
  try {
    if (given instanceof Error) return { error: given };
    const isFields =
      typeof given === "object" && !Array.isArray(given) && !(given instanceof Map || given instanceof Set);
    const { toJSON } = given as { readonly toJSON?: () => unknown };
    const plain = isFields && typeof toJSON === "function" ? toJSON.call(given) : given;
    return isFields && typeof plain === "object" ? { ...plain } : { [name]: plain };
  } catch {
    return readEach(given);
  }
}

/** The fields of an object that does not give them all. */
function readEach(given: object): LogFields {
  const fields: Record<string, unknown> = Object.create(null);
  try {
    for (const name of Object.keys(given)) fields[name] = readOne(given, name);
  } catch {
    fields.value = unreadable;
  }
  return fields;
}

function readOne(given: object, name: string): unknown {
  try {
    return (given as Record<string, unknown>)[name];
  } catch {
    return unreadable;
  }
}

function messageOf(error: Error): string {
  try {
    return String(error.message);
  } catch {
    return unreadable;
  }
}
