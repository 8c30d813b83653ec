import {
  type Context,
  HandlerError,
  type LogFields,
  type Logger,
  type LogLevel,
  type Merge,
  type None,
} from "@portico/core";
import { InvocationContext, parseTraceparent } from "@portico/core/adapter";

/** A log entry as it was written, with the fields of its logger. */
export interface FakeLogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A context that a test can look into and steer. */
export interface FakeContext extends Context {
  /** What was logged so far, debug entries included. */
  readonly logs: readonly FakeLogEntry[];
  /** Aborts `signal`, as a deadline, a client that leaves or a shutdown does. */
  abort(reason?: Error): void;
  /** Waits for the work passed to `waitUntil`; a failure of it is in the log. */
  settled(): Promise<void>;
}

/**
 * A context for a unit test: the same id and trace in every run, no deadline, a log that is kept. What is given wins, and may hold what
 * layers would have added.
 *
 * @example
 * const context = fake.context({ functionName: "create-order" });
 * await createOrder(fake.http({ params: { tenant: "acme" }, json: order }), context);
 * expect(context.logs).toContainEqual({ level: "info", message: "order received", fields: { tenant: "acme" } });
 */
export function fakeContext<A extends object = None>(overrides?: A & Partial<Context>): Merge<FakeContext, A> {
  const { deadline, ...given }: Partial<Context> = overrides ?? {};
  const context = new RecordingContext({
    id: "fake-invocation",
    functionName: "fake",
    platform: "fake",
    deadlineMs: deadline?.getTime(),
  });
  for (const name of Object.keys(given) as (keyof typeof given)[]) {
    // An own property, since the root context has getters of these names.
    if (given[name] !== undefined)
      Object.defineProperty(context, name, { value: given[name], enumerable: true, configurable: true });
  }
  return context as FakeContext as Merge<FakeContext, A>;
}

class RecordingContext extends InvocationContext implements FakeContext {
  readonly logs: FakeLogEntry[] = [];

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
    return recorder(this.logs, {});
  }
}

function recorder(logs: FakeLogEntry[], fields: LogFields): Logger {
  const write = (level: LogLevel) => (message: string, more?: LogFields) => {
    logs.push({ level, message, fields: { ...fields, ...more } });
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (more) => recorder(logs, { ...fields, ...more }),
  };
}
