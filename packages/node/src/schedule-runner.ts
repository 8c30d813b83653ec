import type { AnyScheduleFunction, Logger, ScheduleEvent, Sink } from "@portico/core";
import { createMessageEntry, errorFields, type MessageEntry, type Watchdog } from "@portico/core/adapter";
import type { NodeContext } from "./context.js";
import type { SchedulesOptions } from "./schedule-options.js";

/** What the runs of schedules need of the server. */
export interface ScheduleHost {
  createContext(deadlineMs: number | undefined): NodeContext;
  /** Contexts of runs under way: a stop waits for them. */
  readonly active: Set<NodeContext>;
  readonly watchdog: Watchdog;
  readonly sink: Sink | undefined;
  readonly log: Logger;
}

/** A run that has begun, and neither ended nor been abandoned. */
interface Run {
  readonly tick: ScheduleEvent;
  readonly beganMs: number;
  readonly root: NodeContext;
}

const leaseLimitMs = 30_000;
// How long a run without a time limit may hold back later ticks.
const endlessAfterMs = 24 * 3_600_000;

/**
 * Runs the ticks of one schedule, one at a time unless `overlap` is set. Its ticks are a group of the delivery engine: a run that goes on
 * after its time holds back the next tick once; then it is logged and forgotten, so that a handler that hangs cannot stop its schedule.
 */
export class ScheduleRunner {
  private readonly fn: AnyScheduleFunction;
  private readonly options: SchedulesOptions & { readonly timeoutMs: number };
  private readonly host: ScheduleHost;
  private readonly entry: MessageEntry<ScheduleEvent>;
  private current: Run | undefined = undefined;
  private leasing = false;
  private stopped = false;

  constructor(fn: AnyScheduleFunction, options: SchedulesOptions & { readonly timeoutMs: number }, host: ScheduleHost) {
    this.fn = fn;
    this.options = options;
    this.host = host;
    const { sink, watchdog } = host;
    this.entry = createMessageEntry<ScheduleEvent>("schedule", fn, { sink }, { sources: [], watchdog });
  }

  /** Runs a tick, or leaves it out and logs that. Never rejects. */
  async take(tick: ScheduleEvent): Promise<void> {
    if (this.options.overlap || this.isFree()) await this.begin(tick);
    else this.leaveOut(tick);
  }

  /** No tick begins any more. */
  stop(): void {
    this.stopped = true;
  }

  private isFree(): boolean {
    const { current } = this;
    if (current && performance.now() - current.beganMs >= endlessAfterMs) this.forget(current);
    return !this.current && !this.leasing;
  }

  private forget(run: Run): void {
    this.current = undefined;
    // Nor does a stop wait for it.
    this.host.active.delete(run.root);
    this.host.log.error("a run of a schedule did not end and is no longer waited for; the next tick runs beside it", {
      ...this.fn.trigger,
      due: run.tick.scheduledTime,
      runningMs: Math.round(performance.now() - run.beganMs),
    });
  }

  private leaveOut({ scheduledTime }: ScheduleEvent): void {
    if (this.stopped) return;
    this.host.log.warn("a tick is left out: the one before still runs", { ...this.fn.trigger, due: scheduledTime });
  }

  private async begin(tick: ScheduleEvent): Promise<void> {
    this.leasing = true;
    const leased = !this.stopped && (await this.lease(tick));
    this.leasing = false;
    if (leased && !this.stopped) await this.run(tick);
  }

  private async lease(tick: ScheduleEvent): Promise<boolean> {
    const { lease } = this.options;
    if (!lease) return true;
    let granted: unknown;
    try {
      const answer = Promise.resolve(lease(tick)).then((given) => {
        granted = given;
      });
      if (await within(answer, leaseLimitMs)) return granted === true;
      this.host.log.error("the lease of a tick took too long; it does not run here", { tick: tick.id });
    } catch (error) {
      this.host.log.error("the lease of a tick failed; it does not run here", {
        tick: tick.id,
        error: errorFields(error),
      });
    }
    return false;
  }

  private async run(tick: ScheduleEvent): Promise<void> {
    const { active, createContext } = this.host;
    const { timeoutMs, overlap } = this.options;
    const isLimited = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY;
    const root = createContext(isLimited ? Date.now() + timeoutMs : undefined);
    const run: Run = { tick, beganMs: performance.now(), root };
    this.current = run;
    active.add(root);
    const record = { event: tick, group: overlap ? undefined : tick.source, fields: { kind: "schedule" } };
    try {
      const [disposition] = await this.entry.run(root, () => this.entry.deliver(root, [record]));
      if (disposition?.state !== "done")
        root.log.error("the tick failed; the next one comes at its time", { messageId: tick.id });
    } catch (error) {
      root.log.error("the tick failed", { messageId: tick.id, error: errorFields(error) });
    }
    if (this.current === run) this.current = undefined;
    active.delete(root);
  }
}

/** Whether a promise is settled in time; rejects as it does. */
async function within(promise: Promise<void>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
    // A server that has stopped ends its process, whatever still waits.
    timer.unref();
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
