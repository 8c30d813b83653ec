import { deadLetter, every, type LogEntry, type ScheduleEvent, schedule } from "@portico/core";
import { Watchdog } from "@portico/core/adapter";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NodeContext } from "./context.js";
import { serve } from "./index.js";
import type { SchedulesOptions } from "./schedule-options.js";
import { startSchedules } from "./schedules.js";

// The timers that are faked are not those of node:timers/promises.
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const logged: LogEntry[] = [];
let stop = () => {};

beforeEach(() => {
  logged.length = 0;
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.useFakeTimers({ now: new Date("2026-03-28T23:59:30Z") });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const active = new Set<NodeContext>();

async function begin(fn: Parameters<typeof startSchedules>[0][number], options: SchedulesOptions = {}, sink?: any) {
  const format = (entry: LogEntry) => {
    logged.push(entry);
    return entry;
  };
  const logging = { level: "info", format } as const;
  const createContext = (deadlineMs: number | undefined) =>
    new NodeContext(undefined, undefined, logging, { functionName: "f", deadlineMs, coldStart: false });
  const host = { createContext, active, watchdog: new Watchdog(), sink, log: createContext(undefined).log };
  stop = await startSchedules([fn], options, host);
}

const messages = () => logged.map(({ message }) => message);

test("a cron line runs at its times, and not before", async () => {
  const ticks: string[] = [];
  await begin(
    schedule("*/5 * * * *").handle(
      ({ scheduledTime, late, id }) => void ticks.push(`${scheduledTime.toISOString()} ${late} ${id}`),
    ),
  );
  await vi.advanceTimersByTimeAsync(29_000);
  expect(ticks).toEqual([]);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(ticks).toEqual([
    "2026-03-29T00:00:00.000Z false */5 * * * * UTC@2026-03-29T00:00:00.000Z",
    "2026-03-29T00:05:00.000Z false */5 * * * * UTC@2026-03-29T00:05:00.000Z",
  ]);
});

test("a cron line is in its own time zone, over the change to summer time", async () => {
  const ticks: string[] = [];
  await begin(
    schedule("30 3 * * *", { timeZone: "Europe/Paris" }).handle(
      ({ scheduledTime }) => void ticks.push(scheduledTime.toISOString()),
    ),
  );
  await vi.advanceTimersByTimeAsync(49 * 3_600_000);
  expect(ticks).toEqual(["2026-03-29T01:30:00.000Z", "2026-03-30T01:30:00.000Z"]);
});

test.each(["5/15 * * * *", "0 0 * * 7", "0 0 1,15 * MON", "0 9-17/2 * JAN-DEC *"])(
  "the cron line %s, which core takes, is understood",
  async (line) => {
    await begin(schedule(line).handle(() => {}));
  },
);

test("a rate runs from the start, every so often", async () => {
  const ticks: number[] = [];
  const startMs = Date.now();
  await begin(
    schedule(every("30 seconds")).handle(({ scheduledTime }) => void ticks.push(scheduledTime.getTime() - startMs)),
  );
  await vi.advanceTimersByTimeAsync(95_000);
  expect(ticks).toEqual([30_000, 60_000, 90_000]);
});

test("a tick during the one before is left out and logged, unless overlap is asked for", async () => {
  for (const [overlap, expected] of [
    [false, 2],
    [true, 4],
  ] as const) {
    let begun = 0;
    logged.length = 0;
    const fn = schedule(every("10 seconds")).handle(async () => {
      begun += 1;
      await pause(15_000);
    });
    await begin(fn, { overlap });
    await vi.advanceTimersByTimeAsync(45_000);
    stop();
    expect(begun).toBe(expected);
    expect(messages().includes("a tick is left out: the one before still runs")).toBe(!overlap);
    await vi.advanceTimersByTimeAsync(60_000);
  }
});

test("after a sleep of the machine the last missed tick runs, and is late", async () => {
  const ticks: ScheduleEvent[] = [];
  await begin(schedule("*/1 * * * *").handle((tick) => void ticks.push(tick)));
  vi.setSystemTime(new Date("2026-03-29T00:05:59.500Z"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ticks.map(({ scheduledTime, late }) => [scheduledTime.toISOString(), late])[0]).toEqual([
    "2026-03-29T00:06:00.000Z",
    false,
  ]);
  ticks.length = 0;
  vi.setSystemTime(new Date("2026-03-29T01:00:00Z"));
  await begin(schedule("0 * * * *").handle((tick) => void ticks.push(tick)));
  vi.setSystemTime(new Date("2026-03-29T04:30:00Z"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ticks.map(({ scheduledTime, late }) => [scheduledTime.toISOString(), late])).toContainEqual([
    "2026-03-29T04:00:00.000Z",
    true,
  ]);
});

test("a tick that fails is logged, and the next one comes; one that can never be done goes to the sink", async () => {
  const sunk: string[] = [];
  let count = 0;
  const fn = schedule(every("10 seconds")).handle(() => {
    count += 1;
    if (count === 1) return Promise.reject(undefined);
    return deadLetter("never");
  });
  await begin(fn, {}, async (_: unknown, reason: string) => void sunk.push(reason));
  await vi.advanceTimersByTimeAsync(25_000);
  expect([count, sunk]).toEqual([2, ["never"]]);
  expect(messages()).toContain("the tick failed; the next one comes at its time");
});

test("a run over its time-out is given up, and holds back the next one while it goes on", async () => {
  let begun = 0;
  const fn = schedule(every("10 seconds")).handle(async () => {
    begun += 1;
    await pause(25_000);
  });
  await begin(fn, { timeoutMs: 2_000 });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(messages()).toContain("the tick failed; the next one comes at its time");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(begun).toBe(1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(begun).toBe(2);
});

test("a time that never comes is refused when it is declared", async () => {
  expect(() => schedule("0 0 31 2 *")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("serve runs schedules, and a stop waits for the run under way", async () => {
  vi.useRealTimers();
  let ended = 0;
  let begun = 0;
  const fn = schedule(every("1 second")).handle(async () => {
    begun += 1;
    await pause(300);
    ended += 1;
  });
  const serving = await serve(fn, { port: 0, host: "127.0.0.1", signals: [], schedules: true });
  const idle = await serve(
    schedule(every("1 second")).handle(() => Promise.reject(new Error("not here"))),
    { port: 0, host: "127.0.0.1", signals: [], schedules: false },
  );
  await vi.waitFor(() => expect(begun).toBe(1), 2_000);
  expect(await serving.close()).toBe(true);
  expect([begun, ended]).toEqual([1, 1]);
  expect(await idle.close()).toBe(true);
  await pause(1_100);
  expect(begun).toBe(1);
});
