import { HandlerError } from "@portico/core";
import type { InvocationContext, Watchdog, Watched } from "@portico/core/adapter";

/**
 * Watches over what follows a handler's reply, the body that is still being produced: near the deadline first the signal aborts, then
 * `onLate` is called. What it gives back ends the watch.
 */
export function countdown(
  context: InvocationContext,
  watchdog: Watchdog,
  onLate: (error: HandlerError) => void,
): () => void {
  const deadlineMs = context["~deadlineMs"];
  if (deadlineMs === undefined) return () => undefined;
  const stepMs = Math.min(250, Math.max(5, (deadlineMs - Date.now()) / 20));
  let aborted = false;
  const watched: Watched = {
    dueMs: deadlineMs - 2 * stepMs,
    onDue() {
      watched.dueMs = aborted ? Number.POSITIVE_INFINITY : watched.dueMs + stepMs;
      const error = new HandlerError("TIMEOUT", "The reply was not finished in time.");
      if (aborted) onLate(error);
      else context["~abort"](error);
      aborted = true;
    },
  };
  watchdog.watch(watched);
  return () => watchdog.forget(watched);
}

/** Waits for the work passed to `waitUntil`, as long as there is time. */
export async function settle(context: InvocationContext, watchdog: Watchdog): Promise<void> {
  const work = context["~settle"]();
  if (!work) return;
  await new Promise<void>((resolve) => {
    const end = countdown(context, watchdog, () => {
      context.log.error("work passed to waitUntil did not finish in time");
      resolve();
    });
    work.finally(end).then(resolve);
  });
}
