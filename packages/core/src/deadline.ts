import type { Context, InvocationContext } from "./context.js";
import { HandlerError } from "./error.js";
import type { Watched } from "./watchdog.js";

/**
 * What an invocation goes through when its deadline comes near: the signal aborts; then the innermost thing that is still waited for is
 * given up, the handler as a rule, so that its layers can mark the reply; then everything is. The steps are a twentieth of its time
 * apart, 250 ms at most, so that the last one comes before the platform's own end.
 */
export class Deadline implements Watched {
  dueMs: number;
  private step = 0;
  private readonly stepMs: number;
  private readonly context: InvocationContext;
  private readonly waits: ((error: Error) => void)[] = [];

  /** `nowMs`: on a clock that is not the system's, what it shows. */
  constructor(deadlineMs: number, context: InvocationContext, nowMs: number = Date.now()) {
    this.stepMs = Math.min(250, Math.max(5, (deadlineMs - nowMs) / 20));
    this.dueMs = deadlineMs - 3 * this.stepMs;
    this.context = context;
    context["~deadline"] = this;
  }

  onDue(): void {
    const error = timeout();
    this.step += 1;
    this.dueMs = this.step < 3 ? this.dueMs + this.stepMs : Number.POSITIVE_INFINITY;
    if (this.step === 1) this.context["~abort"](error);
    else for (const giveUp of this.step === 2 ? this.waits.slice(-1) : this.waits) giveUp(error);
  }

  /**
   * What `start` gives, or the rejection when its turn comes. What starts inside it is given up before it. After the last step nobody
   * would give it up, so it does not start.
   */
  over<T>(start: () => T | PromiseLike<T>, onLate?: (value: T) => void): Promise<T> {
    if (this.step === 3) return Promise.reject(timeout());
    return new Promise((resolve, reject) => {
      let late = false;
      // Nobody tells when a wait is over: to give up what has settled does nothing.
      this.waits.push((error) => {
        late = true;
        reject(error);
      });
      const result = start();
      if (typeof (result as PromiseLike<T> | undefined)?.then === "function")
        (result as PromiseLike<T>).then((value) => (late ? onLate?.(value) : resolve(value)), reject);
      else resolve(result);
    });
  }
}

function timeout(): HandlerError {
  return new HandlerError("TIMEOUT", "The function did not answer in time.");
}

/**
 * What `start` gives, unless the adapter's deadline gives it up first; where there is no deadline, just that. `onLate` gets what comes
 * after that all the same.
 */
export function inTime<T>(
  start: () => T | PromiseLike<T>,
  context: Context,
  onLate?: (value: T) => void,
): T | PromiseLike<T> {
  const deadline = (context as InvocationContext)["~host"]?.["~deadline"];
  return deadline ? deadline.over(start, onLate) : start();
}
