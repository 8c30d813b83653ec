import { InvocationContext, type Timer } from "@azure/functions";
import { every, type ScheduleEvent, schedule } from "@portico/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { json } from "../test/rpc.js";
import { bindingOf, fire, worker } from "../test/worker.js";
import { toTimerSchedule } from "./schedule/cron.js";
import { type AzureScheduleOptions, schedule as register } from "./schedule.js";

let count = 0;
beforeEach(() => {
  vi.stubEnv("WEBSITE_TIME_ZONE", "");
  vi.stubEnv("TZ", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const declare = (when: Parameters<typeof schedule>[0], timeZone?: string) =>
  schedule(when, timeZone === undefined ? {} : { timeZone }).handle(() => undefined);

describe("a declaration becomes the host's schedule", () => {
  test.each([
    ["0 3 * * *", "0 0 3 * * *"],
    ["*/5 * * * *", "0 */5 * * * *"],
    ["30 9-17 * * MON-FRI", "0 30 9-17 * * MON-FRI"],
    ["0 0 1,15 JAN *", "0 0 0 1,15 JAN *"],
    ["0 0 * * 7", "0 0 0 * * 0"],
    ["0 0 * * 5-7", "0 0 0 * * 5-6,0"],
    ["0 0 * * 7-7", "0 0 0 * * 0"],
    ["0 0 * * FRI-7", "0 0 0 * * FRI-6,0"],
    ["0 0 * * 1-7/2", "0 0 0 * * 1-6/2,0"],
    ["0 0 * * 2-7/2", "0 0 0 * * 2-6/2"],
    ["0 0 * * 1,7", "0 0 0 * * 1,0"],
    ["0 0 * * SUN-SUN", "0 0 0 * * 0"],
    ["0 0 * * 0-SUN", "0 0 0 * * 0"],
    ["0 0 * * 7/2", "0 0 0 * * 0"],
    ["0 0 * * MON-sun", "0 0 0 * * MON-6,0"],
    ["0 0 * * sat-SUN", "0 0 0 * * sat-6,0"],
    ["0 0 * * 0-7", "0 0 0 * * 0-6"],
    ["0 0 */2 * *", "0 0 0 */2 * *"],
    ["0 0 1 * */1", "0 0 0 1 * */1"],
    ["0 0 * * */2", "0 0 0 * * */2"],
    ["5/15 * * * *", "0 5/15 * * * *"],
  ])("%s is %s", (cron, expected) => {
    expect(toTimerSchedule(declare(cron).trigger)).toBe(expected);
  });

  test.each([
    ["1 second", "* * * * * *"],
    ["30 seconds", "*/30 * * * * *"],
    ["1 minute", "0 * * * * *"],
    ["5 minutes", "0 */5 * * * *"],
    ["1 hour", "0 0 * * * *"],
    ["6 hours", "0 0 */6 * * *"],
    ["1 day", "0 0 0 * * *"],
    // No cron line runs evenly at these.
    ["45 seconds", "00:00:45"],
    ["7 minutes", "00:07:00"],
    ["90 minutes", "01:30:00"],
    ["2 days", "2.00:00:00"],
  ])("every %s is %s", (rate, expected) => {
    expect(toTimerSchedule(declare(every(rate)).trigger)).toBe(expected);
  });

  test.each(["0 0 1 * MON", "0 0 */2 * MON", "0 0 1 * */2", "0 0 1-31 * MON", "0 0 1 * 0-6", "0 0 */2 * */3"])(
    "%s names days of the month and of the week, and is refused: Azure means both, others either",
    (line) => {
      expect(() => register("both-days", declare(line))).toThrow("days of the month and of the week");
    },
  );

  test("Azure's own options pass through, its schedule before the declared", () => {
    const retry = { strategy: "fixedDelay", maxRetryCount: 3, delayInterval: 1000 } as const;
    register("timer-told", declare("0 3 * * *"), { timer: { runOnStartup: true, useMonitor: false, retry } });
    expect(bindingOf("timer-told")).toMatchObject({
      type: "timerTrigger",
      schedule: "0 0 3 * * *",
      runOnStartup: true,
      useMonitor: false,
    });
    expect(worker.functions.get("timer-told")?.metadata.retryOptions).toMatchObject({ maxRetryCount: 3 });
    register("timer-setting", declare("0 3 * * *", "Europe/Paris"), { timer: { schedule: "%NIGHTLY%" } });
    expect(bindingOf("timer-setting")?.schedule).toBe("%NIGHTLY%");
  });
});

describe("the time zone", () => {
  const paris = () => declare("0 3 * * *", "Europe/Paris");
  const refused = expect.objectContaining({
    code: "CONFIG_INVALID",
    hint: expect.stringContaining("WEBSITE_TIME_ZONE"),
  });

  test("that is declared must be the app's", () => {
    expect(() => register("zone-missing", paris())).toThrow(refused);
    vi.stubEnv("WEBSITE_TIME_ZONE", "America/New_York");
    expect(() => register("zone-other", paris())).toThrow(refused);
    vi.stubEnv("WEBSITE_TIME_ZONE", "Europe/Paris");
    register("zone-set", paris());
  });

  test("is UTC where none is declared", () => {
    vi.stubEnv("WEBSITE_TIME_ZONE", "Europe/Paris");
    expect(() => register("zone-none", declare("0 3 * * *"))).toThrow(refused);
    vi.stubEnv("WEBSITE_TIME_ZONE", "Etc/UTC");
    register("zone-utc", declare("0 3 * * *"));
  });

  test("can be told where the setting cannot be read; names of Windows cannot be compared", () => {
    register("zone-told", paris(), { timeZone: "Europe/Paris" });
    vi.stubEnv("WEBSITE_TIME_ZONE", "Romance Standard Time");
    register("zone-windows", paris());
    vi.stubEnv("WEBSITE_TIME_ZONE", "");
    vi.stubEnv("TZ", ":Europe/Paris");
    register("zone-tz", paris());
  });

  test("does not matter for a rate", () => {
    vi.stubEnv("WEBSITE_TIME_ZONE", "Europe/Paris");
    register("zone-rate", declare(every("5 minutes")));
  });
});

describe("a tick", () => {
  const due = "2026-03-05T10:15:00+00:00";
  const timer = (more: Partial<Timer> = {}) =>
    ({
      isPastDue: false,
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: "2026-03-05T10:10:00.0043842+00:00",
        next: due,
        lastUpdated: "2026-03-05T10:10:00.0043842+00:00",
      },
      ...more,
    }) satisfies Timer;

  async function tick(input: unknown, now: string, options: AzureScheduleOptions = {}): Promise<ScheduleEvent> {
    vi.useFakeTimers({ now: new Date(now), toFake: ["Date"] });
    count += 1;
    const events: ScheduleEvent[] = [];
    const handle = register(
      `tick${count}`,
      schedule("*/5 * * * *").handle((event) => void events.push(event)),
      options,
    );
    await handle(input, new InvocationContext({ invocationId: "invocation-1", logHandler: () => undefined }));
    return events[0] as ScheduleEvent;
  }

  test("knows when it was due, by a date with the host's offset", async () => {
    const event = await tick(timer(), "2026-03-05T10:15:00.020Z");
    expect(event).toMatchObject({ id: `tick${count}@2026-03-05T10:15:00.000Z`, source: `tick${count}`, late: false });
    expect(event.scheduledTime.toISOString()).toBe("2026-03-05T10:15:00.000Z");
    expect(await event.json()).toBeNull();
    const status = { last: "", next: "2022-03-28T15:45:00-05:00", lastUpdated: "" };
    const other = await tick(timer({ scheduleStatus: status }), "2022-03-28T20:45:00Z");
    expect(other.scheduledTime.toISOString()).toBe("2022-03-28T20:45:00.000Z");
  });

  test("is late when the host says so, or a minute has passed", async () => {
    expect((await tick(timer({ isPastDue: true }), "2026-03-05T10:15:01Z")).late).toBe(true);
    expect((await tick(timer(), "2026-03-05T10:17:00Z")).late).toBe(true);
    expect((await tick(timer(), "2026-03-05T10:15:59Z")).late).toBe(false);
  });

  test("without the monitor is due when it comes, under the invocation's id", async () => {
    const event = await tick({ ...timer(), scheduleStatus: null }, "2026-03-05T10:15:00.020Z");
    expect(event).toMatchObject({ id: "invocation-1", late: false });
    expect(event.scheduledTime.toISOString()).toBe("2026-03-05T10:15:00.020Z");
  });

  test("at the app's start is not that of the future", async () => {
    const event = await tick(timer(), "2026-03-05T10:12:00Z");
    expect(event.scheduledTime.toISOString()).toBe("2026-03-05T10:12:00.000Z");
  });

  test("is the same again when a retry policy repeats it", async () => {
    register(
      "repeated",
      schedule("*/5 * * * *").handle(() => Promise.reject(undefined)),
    );
    const input = json({ Schedule: {}, ScheduleStatus: { Next: due }, IsPastDue: false });
    const retryContext = { retryCount: 1, maxRetryCount: 1 };
    await expect(fire("repeated", { input })).rejects.toBeInstanceOf(Error);
    await expect(fire("repeated", { input, retryContext })).rejects.toBeInstanceOf(Error);
  });
});
