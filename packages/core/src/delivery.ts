import type { Context, InvocationContext } from "./context.js";
import { inTime, isPromise } from "./deadline.js";
import { dispose } from "./disposal.js";
import { HandlerError } from "./error.js";
import type { Trigger } from "./function.js";
import { type BatchRun, fromThrown, type MessageFunction, toOutcome } from "./kinds/message-function.js";
import type { NeutralEvent } from "./kinds/neutral-event.js";
import { errorFields } from "./log.js";
import type { Outcome } from "./outcome.js";

/**
 * Takes what can never be done: stores it, alerts somebody. It is awaited before anything is acknowledged; if it fails or is out of time,
 * the message is delivered again. `context.key` is the same for every delivery of one message, and duplicates must be borne.
 */
export type Sink<E extends NeutralEvent = NeutralEvent> = (
  message: E,
  reason: string,
  context: Context & { readonly key: string },
) => Promise<void>;

/** One event of a native delivery. */
export interface Delivery<E extends NeutralEvent> {
  readonly event: E;
  /** Its own root, made with `~forMessage`. */
  readonly context: InvocationContext;
  /** The group within which order holds; undefined where it does not. */
  readonly group?: string | undefined;
  /**
   * Why it cannot be given to the function: what was delivered does not hold an event of its kind. It is logged, and ends as if the
   * function had thrown it.
   */
  readonly refused?: HandlerError | undefined;
}

/** What an adapter may tell its platform about one event. */
export type Disposition =
  /** Handled, dropped or dead-lettered: the platform may forget it. */
  | { readonly state: "done"; readonly outcome: "ack" | "drop" | "deadLetter" }
  /** To be delivered again. */
  | { readonly state: "retry"; readonly afterSeconds?: number | undefined; readonly error?: unknown }
  /** Not begun, because an earlier one of its group failed or the time was up. */
  | { readonly state: "notRun" };

export interface DeliveryOptions<E extends NeutralEvent> {
  /** How many groups, or events without one, run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  readonly sink?: Sink<E> | undefined;
  /** How the platform itself sets a message aside, where it can; used instead of the sink. */
  readonly deadLetter?: ((delivery: Delivery<E>, reason: string) => Promise<void>) | undefined;
  /** Called as soon as one event is disposed of, before the next of its group begins; if it fails, the event is to be delivered again. */
  readonly onDisposed?: ((delivery: Delivery<E>, disposition: Disposition) => Promise<void> | undefined) | undefined;
}

/** What one adapter entry remembers between invocations: handlers that go on after they were given up. */
export type Unfinished = Map<string, Promise<void>>;

/**
 * Runs the events of one native delivery. Within a group nothing begins before its predecessor is disposed of, and the first failure stops
 * the group. Resolves, with a disposition for each event by index, in time for the adapter to report it.
 */
