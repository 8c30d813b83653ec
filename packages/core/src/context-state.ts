import type { LogFields, Logger } from "./log.js";
import type { Trace } from "./trace.js";

/** What an invocation comes to have once something asks for it. Most never do. */
export interface InvocationState {
  controller?: AbortController;
  aborted?: Error;
  trace?: Trace;
  log?: Logger;
  logFields?: LogFields;
  pending?: Promise<unknown>[];
  /** A handler that was given up and has not settled yet. */
  running?: Promise<void> | undefined;
  /** The last error that a pipeline logged: behind a router, a reply passes through two of them. */
  reported?: unknown;
}

/** Waits for work passed to `waitUntil`, until there is none. */
export async function drain(pending: Promise<unknown>[]): Promise<void> {
  // Work may pass further work to waitUntil while it runs.
  while (pending.length > 0) await Promise.all(pending.splice(0));
}
