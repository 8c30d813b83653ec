import { expect, test, vi } from "vitest";
import { toTimerMs } from "./watchdog.js";

test.each([2 ** 31, 1e12, Number.POSITIVE_INFINITY])("a timer of %d milliseconds does not fire at once", (ms) => {
  vi.useFakeTimers();
  try {
    const fired = vi.fn();
    setTimeout(fired, toTimerMs(ms));
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(fired).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

test("a time that a timer can wait stays as it is", () => {
  expect([0, 1, 2 ** 31 - 1].map(toTimerMs)).toEqual([0, 1, 2 ** 31 - 1]);
});
