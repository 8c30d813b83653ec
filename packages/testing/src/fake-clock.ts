import { describe } from "@portico/core/adapter";
import { date, wrong } from "./fake-check.js";
import { fakeTime } from "./seed.js";

/** A clock that stands still until a test moves it. It replaces no global: give it to what should follow it. */
export interface FakeClock {
  /** What it shows. */
  readonly now: () => Date;
  /** Resolves when the clock has been moved that far; for code that takes its `sleep` from outside. */
  readonly sleep: (ms: number) => Promise<void>;
  /**
   * Moves it, and runs what comes due on the way, in order: sleeps end, deadlines of contexts fire. Resolves when what that set going has
   * had its turn; real input and output is not waited for.
   */
  advance(ms: number): Promise<void>;
  /** For contexts: runs `act` when the clock shows `dueMs`, milliseconds since the epoch. */
  "~at"(dueMs: number, act: () => void): void;
}

interface Timer {
  readonly dueMs: number;
  readonly act: () => void;
}

// Taken at once: a test framework may put a pretended one in its place.
const { setImmediate: immediately } = globalThis;

/** One turn of the event loop, so that promises that were waiting have gone as far as they can. */
const turn = (): Promise<void> => new Promise((resolve) => immediately(resolve));

/**
 * A clock for tests of schedules and deadlines.
 *
 * @param start default: the start of 2026, when every fake happens.
 * @throws {HandlerError} CONFIG_INVALID when it is not a time.
 * @example
 * const clock = fake.clock("2026-03-29T00:59:00Z");
 * const context = fake.context({}, { clock, timeoutMs: 5_000 });
 * const outcome = nightly(fake.schedule({ time: clock.now() }), context);
 * await clock.advance(5_000);
 * expect(context.signal.aborted).toBe(true);
 */
export function fakeClock(start: Date | string = fakeTime): FakeClock {
  let nowMs = toTime(start);
  const timers: Timer[] = [];
  const at = (dueMs: number, act: () => void): void => {
    timers.push({ dueMs, act });
    timers.sort((one, two) => one.dueMs - two.dueMs);
  };
  return {
    now: () => new Date(nowMs),
    sleep: (ms) => new Promise((resolve) => at(nowMs + checkMs(ms), resolve)),
    advance: async (ms) => {
      const untilMs = nowMs + checkMs(ms);
      await turn();
      for (let next = timers[0]; next && next.dueMs <= untilMs; next = timers[0]) {
        timers.shift();
        nowMs = Math.max(nowMs, next.dueMs);
        next.act();
        await turn();
      }
      nowMs = untilMs;
    },
    "~at": at,
  };
}

function toTime(start: Date | string): number {
  const time = typeof start === "string" ? new Date(start) : start;
  if (date.fits(time)) return time.getTime();
  throw wrong(`A fake clock starts at a Date, or text that Date reads, and ${describe(start)} is given.`);
}

function checkMs(ms: number): number {
  if (ms >= 0 && Number.isFinite(ms)) return ms;
  throw wrong(`A fake clock moves by milliseconds from 0, and not by ${describe(ms)}.`);
}
