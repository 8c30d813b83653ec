import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toTimerMs, Watchdog, type Watched } from "./watchdog.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function entry(dueMs: number, nextMs = Number.POSITIVE_INFINITY): Watched & { at: number[] } {
  const at: number[] = [];
  return {
    at,
    dueMs,
    onDue(nowMs) {
      at.push(nowMs);
      this.dueMs = at.length === 1 ? nextMs : Number.POSITIVE_INFINITY;
    },
  };
}

test("each entry is told when it is due, and again when it asks", () => {
  const watchdog = new Watchdog();
  const [late, soon] = [entry(500), entry(100, 300)];
  watchdog.watch(late);
  watchdog.watch(soon);
  vi.advanceTimersByTime(1000);
  expect(soon.at).toEqual([100, 300]);
  expect(late.at).toEqual([500]);
});

test("a forgotten entry is left alone, and one timer serves all", () => {
  const watchdog = new Watchdog();
  const entries = [entry(100), entry(200), entry(300)];
  for (const one of entries) watchdog.watch(one);
  expect(vi.getTimerCount()).toBe(1);
  watchdog.forget(entries[1]!);
  vi.advanceTimersByTime(1000);
  expect(entries.map(({ at }) => at)).toEqual([[100], [], [300]]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a timer that is left over serves the next entry", () => {
  const watchdog = new Watchdog();
  const first = entry(100);
  watchdog.watch(first);
  watchdog.forget(first);
  vi.advanceTimersByTime(50);
  const second = entry(150);
  watchdog.watch(second);
  vi.advanceTimersByTime(100);
  expect(second.at).toEqual([150]);
});

test("a deadline further away than a timer can count is kept", () => {
  const watchdog = new Watchdog();
  const far = entry(2 ** 31 + 1000);
  watchdog.watch(far);
  vi.advanceTimersByTime(2 ** 31);
  expect(far.at).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(far.at).toHaveLength(1);
});

test("the event loop is held while something is watched, and only then", () => {
  vi.useRealTimers();
  const timers: { hasRef(): boolean }[] = [];
  const original = globalThis.setTimeout;
  const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, ms: number) => {
    const timer = original(run, ms);
    timers.push(timer);
    return timer;
  }) as typeof setTimeout);
  const watchdog = new Watchdog();
  const one = entry(Date.now() + 60_000);
  watchdog.watch(one);
  expect(timers[0]?.hasRef()).toBe(true);
  watchdog.forget(one);
  expect(timers[0]?.hasRef()).toBe(false);
  const two = entry(Date.now() + 120_000);
  watchdog.watch(two);
  expect(timers).toHaveLength(1);
  expect(timers[0]?.hasRef()).toBe(true);
  watchdog.forget(two);
  clearTimeout(timers[0] as unknown as NodeJS.Timeout);
  spy.mockRestore();
});

test("a newcomer that leaves within milliseconds is never asked when it is due", () => {
  const watchdog = new Watchdog();
  const plan = vi.fn(function (this: Watched, nowMs: number) {
    this.dueMs = nowMs + 100;
  });
  const newcomers = Array.from({ length: 3 }, () => ({ ...entry(0), plan, place: -1 }));
  for (const one of newcomers) watchdog.greet(one);
  watchdog.leave(newcomers[0]!);
  watchdog.leave(newcomers[2]!);
  vi.advanceTimersByTime(1000);
  expect(plan).toHaveBeenCalledOnce();
  expect(newcomers.map(({ at }) => at)).toEqual([[], [105], []]);
  watchdog.leave(newcomers[1]!);
});

test("a timer waits no longer than Node's can", () => {
  expect(toTimerMs(Number.POSITIVE_INFINITY)).toBe(2_147_483_647);
  expect(toTimerMs(5)).toBe(5);
});

test("newcomers share one timer, and an entry that is due earlier replaces the timer that is set", async () => {
  const watchdog = new Watchdog();
  const newcomer = (dueMs: number) => ({
    dueMs: Number.POSITIVE_INFINITY,
    place: -1,
    plan() {
      this.dueMs = Date.now() + dueMs;
    },
    onDue: vi.fn(),
  });
  for (const dueMs of [5000, 4000]) watchdog.greet(newcomer(dueMs));
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(5);
  expect(vi.getTimerCount()).toBe(1);
  watchdog.watch({ dueMs: Date.now() + 1000, onDue: vi.fn() });
  expect(vi.getTimerCount()).toBe(1);
});

test("the process is held open while something is watched, and not longer", () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  const watchdog = new Watchdog();
  const [one, two, three] = [1000, 2000, 3000].map((dueMs) => ({ dueMs: Date.now() + dueMs, onDue: vi.fn() }));
  if (!one || !two || !three) throw new Error("there are three");
  const isHeld = () => (timers.mock.results.at(-1)?.value as NodeJS.Timeout | undefined)?.hasRef();
  watchdog.watch(one);
  watchdog.watch(two);
  expect(isHeld()).toBe(true);
  watchdog.forget(one);
  expect(isHeld()).toBe(true);
  watchdog.forget(two);
  expect(isHeld()).toBe(false);
  watchdog.forget(two);
  watchdog.watch(three);
  expect(timers).toHaveBeenCalledOnce();
  expect(isHeld()).toBe(true);
  watchdog.forget(two);
  expect(isHeld()).toBe(true);
});
