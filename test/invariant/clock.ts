/** Time as a history sees it: it stands still while anything runs, and leaps to the next timer when everything waits. */
export class Clock {
  nowMs = 1_800_000_000_000;
  private nextId = 1;
  private readonly timers = new Map<number, { readonly dueMs: number; readonly run: () => void }>();
  private readonly real = { setTimeout, clearTimeout, setInterval, clearInterval, now: Date.now, setImmediate };

  /** Takes the place of the runtime's clock until the returned function is called. */
  install(): () => void {
    const set = (run: () => void, delayMs = 0): number => {
      const id = this.nextId++;
      this.timers.set(id, { dueMs: this.nowMs + delayMs, run });
      return id;
    };
    const clear = (id: number) => void this.timers.delete(id);
    const setRepeated = (run: () => void, everyMs: number): number => {
      const id = set(() => {
        this.timers.set(id, { dueMs: this.nowMs + everyMs, run: again });
        run();
      }, everyMs);
      const again = (this.timers.get(id) as { run: () => void }).run;
      return id;
    };
    const fake = { setTimeout: set, clearTimeout: clear, setInterval: setRepeated, clearInterval: clear };
    Object.assign(globalThis, fake);
    Date.now = () => this.nowMs;
    return () => {
      const { now, setImmediate: _, ...timers } = this.real;
      Object.assign(globalThis, timers);
      Date.now = now;
    };
  }

  /** Forgets what was set: nobody waits for it any more. */
  clear(): void {
    this.timers.clear();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void setTimeout(resolve, ms));
  }

  /** Runs the earliest timer, unless there is none by then; tells whether it did. */
  leap(untilMs: number): boolean {
    let first: number | undefined;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const [id, timer] of this.timers) {
      if (timer.dueMs < dueMs) [first, dueMs] = [id, timer.dueMs];
    }
    if (first === undefined || dueMs > untilMs) return false;
    const { run } = this.timers.get(first) as { run: () => void };
    this.timers.delete(first);
    this.nowMs = Math.max(this.nowMs, dueMs);
    run();
    return true;
  }

  /** Until everything that can run has run. */
  quiet(): Promise<void> {
    return new Promise((resolve) => void this.real.setImmediate(resolve));
  }
}
