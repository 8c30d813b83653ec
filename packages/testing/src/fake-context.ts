import { type Context, HandlerError, type Logger, type Merge, type None } from "@portico/core";
import { Deadline, describe, InvocationContext, parseTraceparent } from "@portico/core/adapter";
import { wrong } from "./fake-check.js";
import type { FakeClock } from "./fake-clock.js";
import { createRecorder, type FakeLogEntry } from "./record-log.js";

/** A context that a test can look into and steer. */
export interface FakeContext extends Context {
  /** What was logged so far, debug entries included. */
  readonly logs: readonly FakeLogEntry[];
  /** Aborts `signal`, as a deadline, a client that leaves or a shutdown does. */
  abort(reason?: Error): void;
  /** Waits for the work passed to `waitUntil`; a failure of it is in the log. */
  settled(): Promise<void>;
}

/** What a fake context is bound to. */
export interface FakeContextOptions {
  /**
   * The clock that its deadline is measured by. As in production the signal aborts shortly before the deadline, and then what has not
   * settled is given up. Default: the system's clock, which only `remainingMs()` reads: nothing is ended by it.
   */
  readonly clock?: FakeClock | undefined;
  /** How long the invocation may take, in milliseconds from now; instead of `deadline`. */
  readonly timeoutMs?: number | undefined;
}

/**
 * A context for a unit test: the same id and trace in every run, no deadline, a log that is kept. What is given wins, and may hold what
 * layers would have added.
 *
 * @example
 * const context = fake.context({ functionName: "create-order" });
 * await createOrder(fake.http({ params: { tenant: "acme" }, json: order }), context);
 * expect(context.logs).toContainEqual({ level: "info", message: "order received", fields: { tenant: "acme" } });
 * @throws {HandlerError} CONFIG_INVALID when it has both a `deadline` and a `timeoutMs`, or `timeoutMs` is no number of milliseconds.
 */
export function fakeContext<A extends object = None>(
  overrides?: A & Partial<Context>,
  options: FakeContextOptions = {},
): Merge<FakeContext, A> {
  const { deadline, ...given }: Partial<Context> = overrides ?? {};
  const { clock } = options;
  const context = new RecordingContext(toDeadlineMs(deadline, options), clock);
  if (clock && context.deadline) follow(clock, context);
  for (const name of Object.keys(given) as (keyof typeof given)[]) {
    // An own property, since the root context has getters of these names.
    if (given[name] !== undefined)
      Object.defineProperty(context, name, { value: given[name], enumerable: true, configurable: true });
  }
  return context as FakeContext as Merge<FakeContext, A>;
}

function toDeadlineMs(deadline: Date | undefined, { clock, timeoutMs }: FakeContextOptions): number | undefined {
  if (timeoutMs === undefined) return deadline?.getTime();
  if (deadline) throw wrong("A fake context has a deadline or a timeoutMs, and both are given.");
  if (!(timeoutMs >= 0)) throw wrong(`The timeoutMs of a fake context is ${describe(timeoutMs)}.`);
  return (clock?.now().getTime() ?? Date.now()) + timeoutMs;
}

/** What a watchdog does by the system's clock. */
function follow(clock: FakeClock, context: InvocationContext): void {
  // It is watched from the start, whether or not something is waited for.
  const deadline = new Deadline(context, { greet: () => undefined, leave: () => undefined });
  deadline.plan(clock.now().getTime());
  const arm = (): void => {
    if (deadline.dueMs === Number.POSITIVE_INFINITY) return;
    clock["~at"](deadline.dueMs, () => {
      deadline.onDue();
      arm();
    });
  };
  arm();
}

class RecordingContext extends InvocationContext implements FakeContext {
  readonly logs: FakeLogEntry[] = [];
  private readonly clock: FakeClock | undefined;

  constructor(deadlineMs: number | undefined, clock: FakeClock | undefined) {
    super({ id: "fake-invocation", functionName: "fake", platform: "fake", deadlineMs });
    this.clock = clock;
  }

  override get remainingMs(): () => number {
    const { deadline, clock } = this;
    if (!clock || !deadline) return super.remainingMs;
    return () => Math.max(0, deadline.getTime() - clock.now().getTime());
  }

  abort(reason: Error = new HandlerError("CANCELLED", "The test aborted this invocation.")): void {
    this["~abort"](reason);
  }

  async settled(): Promise<void> {
    await this["~settle"]();
  }

  protected override "~readTrace"() {
    return parseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  }

  protected override "~createLog"(): Logger {
    return createRecorder(this.logs);
  }
}
