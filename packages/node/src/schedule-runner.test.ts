import { every, type ScheduleEvent, schedule } from "@portico/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Started, startForTest } from "../test/schedules.js";
import { serve } from "./serve.js";

const started: Started[] = [];
const never = () => new Promise<void>(() => {});
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.useFakeTimers({ now: new Date("2026-06-10T10:00:00Z") });
});
afterEach(() => {
  for (const one of started.splice(0)) one.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function begin(...given: Parameters<typeof startForTest>): Promise<Started> {
  const one = await startForTest(...given);
  started.push(one);
  return one;
}

/** The lines of the runs, which have contexts of their own. */
const forgotten = (): Record<string, unknown>[] =>
  vi
    .mocked(process.stdout.write)
    .mock.calls.map(([line]) => JSON.parse(String(line)))
    .filter(({ message }) => message === "an earlier handler does not end, and is no longer waited for");

describe("a handler that hangs", () => {
  test("once, holds back one tick and no more", async () => {
    const runs: number[] = [];
    const startMs = Date.now();
    const fn = schedule(every("1 second")).handle(() => {
      runs.push(Date.now() - startMs);
      return runs.length === 1 ? never() : undefined;
    });
    const { active } = await begin([fn], { timeoutMs: 300 });
    await vi.advanceTimersByTimeAsync(6_500);
    expect(runs).toEqual([1000, 3000, 4000, 5000, 6000]);
    expect(active.size).toBe(0);
    const id = `every 1 seconds@${new Date(startMs + 2000).toISOString()}`;
    expect(forgotten().map(({ fields }) => fields)).toEqual([expect.objectContaining({ id, kind: "schedule" })]);
  });

  test("always, still begins every other tick", async () => {
    let runs = 0;
    const fn = schedule(every("1 second")).handle(() => {
      runs += 1;
      return never();
    });
    await begin([fn], { timeoutMs: 300 });
    await vi.advanceTimersByTimeAsync(10_500);
    expect(runs).toBe(5);
    expect(forgotten()).toHaveLength(5);
  });

  test("for a while after its time, lets the tick that waits run when it ends", async () => {
    const runs: number[] = [];
    const startMs = Date.now();
    const fn = schedule(every("10 seconds")).handle(async () => {
      runs.push(Date.now() - startMs);
      if (runs.length === 1) await pause(11_000);
    });
    await begin([fn], { timeoutMs: 3_000 });
    await vi.advanceTimersByTimeAsync(35_000);
    expect(runs).toEqual([10_000, 21_000, 30_000]);
    expect(forgotten()).toEqual([]);
  });

  test("longer than an hour after its time, holds back nothing", async () => {
    let runs = 0;
    const fn = schedule("0 3 * * *").handle(() => {
      runs += 1;
      return runs === 1 ? never() : undefined;
    });
    await begin([fn], { timeoutMs: 60_000 });
    await vi.advanceTimersByTimeAsync(3 * 24 * 3_600_000);
    expect(runs).toBe(3);
  });

  test.each([
    ["by default", undefined, 3],
    ["without a limit", 0, 24],
  ])("%s is not waited for for ever", async (_name, timeoutMs, hours) => {
    const runs: number[] = [];
    const startMs = Date.now();
    const fn = schedule(every("1 hour")).handle(() => {
      runs.push((Date.now() - startMs) / 3_600_000);
      return runs.length === 1 ? never() : undefined;
    });
    await begin([fn], { timeoutMs });
    await vi.advanceTimersByTimeAsync(30 * 3_600_000);
    expect(runs[1]).toBeLessThanOrEqual(hours + 1);
    expect(runs.at(-1)).toBe(30);
  });

  test("before its time holds back the tick, whatever the clock is set to", async () => {
    let runs = 0;
    const fn = schedule("* * * * *").handle(async () => {
      runs += 1;
      await pause(30 * 60_000);
    });
    await begin([fn]);
    await vi.advanceTimersByTimeAsync(61_000);
    vi.setSystemTime(new Date("2027-06-10T10:00:00Z"));
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(runs).toBe(1);
  });
});

describe("a lease", () => {
  /** The first to take a tick has it, as a row with a unique key would say. */
  const createLease = () => {
    const taken = new Set<string>();
    return async ({ id }: ScheduleEvent) => {
      if (taken.has(id)) return false;
      taken.add(id);
      return true;
    };
  };

  test.each([["*/10 * * * *" as const], [every("10 minutes")]])(
    "has each tick of %j run in one replica",
    async (when) => {
      const lease = createLease();
      const runs: string[] = [];
      for (const replica of ["a", "b", "c"]) {
        await begin([schedule(when).handle(({ id }) => void runs.push(`${replica} ${id}`))], { lease });
        await vi.advanceTimersByTimeAsync(7_300);
      }
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(runs).toHaveLength(6);
      expect(new Set(runs.map((run) => run.slice(2))).size).toBe(6);
    },
  );

  test("tells two functions at the same times apart", async () => {
    const ids: string[] = [];
    const fn = () => schedule("0 11 * * *").handle(({ id, source }) => void ids.push(`${source} ${id}`));
    await begin([fn(), fn()], { lease: createLease() });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ids).toEqual([
      "schedule:0 11 * * * UTC 0 11 * * * UTC@2026-06-10T11:00:00.000Z",
      "schedule:0 11 * * * UTC #2 0 11 * * * UTC #2@2026-06-10T11:00:00.000Z",
    ]);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("no database")), "the lease of a tick failed; it does not run here"],
    [
      "throws",
      () => {
        throw new Error("no database");
      },
      "the lease of a tick failed; it does not run here",
    ],
    ["never answers", () => new Promise<boolean>(() => {}), "the lease of a tick took too long; it does not run here"],
    ["answers with something else than true", () => "yes" as never, undefined],
  ])("that %s runs nothing, and the next tick is asked for", async (_name, fails, message) => {
    let asked = 0;
    let runs = 0;
    const fn = schedule(every("1 minute")).handle(() => {
      runs += 1;
    });
    const lease = () => {
      asked += 1;
      return asked === 1 ? fails() : true;
    };
    const { messages } = await begin([fn], { lease });
    await vi.advanceTimersByTimeAsync(60_000 * 2 + 31_000);
    expect([asked, runs]).toEqual([2, 1]);
    if (message) expect(messages()).toContain(message);
  });

  test("that comes after the stop runs nothing", async () => {
    let runs = 0;
    const fn = schedule(every("1 minute")).handle(() => {
      runs += 1;
    });
    const { stop } = await begin([fn], { lease: () => pause(5_000).then(() => true) });
    await vi.advanceTimersByTimeAsync(61_000);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toBe(0);
  });
});

describe("the option schedules of serve", () => {
  const fn = schedule("0 3 * * *").handle(() => undefined);
  const options = { port: 0, host: "127.0.0.1", signals: [] };
  beforeEach(() => void vi.useRealTimers());

  test("is needed, since every replica would run every schedule", async () => {
    await expect(serve(fn, options)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      hint: expect.stringContaining("schedules: { lease }"),
    });
  });

  test.each([
    { timeoutMs: Number.NaN },
    { timeoutMs: -1 },
    { timeoutMs: "300" },
    { overlap: "no" },
    { lease: true },
    { leese: () => true },
    null,
    "yes",
  ])("%j is refused", async (schedules) => {
    // @ts-expect-error not what the option takes
    await expect(serve(fn, { ...options, schedules })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test.each([true, false, {}, { timeoutMs: 0 }, { timeoutMs: Number.POSITIVE_INFINITY }, { lease: () => true }])(
    "%j is taken",
    async (schedules) => {
      expect(await (await serve(fn, { ...options, schedules })).close()).toBe(true);
    },
  );
});
