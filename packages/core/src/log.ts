import { HandlerError, toError } from "./error.js";

/** How much an entry matters, from the least. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a log entry carries beside its message: plain data. An `error` field is written with its stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One logger per invocation; each adapter writes entries as single JSON lines in the shape its cloud's log service parses. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
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
  /** Entries below are left out. Default: `info`. */
  readonly level?: LogLevel | undefined;
  /** In every entry. Default: none. */
  readonly fields?: LogFields | undefined;
}

const ranks: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 };

/** Reads a level such as an environment variable gives; undefined when it names none. */
export function toLogLevel(text: string | undefined): LogLevel | undefined {
  const level = text?.toLowerCase();
  return level !== undefined && Object.hasOwn(ranks, level) ? (level as LogLevel) : undefined;
}

/** A logger that writes one JSON line per entry. It never throws: what cannot be serialised is written as text. */
export function createLogger({ format, write, level = "info", fields = {} }: LoggerOptions): Logger {
  const emit = (entryLevel: LogLevel, message: string, more: LogFields | undefined): void => {
    if (ranks[entryLevel] < ranks[level]) return;
    try {
      const entry = {
        level: entryLevel,
        message: String(message),
        time: new Date(),
        fields: more ? { ...fields, ...more } : fields,
      };
      write(toLine(format(entry)), entryLevel);
    } catch {
      // A log that cannot be written must not fail the invocation it describes.
    }
  };
  return {
    debug: (message, more) => emit("debug", message, more),
    info: (message, more) => emit("info", message, more),
    warn: (message, more) => emit("warn", message, more),
    error: (message, more) => emit("error", message, more),
    child: (more) => createLogger({ format, write, level, fields: { ...fields, ...more } }),
  };
}

/** An error as plain data for a log entry, its chain of causes included. Never throws, whatever the error's own members do. */
export function errorFields(thrown: unknown, depth = 0): Record<string, unknown> {
  try {
    return readError(thrown, depth);
  } catch {
    return { name: "Error", message: "[unreadable]" };
  }
}

function readError(thrown: unknown, depth: number): Record<string, unknown> {
  const error = toError(thrown);
  const { name, message, stack } = error;
  const result: Record<string, unknown> = { name, message, stack };
  if (HandlerError.is(error)) {
    result.code = error.code;
    if (error.hint !== undefined) result.hint = error.hint;
    if (error.details !== undefined) result.details = error.details;
  }
  if (error.cause !== undefined && depth < 5)
    result.cause = error.cause instanceof Error ? errorFields(error.cause, depth + 1) : error.cause;
  return result;
}

/** One line of JSON, whatever the value: errors, bigints, cycles and values whose `toJSON` throws included. */
export function toLine(value: object): string {
  try {
    return JSON.stringify(value, plain);
  } catch {
    return JSON.stringify(acyclic(value, [], { objects: 0 }));
  }
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return errorFields(value);
  return value;
}

// Levels and objects of an entry that plain JSON cannot write. The ways through a tangle, such as a native request, are without number.
const deepest = 50;
const most = 1000;

function acyclic(value: unknown, parents: readonly unknown[], written: { objects: number }): unknown {
  if (typeof value === "function" || typeof value === "symbol") return String(value);
  const flat = plain("", value);
  if (typeof flat !== "object" || flat === null) return flat;
  if (parents.includes(value)) return "[circular]";
  if (parents.length > deepest || written.objects >= most) return "[left out]";
  written.objects += 1;
  if (flat instanceof Date) return Number.isNaN(flat.getTime()) ? "Invalid Date" : flat.toISOString();
  const path = [...parents, value];
  if (Array.isArray(flat)) return flat.map((item) => acyclic(item, path, written));
  return Object.fromEntries(
    Object.keys(flat).map((name) => {
      try {
        return [name, acyclic((flat as Record<string, unknown>)[name], path, written)];
      } catch {
        return [name, "[unreadable]"];
      }
    }),
  );
}
