import type { Context, InvocationContext } from "./context.js";
import { HandlerError } from "./error.js";
import type { Newcomer, Watchdog } from "./watchdog.js";

/** Where a deadline announces itself: a watchdog, or what stands in for one by another clock. */
type Greeter = Pick<Watchdog, "greet" | "leave">;

/** Ends a wait; false where there is nothing left to wait for. */
type GiveUp = (error: Error) => boolean;

/**
 * What an invocation goes through when its deadline comes near: the signal aborts; then the innermost thing that is still waited for is
 * given up, the handler as a rule, so that its layers can mark the reply; then everything is. The steps are a twentieth of its time
 * apart, 250 ms at most, so that the last one comes before the platform's own end.
 */
export class Deadline implements Newcomer {
  dueMs = Number.POSITIVE_INFINITY;
  place = -1;
  private step = 0;
  private stepMs = 0;
  private readonly context: InvocationContext;
  private readonly watchdog: Greeter;
  /** Undefined until something is waited for: a function that answers at once needs no clock. */
  private waits: GiveUp[] | undefined = undefined;

  constructor(context: InvocationContext, watchdog: Greeter) {
    this.context = context;
    this.watchdog = watchdog;
    context["~deadline"] = this;
  }

  /** The invocation is over. */
  end(): void {
    if (this.waits) this.watchdog.leave(this);
  }

  onDue(): void {
    const error = timeout();
    this.step += 1;
    this.dueMs = this.step < 3 ? this.dueMs + this.stepMs : Number.POSITIVE_INFINITY;
    if (this.step === 1) this.context["~abort"](error);
    else {
      // From the inside out: whoever waits outside asks what was given up inside.
      for (const giveUp of this.waits?.toReversed() ?? []) if (giveUp(error) && this.step === 2) return;
    }
  }

  /** Has something given up that began before everything that is waited for now, and holds all of it. */
  outermost(giveUp: GiveUp): void {
    if (!this.context["~isEndless"]) this.add(0, giveUp);
  }

  /**
   * What `start` gives, or the rejection when its turn comes. What starts inside it is given up before it. After the last step nobody
   * would give it up, so it does not start.
   */
  over<T>(
    start: () => T | PromiseLike<T>,
    onLate?: (value: T) => void,
    onGivenUp?: (running: PromiseLike<T>) => void,
  ): T | PromiseLike<T> {
    if (this.step === 3) return Promise.reject(timeout());
    const outer = this.waits?.length ?? 0;
    const result = start();
    if (!isPromise(result)) return result;
    if (this.context["~isEndless"]) return result;
    return new Promise((resolve, reject) => {
      let late = false;
      let over = false;
      // Nobody tells when a wait is over. Those that began inside this one stand behind it.
      this.add(outer, (error) => {
        if (over) return false;
        late = true;
        onGivenUp?.(result);
        reject(error);
        return true;
      });
      result.then(
        (value) => {
          over = true;
          if (late) onLate?.(value);
          else resolve(value);
        },
        (error: unknown) => {
          over = true;
          reject(error);
        },
      );
    });
  }

  plan(nowMs: number): void {
    const deadlineMs = this.context["~deadlineMs"] ?? Number.POSITIVE_INFINITY;
    this.stepMs = toStepMs(deadlineMs, nowMs);
    this.dueMs = deadlineMs - 3 * this.stepMs;
  }

  private add(at: number, giveUp: GiveUp): void {
    if (this.waits) {
      if (at === this.waits.length) this.waits.push(giveUp);
      else this.waits.splice(at, 0, giveUp);
      return;
    }
    this.watchdog.greet(this);
    // Not by `push`, which makes room for sixteen more.
    this.waits = [giveUp];
  }
}

/** How far apart the steps before a deadline are: a twentieth of the time that is left, from 5 ms to 250 ms. */
export function toStepMs(deadlineMs: number, nowMs: number): number {
  return Math.min(250, Math.max(5, (deadlineMs - nowMs) / 20));
}

/** Tells a promise, of whatever library, from a value that is here already. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined | null)?.then === "function";
}

function timeout(): HandlerError {
  return new HandlerError("TIMEOUT", "The function did not answer in time.");
}

/**
 * What `start` gives, unless the adapter's deadline gives it up first; where there is no deadline, just that. `onLate` gets what comes
 * after that all the same, and `onGivenUp` what it comes from.
 */
export function inTime<T>(
  start: () => T | PromiseLike<T>,
  context: Context,
  onLate?: (value: T) => void,
  onGivenUp?: (running: PromiseLike<T>) => void,
): T | PromiseLike<T> {
  const deadline = (context as InvocationContext)["~host"]?.["~deadline"];
  return deadline ? deadline.over(start, onLate, onGivenUp) : start();
}
