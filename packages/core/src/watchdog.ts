/** An invocation that a {@link Watchdog} keeps an eye on. Times are milliseconds since the epoch. */
export interface Watched {
  /** The next time to act. Set it to Infinity, or call `forget`, to be left alone. */
  dueMs: number;
  /** Acts, and moves `dueMs` to the next time. */
  onDue(nowMs: number): void;
}

/** One that is to say when it is due only if it is still there in a few milliseconds. Most are not, and never look at the clock. */
export interface Newcomer extends Watched {
  /** Sets `dueMs`. */
  plan(nowMs: number): void;
  /** The watchdog's own: where it stands among the newcomers. */
  place: number;
}

/** The timer as Node gives it; other runtimes give a number. */
interface Timer {
  ref?(): void;
  unref?(): void;
}

/** A time that a timer can wait: Node fires one of more than 24.8 days, or of Infinity, at once. */
export function toTimerMs(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1);
}

/** Milliseconds. Deadlines are steps of at least as many apart. */
const newcomerMs = 5;

/**
 * One timer for all invocations that an adapter entry has under way, where a timer each would cost more than the rest of the
 * adapter. It holds the event loop open while something is watched, so that a promise that never settles cannot end the process.
 */
export class Watchdog {
  private readonly watched = new Set<Watched>();
  private readonly newcomers: Newcomer[] = [];
  private planning = false;
  private timer: (Timer & object) | number | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;

  watch(entry: Watched): void {
    this.watched.add(entry);
    if (entry.dueMs < this.timerDueMs) this.arm(entry.dueMs);
    else if (this.watched.size === 1) hold(this.timer, true);
  }

  forget(entry: Watched): void {
    if (this.watched.delete(entry) && this.watched.size === 0) hold(this.timer, false);
  }

  /** Watches one that will hardly be there for long. */
  greet(entry: Newcomer): void {
    entry.place = this.newcomers.push(entry) - 1;
    if (this.planning) return;
    this.planning = true;
    setTimeout(() => this.plan(), newcomerMs);
  }

  /** Forgets one that was greeted. */
  leave(entry: Newcomer): void {
    const { newcomers } = this;
    if (newcomers[entry.place] !== entry) {
      this.forget(entry);
      return;
    }
    const last = newcomers.pop() as Newcomer;
    if (last === entry) return;
    newcomers[entry.place] = last;
    last.place = entry.place;
  }

  private plan(): void {
    this.planning = false;
    const nowMs = Date.now();
    for (const entry of this.newcomers.splice(0)) {
      entry.plan(nowMs);
      this.watch(entry);
    }
  }

  private arm(dueMs: number): void {
    if (this.timer !== undefined) clearTimeout(this.timer as number);
    this.timer = undefined;
    this.timerDueMs = dueMs;
    if (dueMs === Number.POSITIVE_INFINITY) return;
    const delayMs = toTimerMs(Math.max(1, dueMs - Date.now()));
    this.timer = setTimeout(() => this.check(), delayMs) as unknown as Timer;
    if (this.watched.size === 0) hold(this.timer, false);
  }

  private check(): void {
    const nowMs = Date.now();
    for (const entry of [...this.watched]) if (entry.dueMs <= nowMs) entry.onDue(nowMs);
    let nextMs = Number.POSITIVE_INFINITY;
    for (const entry of this.watched) nextMs = Math.min(nextMs, entry.dueMs);
    this.arm(nextMs);
  }
}

function hold(timer: (Timer & object) | number | undefined, on: boolean): void {
  if (typeof timer !== "object") return;
  if (on) timer.ref?.();
  else timer.unref?.();
}
