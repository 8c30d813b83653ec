import type { Request } from "@google-cloud/functions-framework";
import { HandlerError } from "@portico/core";
import { type InvocationContext, type NodeStyleServer, stopAccepting } from "@portico/core/adapter";

// Google gives 10 seconds from SIGTERM to SIGKILL.
const limitMs = 9_000;
const abortMs = 7_500;
const idleGraceMs = 250;

type Listener = (...args: unknown[]) => void;

// Of the process, as the signal is.
const running = new Set<InvocationContext>();
let watching = false;
let stopping = false;

/** Whether connections are to close with their next reply. */
export function isStopping(): boolean {
  return stopping;
}

/** Notes that an invocation is under way. */
export function begin(context: InvocationContext, request: Request): void {
  running.add(context);
  if (!watching) watchSignals((request.socket as { readonly server?: NodeStyleServer }).server);
}

/** Notes that an invocation has ended. */
export function end(context: InvocationContext): void {
  running.delete(context);
}

/**
 * The functions framework answers SIGTERM with 500 to its latest request and ends the process at once, and with it all requests under way.
 * Its listeners are made to wait for these. They are known by what they call; where they are not found, all stays as it is.
 *
 * @see https://github.com/GoogleCloudPlatform/functions-framework-nodejs/issues/704
 */
function watchSignals(server: NodeStyleServer | undefined): void {
  watching = true;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const theirs = (process.listeners(signal) as Listener[]).filter((listener) =>
      String(listener).includes("sendCrashResponse"),
    );
    if (theirs.length === 0) continue;
    for (const listener of theirs) process.off(signal, listener);
    process.once(signal, async () => {
      await drain(server);
      for (const listener of theirs) listener(signal);
    });
  }
}

async function drain(server: NodeStyleServer | undefined): Promise<void> {
  stopping = true;
  const aborting = setTimeout(() => {
    for (const context of running) context["~abort"](new HandlerError("CANCELLED", "The instance is stopping."));
  }, abortMs);
  const closed = server ? stopAccepting(server) : Promise.resolve();
  const idle = setInterval(() => server?.closeIdleConnections(), idleGraceMs);
  const late = new Promise<void>((resolve) => setTimeout(resolve, limitMs));
  await Promise.race([Promise.all([closed, allEnded()]), late]);
  clearTimeout(aborting);
  clearInterval(idle);
}

async function allEnded(): Promise<void> {
  while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
