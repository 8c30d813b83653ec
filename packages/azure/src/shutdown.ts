import { app } from "@azure/functions";
import { HandlerError } from "@portico/core";
import type { InvocationContext } from "@portico/core/adapter";

// The host grants 5 seconds between the announcement and the kill.
const graceMs = 4000;
const replyMs = 100;

// Of the process, as the shutdown is.
const running = new Set<InvocationContext>();
let hooked = false;
let onIdle: (() => void) | undefined;

/** Lets the host's announcement of a shutdown abort what is under way, and wait for it a little. Once per process. */
export function watchShutdown(): void {
  if (hooked) return;
  hooked = true;
  app.hook.appTerminate(() => shutDown());
}

/** Notes that an invocation is under way. */
export function begin(context: InvocationContext): void {
  running.add(context);
}

/** Notes that an invocation has ended, its reply's stream included. */
export function end(context: InvocationContext): void {
  if (running.delete(context) && running.size === 0) onIdle?.();
}

/** Aborts the signals of all invocations under way; resolves when they have ended, or after the grace. */
export function shutDown(waitMs = graceMs): Promise<void> {
  for (const context of running) context["~abort"](new HandlerError("CANCELLED", "The host is shutting down."));
  return new Promise((resolve) => {
    if (running.size === 0) return resolve();
    const timer = setTimeout(resolve, waitMs);
    onIdle = () => {
      clearTimeout(timer);
      // The worker exits next; the replies that were just returned are still on their way to the host.
      setTimeout(resolve, replyMs);
    };
  });
}
