import { HandlerError } from "@portico/core";
import { type InvocationContext, logFailure, type Newcomer, toStepMs, type Watchdog } from "@portico/core/adapter";

/**
 * Watches over what follows a handler's reply, the body that is still being produced: near the deadline first the signal aborts, then
 * `onLate` is called. What it gives back ends the watch.
 */
export function countdown(
  context: InvocationContext,
  watchdog: Watchdog,
  onLate: (error: HandlerError) => void,
): () => void {
  const watched = new Countdown(context, onLate);
  watchdog.greet(watched);
  return () => watchdog.leave(watched);
}

class Countdown implements Newcomer {
  dueMs = Number.POSITIVE_INFINITY;
  place = -1;
  private stepMs = 0;
  private aborted = false;
  private readonly context: InvocationContext;
  private readonly onLate: (error: HandlerError) => void;

  constructor(context: InvocationContext, onLate: (error: HandlerError) => void) {
    this.context = context;
    this.onLate = onLate;
  }

  plan(nowMs: number): void {
    const deadlineMs = this.context["~deadlineMs"] ?? Number.POSITIVE_INFINITY;
    this.stepMs = toStepMs(deadlineMs, nowMs);
    this.dueMs = deadlineMs - 2 * this.stepMs;
  }

  onDue(): void {
    const error = new HandlerError("TIMEOUT", "The reply was not finished in time.");
    this.dueMs = this.aborted ? Number.POSITIVE_INFINITY : this.dueMs + this.stepMs;
    if (this.aborted) this.onLate(error);
    else this.context["~abort"](error);
    this.aborted = true;
  }
}

/** Waits for the work passed to `waitUntil`, as long as there is time; undefined where there is none. */
export function settle(context: InvocationContext, watchdog: Watchdog): Promise<void> | undefined {
  const work = context["~settle"]();
  return (
    work &&
    new Promise<void>((resolve) => {
      const end = countdown(context, watchdog, () => {
        logFailure(context, "work passed to waitUntil did not finish in time");
        resolve();
      });
      work.finally(end).then(resolve);
    })
  );
}
