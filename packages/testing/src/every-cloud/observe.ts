import type { AnyFunction, Context, MessageFunction, NeutralEvent, Outcome, Trigger } from "@portico/core";
import { createFunction, type InvocationContext, toContext } from "@portico/core/adapter";
import { createRecorder, type FakeLogEntry } from "../record-log.js";

/** What a function does while a cloud has one event. */
export interface Observation {
  /** What the function was given; undefined where the cloud's adapter did not come so far. */
  received?: NeutralEvent;
  /** What it made of it. */
  returned?: unknown;
  /** Why it is kept aside, where a sink or the platform took it. */
  setAside?: string;
  readonly logs: FakeLogEntry[];
}

type Call = (event: NeutralEvent, context: Context) => Promise<unknown>;

/** The same function, for an adapter: what it is given, returns and logs is noted in the observation that is under way. */
export function observe<F extends AnyFunction<Trigger>>(fn: F, current: () => Observation): F {
  const begin = (event: NeutralEvent, context: Context): void => {
    const { logs } = current();
    current().received = event;
    // As an own property of the root it stands in front of the adapter's logger, for what the adapter itself logs about this event too.
    const root = (context as InvocationContext)["~root"];
    Object.defineProperty(root, "log", {
      value: createRecorder(logs),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  };
  const end = <R>(result: R): R => {
    current().returned = result;
    return result;
  };
  const observed = createFunction(fn.trigger, async (event: NeutralEvent, given?: Partial<Context>) => {
    const context = toContext(given);
    begin(event, context);
    return end(await (fn as unknown as Call)(event, context));
  });
  const together = (fn as unknown as MessageFunction<Trigger, NeutralEvent>)["~batch"];
  if (!together) return observed as unknown as F;
  const batch: typeof together = (items) => {
    for (const { event, context } of items) begin(event, context);
    return together(items).map((outcome) => outcome.then((settled: Outcome) => end(settled)));
  };
  return Object.assign(observed, { "~batch": batch }) as unknown as F;
}
