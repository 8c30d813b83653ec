import type { Context, InvocationContext } from "./context.js";
import { HandlerError } from "./error.js";
import { errorFields } from "./log.js";
import type { Newcomer, Watchdog } from "./watchdog.js";

/** Where a deadline announces itself: a watchdog, or what stands in for one by another clock. */
type Greeter = Pick<Watchdog, "greet" | "leave">;

/**
 * Ends a wait; false where there is nothing left to wait for. `decided` has the roots whose innermost wait has just ended: their middleware
 * still has to decide.
 */
type EndWait = (error: Error, decided: ReadonlySet<InvocationContext>) => boolean;

/** One wait. `root` is the message, or the invocation, that it belongs to; undefined where it holds several messages and asks `decided`. */
interface Wait {
  readonly root: InvocationContext | undefined;
  readonly end: EndWait;
  isOver?: boolean;
}

const nobody: ReadonlySet<InvocationContext> = new Set();

/**
 * What an invocation goes through when its deadline comes near: the signal aborts; then, of the request and of each message in flight, the
 * innermost wait ends, the handler's as a rule, so that its own middleware can decide; then all waits end. The steps are a twentieth of its
 * time apart, 250 ms at most, so that the last one comes before the platform's own end.
 */
export class Deadline implements Newcomer {
  dueMs = Number.POSITIVE_INFINITY;
  place = -1;
  /** Whether the invocation is over. */
  isEnded = false;
  private step = 0;
  private stepMs = 0;
  private readonly context: InvocationContext;
  private readonly watchdog: Greeter;
  /** Undefined until something is waited for: a function that answers at once needs no clock. */
  private waits: Wait[] | undefined = undefined;

  constructor(context: InvocationContext, watchdog: Greeter) {
    this.context = context;
    this.watchdog = watchdog;
    context["~deadline"] = this;
  }

  /** The invocation is over: nothing may begin in it any more. */
  end(): void {
    this.isEnded = true;
    if (this.waits) this.watchdog.leave(this);
  }

  /**
   * Looks at the clock, for whoever begins one thing after another: handlers that never wait for a timer let none run, and the time would be
   * over before anybody had seen it come.
   */
  look(): void {
    // The first step alone: what has just ended in time has not been able to say so.
    if (this.isEnded || this.step > 0 || this.context["~isEndless"]) return;
    const nowMs = Date.now();
    if (this.dueMs === Number.POSITIVE_INFINITY) this.plan(nowMs);
    if (nowMs >= this.dueMs) this.onDue();
  }

  onDue(): void {
    const error = timeout();
    this.step += 1;
    this.dueMs = this.step < 3 ? this.dueMs + this.stepMs : Number.POSITIVE_INFINITY;
    if (this.step === 1) this.context["~abort"](error);
    else if (this.step === 2) this.endInnermost(error);
    // From the inside out: whoever waits outside asks what ended inside.
    else for (const { end } of this.waits?.toReversed() ?? []) end(error, nobody);
  }

  private endInnermost(error: Error): void {
    const decided = new Set<InvocationContext>();
    for (const { root, end } of this.waits?.toReversed() ?? []) {
      // What the invocation itself waits for holds its messages, and comes after them.
      if (root && (decided.has(root) || (root === this.context && decided.size > 0))) continue;
      if (end(error, decided) && root) decided.add(root);
    }
  }

  /** Ends something that began before everything that is waited for now, and holds all of it: with `root`, or for several messages. */
  outermost(end: EndWait, root?: InvocationContext): void {
    if (!this.context["~isEndless"]) this.add(0, { root, end });
  }

  /**
   * What `start` gives, or the rejection when its turn comes. What starts inside it is given up before it. After the last step nobody
   * would give it up, so it does not start.
   */
  over<T>(
    start: () => T | PromiseLike<T>,
    root: InvocationContext,
    onLate?: (value: T) => void,
    onGivenUp?: (running: PromiseLike<T>) => void,
  ): T | PromiseLike<T> {
    if (this.isEnded) return start();
    if (this.step === 3) return Promise.reject(timeout());
    const outer = this.waits?.length ?? 0;
    const result = start();
    if (!isPromise(result)) return result;
    if (this.context["~isEndless"]) return result;
    return new Promise((resolve, reject) => {
      let late = false;
      const end = (error: Error): boolean => {
        if (wait.isOver || late) return false;
        late = true;
        onGivenUp?.(result);
        reject(error);
        return true;
      };
      const wait: Wait = { root, end, isOver: false };
      // Those that began inside this one stand behind it.
      this.add(outer, wait);
      result.then(
        (value) => {
          this.leave(wait);
          if (late) onLate?.(value);
          else resolve(value);
        },
        (error: unknown) => {
          this.leave(wait);
          reject(error);
        },
      );
    });
  }

