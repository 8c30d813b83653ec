import { invalidOption } from "./option-names.js";

/** How much an entry matters, from the least. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** The levels with what they are compared by; without a prototype, so that no other name is one. */
export const ranks: Readonly<Record<LogLevel, number>> = /* @__PURE__ */ Object.freeze({
  __proto__: null as never,
  debug: 10,
  info: 20,
  warn: 30,
  error: 40,
});

/** Reads a level such as an environment variable gives, `trace` as `debug` and `fatal` as `error`; undefined when it names none. */
export function toLogLevel(text: string | undefined): LogLevel | undefined {
  const level = text?.toLowerCase();
  if (level === "trace") return "debug";
  if (level === "fatal") return "error";
  return level !== undefined && level in ranks ? (level as LogLevel) : undefined;
}

/** @throws {HandlerError} CONFIG_INVALID when the option `logLevel` is given, and is not a level. */
export function checkLogLevel(level: unknown): void {
  if (level === undefined || (typeof level === "string" && level in ranks)) return;
  throw invalidOption(
    `logLevel is ${typeof level === "string" ? JSON.stringify(level) : `of the type ${typeof level}`}, which is not a level`,
    `Write one of ${Object.keys(ranks).join(", ")}.`,
  );
}
