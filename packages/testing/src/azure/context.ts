import functions, { type InvocationContext, type InvocationContextInit } from "@azure/functions";
import type { LogLevel } from "@portico/core";
import type { FakeLogEntry } from "../record-log.js";
import { Draw, nextSeed, type Seed } from "../seed.js";

/** What a fake invocation context is made of. */
export interface FakeInvocationInit extends Omit<InvocationContextInit, "logHandler"> {
  /** What the ids are made of. Default: others for each fake. */
  readonly seed?: Seed | undefined;
}

/** An invocation context of `@azure/functions` that keeps what is logged through it. */
export interface FakeInvocationContext extends InvocationContext {
  /** What was logged so far; an entry that Portico wrote is taken apart into its fields. */
  readonly logs: readonly FakeLogEntry[];
}

const levels: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  information: "info",
  warning: "warn",
  error: "error",
  critical: "error",
};

/**
 * The context that Azure Functions gives to a handler: the library's own class.
 *
 * @see https://learn.microsoft.com/azure/azure-functions/functions-reference-node#invocation-context
 */
export function context(init: FakeInvocationInit = {}): FakeInvocationContext {
  const { seed = nextSeed(), ...given } = init;
  const draw = new Draw("azure", seed);
  const logs: FakeLogEntry[] = [];
  const made = new functions.InvocationContext({
    invocationId: draw.uuid(),
    functionName: "fake",
    traceContext: { traceParent: `00-${draw.hex(32)}-${draw.hex(16)}-01`, traceState: "", attributes: {} },
    ...given,
    logHandler: (level, ...args: unknown[]) => logs.push(toEntry(levels[level] ?? "info", args)),
  });
  return Object.assign(made, { logs });
}

function toEntry(level: LogLevel, args: readonly unknown[]): FakeLogEntry {
  const text = args.map(String).join(" ");
  try {
    const { message, time: _time, level: _level, invocationId: _id, functionName: _name, ...fields } = JSON.parse(text);
    if (typeof message === "string") return { level, message, fields };
  } catch {
    // Not an entry of Portico.
  }
  return { level, message: text, fields: {} };
}
