import type { AnyScheduleFunction, ScheduleEvent, ScheduleTrigger } from "@portico/core";
import { plainEvent } from "@portico/core/adapter";
import { checkSchedules, type SchedulesOptions } from "./schedule-options.js";
import { type ScheduleHost, ScheduleRunner } from "./schedule-runner.js";
import { type Times, toTimes } from "./times.js";

// The longest that one timer waits; so that a clock that was set, or a machine that slept, is noticed.
const longestWaitMs = 60_000;
const lateMs = 60_000;

/**
 * Runs schedule functions in this process, until it is stopped. Each process that serves them runs them, unless a lease says which.
 *
 * @throws {HandlerError} CONFIG_INVALID when a schedule can never come, or an option cannot work.
 */
export async function startSchedules(
  functions: readonly AnyScheduleFunction[],
  given: SchedulesOptions,
  host: ScheduleHost,
): Promise<() => void> {
  const options = checkSchedules(given) as NonNullable<ReturnType<typeof checkSchedules>>;
  const startMs = Date.now();
  // Replicas that share a rate count it from the same time.
  const originMs = options.lease ? 0 : startMs;
  const names = toNames(functions.map(({ trigger }) => trigger));
  const clocks: Clock[] = [];
  for (const [index, fn] of functions.entries()) {
    const times = await toTimes(fn.trigger, originMs);
    clocks.push(new Clock(fn.trigger, names[index] as string, times, new ScheduleRunner(fn, options, host), host));
  }
  for (const clock of clocks) clock.start(startMs);
  return () => {
    for (const clock of clocks) clock.stop();
  };
}

/** Functions at the same times are told apart by their order, which is the same in every replica. */
function toNames(triggers: readonly ScheduleTrigger[]): readonly string[] {
  const count = new Map<string, number>();
  return triggers.map(({ cron, everySeconds, timeZone = "UTC" }) => {
    const name = cron === undefined ? `every ${everySeconds} seconds` : `${cron} ${timeZone}`;
    const before = count.get(name) ?? 0;
    count.set(name, before + 1);
    return before === 0 ? name : `${name} #${before + 1}`;
  });
}

/** Wakes at the times of one schedule, by a wall clock that may be set, while its timers go by one that may not. */
class Clock {
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;
  private stopped = false;
  /** The last time that was due, or the start. */
  private passedMs = 0;
  private readonly trigger: ScheduleTrigger;
  private readonly name: string;
  private readonly times: Times;
  private readonly runner: ScheduleRunner;
  private readonly host: ScheduleHost;

  constructor(trigger: ScheduleTrigger, name: string, times: Times, runner: ScheduleRunner, host: ScheduleHost) {
    this.trigger = trigger;
    this.name = name;
    this.times = times;
    this.runner = runner;
    this.host = host;
  }

  start(nowMs: number): void {
    this.passedMs = nowMs;
    this.plan(nowMs);
  }

  stop(): void {
    this.stopped = true;
    this.runner.stop();
    clearTimeout(this.timer);
  }

  private plan(nowMs: number): void {
    if (nowMs <= this.passedMs - this.times.repeatsAfterMs) {
      this.host.log.warn("the clock was set back: the schedule goes on from the time that it tells now", {
        ...this.trigger,
        passed: new Date(this.passedMs),
      });
      this.passedMs = nowMs;
    }
    const dueMs = this.times.next(this.passedMs);
    if (this.stopped || dueMs === undefined) return;
    const waitMs = Math.min(Math.max(0, dueMs - nowMs), longestWaitMs);
    this.timer = setTimeout(() => this.wake(dueMs), waitMs);
  }

  private wake(dueMs: number): void {
    const nowMs = Date.now();
    if (nowMs < dueMs) {
      this.plan(nowMs);
      return;
    }
    // Of several that are over, while the machine slept or because its clock was set, the last one runs.
    const lastMs = Math.max(dueMs, this.times.last(nowMs) ?? dueMs);
    if (lastMs > dueMs) {
      this.host.log.warn("ticks were missed: the last of them runs", {
        ...this.trigger,
        from: new Date(dueMs),
        to: new Date(lastMs),
      });
    }
    this.passedMs = lastMs;
    this.plan(nowMs);
    void this.runner.take(this.toTick(lastMs, nowMs));
  }

  private toTick(dueMs: number, nowMs: number): ScheduleEvent {
    const scheduledTime = new Date(dueMs);
    return plainEvent({
      kind: "schedule",
      id: `${this.name}@${scheduledTime.toISOString()}`,
      source: `schedule:${this.name}`,
      time: scheduledTime,
      native: this.trigger,
      scheduledTime,
      late: nowMs - dueMs > lateMs,
      json: async () => null,
    });
  }
}