export async function deliver<E extends NeutralEvent>(
  fn: MessageFunction<Trigger, E>,
  deliveries: readonly Delivery<E>[],
  unfinished: Unfinished,
  options: DeliveryOptions<E> = {},
): Promise<readonly Disposition[]> {
  const dispositions: Disposition[] = deliveries.map(() => notRun);
  const lanes = toLanes(deliveries);
  const run = fn["~run"] ?? fn;
  if (fn["~batch"]) await runTogether(fn["~batch"]);
  else await inParallel(lanes, options.concurrency ?? 10, runLane);
  return dispositions;

  // One function for all steps of a message, which waits for what is not there yet and for nothing else.
  async function runLane(lane: readonly number[]): Promise<void> {
    for (const index of lane) {
      const delivery = deliveries[index] as Delivery<E>;
      const { event, context, refused } = delivery;
      if (context["~isAborted"]) return;
      let outcome: Outcome | undefined;
      if (refused) outcome = refuse(refused, context);
      else {
        const busy = untilFree(delivery);
        if (busy) outcome = await Promise.resolve(busy).then(() => undefined, toRetry);
        try {
          const result = outcome ?? run(event, context);
          outcome = toOutcome(isPromise(result) ? await result : result);
        } catch (thrown) {
          outcome = fromThrown(thrown, context);
        }
        noteRunning(delivery);
      }
      const concluded = conclude(delivery, outcome);
      const disposition = isPromise(concluded) ? await concluded : concluded;
      dispositions[index] = disposition;
      if (disposition.state !== "done") return;
    }
  }

  async function runTogether(run: BatchRun<E>): Promise<void> {
    const free = await Promise.allSettled(deliveries.map(untilFree));
    if (free.some(({ status }) => status === "rejected")) return;
    const outcomes = runAccepted(run);
    for (const lane of lanes) {
      let failed = false;
      for (const index of lane) {
        const delivery = deliveries[index] as Delivery<E>;
        const outcome = (await outcomes[index]) as Outcome;
        noteRunning(delivery);
        // What stands behind a failure in its group is delivered again after it, though the handler has seen it.
        dispositions[index] = await conclude(delivery, failed ? { outcome: "retry" } : outcome);
        failed ||= dispositions[index].state !== "done";
      }
    }
  }

  function runAccepted(run: BatchRun<E>): readonly (Outcome | Promise<Outcome>)[] {
    const outcomes = run(deliveries.filter(({ refused }) => !refused)).values();
    return deliveries.map(({ refused, context }) =>
      refused ? refuse(refused, context) : (outcomes.next().value as Promise<Outcome>),
    );
  }

  /** The same message, or its group, may still be in the hands of a handler that an earlier deadline gave up. */
  function untilFree({ event, context, group }: Delivery<E>): PromiseLike<void> | void | undefined {
    const busy = unfinished.size === 0 ? undefined : unfinished.get(group ?? event.id);
    if (busy) return inTime(() => busy, context);
  }

  function noteRunning({ event, context, group }: Delivery<E>): void {
    const running = context["~running"];
    if (running) remember(unfinished, group ?? event.id, running);
  }

  function conclude(delivery: Delivery<E>, outcome: Outcome): Disposition | Promise<Disposition> {
    const disposed = dispose(delivery, outcome, options);
    if (isPromise(disposed)) return disposed.then((disposition) => tell(delivery, disposition));
    return options.onDisposed ? tell(delivery, disposed) : disposed;
  }

  /** Lets the adapter tell its platform. */
  function tell(delivery: Delivery<E>, disposition: Disposition): Disposition | Promise<Disposition> {
    const { context } = delivery;
    const fail = (error: unknown): Disposition => {
      context.log.error("the platform did not take the outcome of a message", { error: errorFields(error) });
      return { state: "retry", error };
    };
    try {
      const told = inTime(() => options.onDisposed?.(delivery, disposition), context);
      return isPromise(told) ? Promise.resolve(told).then(() => disposition, fail) : disposition;
    } catch (error) {
      return fail(error);
    }
  }
}

const notRun: Disposition = { state: "notRun" };

function toRetry(error: unknown): Outcome {
  return { outcome: "retry", error };
}

/** What becomes of an event that its function cannot be given; it is logged. */
export function refuse(error: Error, context: Context): Outcome {
  context.log.error(error.message, { error: errorFields(error) });
  if (!HandlerError.is(error) || !error.permanent) return { outcome: "retry", error };
  return { outcome: "deadLetter", reason: `${error.code}: ${error.message}`, error };
}

/** The events of each group in order; an event without a group is a lane of its own. */
function toLanes(deliveries: readonly Delivery<NeutralEvent>[]): readonly (readonly number[])[] {
  const lanes: number[][] = [];
  let byGroup: Map<string, number[]> | undefined;
  for (let index = 0; index < deliveries.length; index += 1) {
    const group = deliveries[index]?.group;
    const lane = group === undefined ? undefined : byGroup?.get(group);
    if (lane) lane.push(index);
    else {
      const begun = [index];
      lanes.push(begun);
      if (group !== undefined) {
        byGroup ??= new Map();
        byGroup.set(group, begun);
      }
    }
  }
  return lanes;
}

async function inParallel<T>(items: readonly T[], limit: number, run: (item: T) => Promise<void>): Promise<void> {
  if (items.length <= limit) {
    await Promise.all(items.map(run));
    return;
  }
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await run(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

function remember(unfinished: Unfinished, key: string, running: Promise<void>): void {
  const until = Promise.all([unfinished.get(key), running]).then(() => {
    if (unfinished.get(key) === until) unfinished.delete(key);
  });
  unfinished.set(key, until);
}
