import type { AnyScheduleFunction, Logger, ScheduleEvent, Sink } from "@portico/core";
import { Deadline, deliver, errorFields, MessageContext, type Unfinished, type Watchdog } from "@portico/core/adapter";
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

/** A run that has begun and not ended. */
interface Run {
  readonly tick: ScheduleEvent;
  readonly beganMs: number;
  readonly root: NodeContext;
  /** Resolves when the handler has ended, and what it left behind. */
  ended: Promise<void> | undefined;
  /** When it was out of time, and its handler went on. */
  abandonedMs: number | undefined;
  /** Whether a tick has waited for it, or waits. */
  waitedFor: boolean;
}

const leaseLimitMs = 30_000;
// How long a handler that ignores its signal may hold back later ticks, and one that has no time limit.
const abandonedAfterMs = 3_600_000;
const endlessAfterMs = 24 * 3_600_000;

/**
 * Runs the ticks of one schedule, one at a time unless `overlap` is set. A run that goes on after its time holds back the next tick once;
 * then it is logged and forgotten, so that a handler that hangs cannot stop its schedule.
 */
export class ScheduleRunner {
  private readonly fn: AnyScheduleFunction;
  private readonly options: SchedulesOptions & { readonly timeoutMs: number };
  private readonly host: ScheduleHost;
  private current: Run | undefined = undefined;
  private leasing = false;
  private stopped = false;

  constructor(fn: AnyScheduleFunction, options: SchedulesOptions & { readonly timeoutMs: number }, host: ScheduleHost) {
    this.fn = fn;
    this.options = options;
    this.host = host;
  }

  /** Runs a tick, or leaves it out and logs that. Never rejects. */
  async take(tick: ScheduleEvent): Promise<void> {
    if (this.options.overlap || (await this.isFree(tick))) await this.begin(tick);
  }

  /** No tick begins any more. */
  stop(): void {
    this.stopped = true;
  }

  /** Whether the run before has ended; of one that was abandoned, whether it ends while this tick may wait. */
  private async isFree(tick: ScheduleEvent): Promise<boolean> {
    const before = this.current;
    if (!before && !this.leasing) return true;
    if (before && this.isForgotten(before)) return true;
    if (before?.ended && before.abandonedMs !== undefined && !before.waitedFor) {
      before.waitedFor = true;
      const waitMs = Math.min(this.options.timeoutMs, abandonedAfterMs);
      if (await within(before.ended, waitMs)) return this.current === undefined && !this.leasing;
      this.forget(before);
    }
    this.leaveOut(tick);
    return false;
  }

  private isForgotten(run: Run): boolean {
    const nowMs = performance.now();
    const { beganMs, abandonedMs } = run;
    if (abandonedMs === undefined ? nowMs - beganMs < endlessAfterMs : nowMs - abandonedMs < abandonedAfterMs)
      return false;
    this.forget(run);
    return true;
  }

  private forget(run: Run): void {
    if (this.current !== run) return;
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
    const { active, watchdog, sink, createContext } = this.host;
    const { timeoutMs } = this.options;
    const isLimited = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY;
    const root = createContext(isLimited ? Date.now() + timeoutMs : undefined);
    const context = new MessageContext(root, { messageId: tick.id, kind: "schedule" }, {});
    const deadline = new Deadline(root, watchdog);
    const run: Run = {
      tick,
      beganMs: performance.now(),
      root,
      ended: undefined,
      abandonedMs: undefined,
      waitedFor: false,
    };
    this.current = run;
    active.add(root);
    // Of this run alone: what is due again after the clock was set back must not wait for it in there too.
    const unfinished: Unfinished = new Map();
    try {
      // The one place that gives a function its event: the trigger says that it takes a tick.
      const call = this.fn as unknown as Parameters<typeof deliver<ScheduleEvent>>[0];
      const [disposition] = await deliver(call, [{ event: tick, context }], unfinished, { sink });
      if (disposition?.state !== "done") context.log.error("the tick failed; the next one comes at its time");
    } catch (error) {
      context.log.error("the tick failed", { error: errorFields(error) });
    }
    run.ended = unfinished.get(tick.id);
    if (run.ended) {
      run.abandonedMs = performance.now();
      await run.ended;
    }
    if (this.current === run) this.current = undefined;
    active.delete(root);
    deadline.end();
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
