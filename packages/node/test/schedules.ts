import type { LogEntry, Sink } from "@portico/core";
import { Watchdog } from "@portico/core/adapter";
import { NodeContext } from "../src/context.js";
import { startSchedules } from "../src/schedules.js";

/** What schedules in a test logged, and the contexts of their runs. */
export interface Started {
  readonly logged: LogEntry[];
  readonly active: Set<NodeContext>;
  messages(): readonly string[];
  stop(): void;
}

/** Starts schedules as a server does, without one. */
export async function startForTest(
  functions: Parameters<typeof startSchedules>[0],
  options: Parameters<typeof startSchedules>[1] = {},
  sink?: Sink,
): Promise<Started> {
  const logged: LogEntry[] = [];
  const active = new Set<NodeContext>();
  const format = (entry: LogEntry) => {
    logged.push(entry);
    return entry;
  };
  const logging = { level: "info", format } as const;
  const createContext = (deadlineMs: number | undefined) =>
    new NodeContext(undefined, undefined, logging, { functionName: "f", deadlineMs, coldStart: false });
  const host = { createContext, active, watchdog: new Watchdog(), sink, log: createContext(undefined).log };
  const stop = await startSchedules(functions, options, host);
  return { logged, active, messages: () => logged.map(({ message }) => message), stop };
}
