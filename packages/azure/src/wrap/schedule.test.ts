import type { InvocationContext, Timer, TimerHandler } from "@azure/functions";
import { every, type ScheduleEvent } from "@portico/core";
import { expect, test, vi } from "vitest";
import { testContext } from "../../../core/test/message.js";
import { encodeSchedule, schedule } from "./schedule.js";

const tick: ScheduleEvent = {
  ...{ kind: "schedule", id: "t1", source: "nightly", time: new Date(), native: undefined, late: true },
  scheduledTime: new Date("2026-03-05T10:15:00Z"),
  json: async () => null,
};

test("a handler gets a timer that was due, and no metadata", async () => {
  const handler = vi.fn<TimerHandler>(async () => undefined);
  const fn = schedule(handler, { when: "*/5 * * * *", timeZone: "Europe/Paris" });
  expect(fn.trigger).toEqual({ kind: "schedule", cron: "*/5 * * * *", timeZone: "Europe/Paris" });
  expect(await fn(tick)).toEqual({ outcome: "ack" });
  const [timer, context] = handler.mock.calls[0] as [Timer, InvocationContext];
  expect(timer).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: {
      last: "0001-01-01T00:00:00+00:00",
      next: "2026-03-05T10:15:00+00:00",
      lastUpdated: "0001-01-01T00:00:00+00:00",
    },
    isPastDue: true,
  } satisfies Timer);
  expect(context.triggerMetadata).toBeUndefined();
  expect(context.options.trigger).toMatchObject({ type: "timerTrigger", schedule: "0 */5 * * * *" });
});

test("without the monitor nothing is told of the schedule; its own line is shown", async () => {
  const timer = { useMonitor: false, schedule: "%NIGHTLY%" };
  const [delivery] = await encodeSchedule([tick], { when: every("5 minutes"), timer });
  expect(delivery?.input).toMatchObject({ scheduleStatus: null });
});

test("a throw is retry; a line that is none is refused", async () => {
  const error = new Error("no");
  const fn = schedule(() => Promise.reject(error), { when: "0 3 * * *" });
  expect(await fn(tick, testContext().context)).toEqual({ outcome: "retry", error });
  expect(() => schedule(vi.fn(), { when: "nightly" })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