  /** What is over goes with the last that stands before it; a long batch would keep all of its waits otherwise. */
  private leave(wait: Wait): void {
    wait.isOver = true;
    while (this.waits?.at(-1)?.isOver) this.waits.pop();
  }

  plan(nowMs: number): void {
    const deadlineMs = this.context["~deadlineMs"] ?? Number.POSITIVE_INFINITY;
    this.stepMs = toStepMs(deadlineMs, nowMs);
    this.dueMs = deadlineMs - 3 * this.stepMs;
  }

  private add(at: number, wait: Wait): void {
    if (this.waits) {
      if (at === this.waits.length) this.waits.push(wait);
      else this.waits.splice(at, 0, wait);
      return;
    }
    this.watchdog.greet(this);
    // Not by `push`, which makes room for sixteen more.
    this.waits = [wait];
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
  const { "~host": host, "~root": root } = context as InvocationContext;
  const deadline = host?.["~deadline"];
  return deadline ? deadline.over(start, root, onLate, onGivenUp) : start();
}

/** Lets the adapter see a handler that may go on after the middleware around it has ended. */
export function noteRunning(context: Context, handler: PromiseLike<unknown>): void {
  const { "~root": root } = context as InvocationContext;
  if (!root) return;
  const over = (): void => {
    if (root["~running"] === running) root["~running"] = undefined;
  };
  const before = root["~running"];
  const running: Promise<void> = (before ? Promise.allSettled([before, handler]) : Promise.resolve(handler)).then(
    over,
    over,
  );
  root["~running"] = running;
}

/** The same for what was abandoned; why it fails in the end is said in the log, since nothing else will. */
export function noteAbandoned(context: Context, running: PromiseLike<unknown>): void {
  noteRunning(context, running);
  running.then(undefined, (error: unknown) =>
    context.log.warn("what was abandoned at the deadline has failed", { error: errorFields(error) }),
  );
}

/**
 * Holds that nothing begins after its signal has aborted, or its outcome is decided: a middleware may have taken all the time there was, or
 * have answered by itself.
 *
 * @throws {HandlerError} with the code of what the signal was aborted with.
 */
export function checkCanBegin(context: Context): void {
  const root = (context as InvocationContext)["~root"];
  if (!root) return;
  const reason = abortReason(context, root);
  if (reason || root["~isDecided"]) throw tooLate(reason);
}

/** The same for a request: its handler may begin after the client has left, which it can see, and not after its time is up. */
export function checkHasTime(context: Context): void {
  const root = (context as InvocationContext)["~root"];
  if (!root) return;
  const reason = abortReason(context, root);
  if (root["~isDecided"] || (HandlerError.is(reason) && reason.code === "TIMEOUT")) throw tooLate(reason);
}

function abortReason(context: Context, root: InvocationContext): unknown {
  const reason: unknown = root["~abortReason"];
  if (reason || context === root) return reason;
  // A middleware's own signal stands in front of the root's.
  return Object.hasOwn(context, "signal") && context.signal.aborted ? context.signal.reason : undefined;
}

function tooLate(reason: unknown): HandlerError {
  const code = reason ? (HandlerError.is(reason) ? reason.code : "CANCELLED") : "TIMEOUT";
  return new HandlerError(code, "The handler did not begin: its time was up before.", { cause: reason });
}

/** What `work` gives, with a deadline over all of it, and once the work that was passed to the invocation's own `waitUntil` is settled. */
export async function withDeadline<T>(
  context: InvocationContext,
  watchdog: Greeter,
  work: () => T | PromiseLike<T>,
): Promise<T> {
  const deadline = new Deadline(context, watchdog);
  try {
    const result = await work();
    const left = context["~settle"]();
    if (left) await inTime(() => left, context);
    return result;
  } finally {
    deadline.end();
  }
}
