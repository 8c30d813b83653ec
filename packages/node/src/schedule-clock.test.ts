import { every, type ScheduleEvent, schedule } from "@portico/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Started, startForTest } from "../test/schedules.js";

const hour = 3_600_000;
const started: Started[] = [];
const ticks: string[] = [];
const note = ({ scheduledTime, late }: ScheduleEvent) =>
  void ticks.push(`${scheduledTime.toISOString().slice(0, 19)}${late ? " late" : ""}`);

beforeEach(() => {
  ticks.length = 0;
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.useFakeTimers({ now: new Date("2026-06-10T10:00:00Z") });
});
afterEach(() => {
  for (const one of started.splice(0)) one.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function begin(when: Parameters<typeof schedule>[0]): Promise<Started> {
  const one = await startForTest([schedule(when).handle(note)]);
  started.push(one);
  return one;
}

describe("a clock that is set back by a day", () => {
  test("goes on with an hourly line by the time that it tells", async () => {
    const { messages } = await begin("0 * * * *");
    await vi.advanceTimersByTimeAsync(hour);
    vi.setSystemTime(new Date("2026-06-09T11:30:00Z"));
    await vi.advanceTimersByTimeAsync(2 * hour);
    expect(ticks).toEqual(["2026-06-10T11:00:00", "2026-06-09T12:00:00", "2026-06-09T13:00:00"]);
    expect(messages()).toEqual(["the clock was set back: the schedule goes on from the time that it tells now"]);
  });

  test("goes on with a rate, and with a line at a fixed time", async () => {
    await begin(every("10 minutes"));
    await begin("45 10,22 * * *");
    await vi.advanceTimersByTimeAsync(50 * 60_000);
    ticks.length = 0;
    vi.setSystemTime(new Date("2026-06-09T10:30:00Z"));
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(ticks.filter((tick) => tick.includes(":45:"))).toEqual(["2026-06-09T10:45:00"]);
    expect(ticks).toHaveLength(4);
  });
});

describe("a clock that is set back a little", () => {
  test("repeats no line at fixed times, as cron(8) has it below three hours", async () => {
    await begin("0 11 * * *");
    await vi.advanceTimersByTimeAsync(hour + 1000);
    vi.setSystemTime(new Date("2026-06-10T09:30:00Z"));
    await vi.advanceTimersByTimeAsync(26 * hour);
    expect(ticks).toEqual(["2026-06-10T11:00:00", "2026-06-11T11:00:00"]);
  });

  test("repeats no tick that has just run", async () => {
    await begin("* * * * *");
    await vi.advanceTimersByTimeAsync(60_005);
    vi.setSystemTime(new Date("2026-06-10T10:00:57Z"));
    await vi.advanceTimersByTimeAsync(63_500);
    expect(ticks).toEqual(["2026-06-10T10:01:00", "2026-06-10T10:02:00"]);
  });
});

describe("a clock that is set forward by a year", () => {
  test.each(["* * * * *", "*/5 * * * *", "0 1,13 * * *"])(
    "runs the last missed tick of %s, without delay",
    async (line) => {
      const { messages } = await begin(line);
      vi.setSystemTime(new Date("2027-06-10T13:00:30Z"));
      const beforeMs = process.cpuUsage().user;
      await vi.advanceTimersByTimeAsync(60_000);
      // A walk over half a million ticks took 42 seconds.
      expect(process.cpuUsage().user - beforeMs).toBeLessThan(5_000_000);
      expect(ticks.length).toBeLessThanOrEqual(2);
      expect(ticks[0]).toMatch(/^2027-06-10T13:0[01]/);
      expect(messages()).toContain("ticks were missed: the last of them runs");
      await vi.advanceTimersByTimeAsync(24 * hour);
      expect(ticks.at(-1)).toMatch(/^2027-06-11/);
    },
  );

  test("and put right again, goes on", async () => {
    await begin(every("1 minute"));
    vi.setSystemTime(new Date("2027-06-10T10:00:00Z"));
    await vi.advanceTimersByTimeAsync(60_000);
    vi.setSystemTime(new Date("2026-06-10T10:01:30Z"));
    ticks.length = 0;
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
    expect(ticks.at(-1)).toMatch(/^2026-06-10T10:06/);
  });
});

test("a clock that is set is noticed within a minute, by a schedule that waits for a month", async () => {
  await begin("0 12 1 * *");
  vi.setSystemTime(new Date("2026-07-01T11:59:30Z"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ticks).toEqual(["2026-07-01T12:00:00"]);
});
