import {
  type AnyScheduleFunction,
  HandlerError,
  type Logger,
  type ScheduleEvent,
  type ScheduleTrigger,
  type Sink,
} from "@portico/core";
import { createMessageEntry, errorFields, type MessageEntry, plainEvent, type Watchdog } from "@portico/core/adapter";
import type { NodeContext } from "./context.js";

export interface SchedulesOptions {
  /** Whether a tick begins while the one before still runs. Else it is left out, and logged. Default: false. */
  readonly overlap?: boolean | undefined;
  /** How long one run may take, in milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/** What the runs of schedules need of the server. */
export interface ScheduleHost {
  createContext(deadlineMs: number | undefined): NodeContext;
  /** Contexts of runs under way: a stop waits for them. */
  readonly active: Set<NodeContext>;
  readonly watchdog: Watchdog;
  readonly sink: Sink | undefined;
  readonly log: Logger;
}

/** The next time after one, both in milliseconds since the epoch; undefined when there is none. */
type Next = (afterMs: number) => number | undefined;

// The longest that one timer waits; so that a clock that was set, or a machine that slept, is noticed.
const longestWaitMs = 60_000;
const lateMs = 60_000;

/**
 * Runs schedule functions in this process, until it is stopped. Each process that serves them runs them.
 *
 * @throws {HandlerError} CONFIG_INVALID when a schedule can never come.
 */
export async function startSchedules(
  functions: readonly AnyScheduleFunction[],
  options: SchedulesOptions,
  host: ScheduleHost,
): Promise<() => void> {
  const startMs = Date.now();
  const nexts: Next[] = [];
  for (const { trigger } of functions) nexts.push(await toNext(trigger, startMs));
  const clocks = functions.map((fn, index) => new Clock(fn, nexts[index] as Next, options, host));
  for (const clock of clocks) clock.plan(startMs);
  return () => {
    for (const clock of clocks) clock.stop();
  };
}

async function toNext({ cron, everySeconds, timeZone = "UTC" }: ScheduleTrigger, startMs: number): Promise<Next> {
  if (cron === undefined) {
    const stepMs = (everySeconds ?? 0) * 1000;
    return (afterMs) => startMs + (Math.floor((afterMs - startMs) / stepMs) + 1) * stepMs;
  }
  // Loaded by whoever has a cron line; the others start without it.
  const { Cron } = await import("croner");
  const line = new Cron(cron, { timezone: timeZone, sloppyRanges: true, paused: true });
  const next: Next = (afterMs) => line.nextRun(new Date(afterMs))?.getTime();
  if (next(startMs) === undefined) {
    throw new HandlerError("CONFIG_INVALID", `The cron line ${JSON.stringify(cron)} names a time that never comes.`);
  }
  return next;
}

class Clock {
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;
  private stopped = false;
  private running = 0;
  private readonly fn: AnyScheduleFunction;
  private readonly next: Next;
  private readonly options: SchedulesOptions;
  private readonly host: ScheduleHost;
  private readonly entry: MessageEntry<ScheduleEvent>;

  constructor(fn: AnyScheduleFunction, next: Next, options: SchedulesOptions, host: ScheduleHost) {
    this.fn = fn;
    this.next = next;
    this.options = options;
    this.host = host;
    const { sink, watchdog } = host;
    // Ticks are of one group: no tick begins beside one that was abandoned, which is waited for once.
    this.entry = createMessageEntry<ScheduleEvent>("schedule", fn, { sink }, { sources: [], watchdog });
  }

  plan(afterMs: number): void {
    const dueMs = this.next(afterMs);
    if (this.stopped || dueMs === undefined) return;
    const waitMs = Math.min(Math.max(0, dueMs - Date.now()), longestWaitMs);
    this.timer = setTimeout(() => this.wake(dueMs, afterMs), waitMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private wake(dueMs: number, afterMs: number): void {
    const nowMs = Date.now();
    if (nowMs < dueMs) {
      this.plan(afterMs);
      return;
    }
    // Of several that are over, while the machine slept, the last one runs, and is late.
    let lastMs = dueMs;
    for (let one = this.next(dueMs); one !== undefined && one <= nowMs; one = this.next(one)) lastMs = one;
    this.plan(lastMs);
    if (this.running > 0 && !this.options.overlap) {
      this.host.log.warn("a tick is left out: the one before still runs", {
        ...this.fn.trigger,
        due: new Date(lastMs),
      });
    } else void this.run(lastMs, nowMs);
  }

  private async run(dueMs: number, nowMs: number): Promise<void> {
    const { active, createContext } = this.host;
    const { timeoutMs = 0, overlap } = this.options;
    const root = createContext(timeoutMs > 0 ? nowMs + timeoutMs : undefined);
    const event = toTick(this.fn.trigger, dueMs, nowMs);
    const record = { event, group: overlap ? undefined : event.source, fields: { kind: "schedule" } };
    this.running += 1;
    active.add(root);
    try {
      const [disposition] = await this.entry.run(root, () => this.entry.deliver(root, [record]));
      if (disposition?.state !== "done") root.log.error("the tick failed; the next one comes at its time");
    } catch (error) {
      root.log.error("the tick failed", { error: errorFields(error) });
    }
    this.running -= 1;
    active.delete(root);
  }
}

function toTick(trigger: ScheduleTrigger, dueMs: number, nowMs: number): ScheduleEvent {
  const { cron, everySeconds, timeZone = "UTC" } = trigger;
  const name = cron === undefined ? `every ${everySeconds} seconds` : `${cron} ${timeZone}`;
  const scheduledTime = new Date(dueMs);
  return plainEvent({
    kind: "schedule",
    id: `${name}@${scheduledTime.toISOString()}`,
    source: `schedule:${name}`,
    time: scheduledTime,
    native: trigger,
    scheduledTime,
    late: nowMs - dueMs > lateMs,
    json: async () => null,
  });
}
