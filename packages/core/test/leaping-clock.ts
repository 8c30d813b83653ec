import { afterAll, beforeAll, vi } from "vitest";

/**
 * In this file time leaps to the next timer whenever nothing else can run, so that a deadline costs no wait. Only where all happens within
 * the process: what comes from a socket would be late.
 */
export function leapingClock(): void {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
    vi.setTimerTickMode("nextTimerAsync");
  });
  afterAll(() => void vi.useRealTimers());
}
