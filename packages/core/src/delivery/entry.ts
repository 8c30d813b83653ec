import { type Capabilities, once, requireSink } from "../capabilities.js";
import type { Context, InvocationContext } from "../context.js";
import { withDeadline } from "../deadline.js";
import { HandlerError, toError } from "../error.js";
import type { PortableFunction, Trigger } from "../function.js";
import type { MessageFunction } from "../kinds/message-function.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import { deadLetter, type Outcome } from "../outcome.js";
import { checkKind, checkMessageOptions } from "../registration.js";
import { Watchdog } from "../watchdog.js";
import { runBatch } from "./batch.js";
import { type Delivery, type Disposition, type MessageRecord, notRun, type Settling, type Sink } from "./delivery.js";
import { InFlight } from "./in-flight.js";
import { MessageContext } from "./message-context.js";
import { DeliveryRunner, type RunnerOptions } from "./runner.js";

/** What a user says of a message function's entry, on every platform. */
export interface MessageEntryOptions<E extends NeutralEvent> {
  readonly sink?: Sink<E> | undefined;
  /** How many groups, or events without one, run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  /** Milliseconds; 0 for no limit but the platform's own. Checked here, kept by the adapter's context. */
  readonly timeoutMs?: number | undefined;
}

/** What an adapter says of its platform. */
export interface MessageEntryHost {
  /** The sources that it may get events of: what one demands is checked here. */
  readonly sources: readonly Capabilities[];
  /** Whether a delivery may come while an earlier one of the same messages still runs in this process. Default: false. */
  readonly overlaps?: boolean | undefined;
  /** Default: one of its own. */
  readonly watchdog?: Watchdog | undefined;
}

/** A message function as an adapter runs it: native delivery in, dispositions out. */
export interface MessageEntry<E extends NeutralEvent> {
  /** Runs `work`, reading the delivery, `deliver` and the report, under the deadline of the context. */
  run<T>(context: InvocationContext, work: () => T | PromiseLike<T>): Promise<T>;
  /** Runs the function for each record; resolves with a disposition for each by index, in time for the adapter to report it. */
  deliver(
    context: InvocationContext,
    records: readonly MessageRecord<E>[],
    settling?: Settling<E>,
  ): Promise<readonly Disposition[]>;
  /** Gives the sink what the platform will not deliver again; resolves with a disposition for each by index. */
  save(
    context: InvocationContext,
    records: readonly MessageRecord<E>[],
    reason: string,
  ): Promise<readonly Disposition[]>;
}

/**
 * Prepares a message function once, when the adapter registers it.
 *
 * @throws {HandlerError} CONFIG_INVALID when the function is of another kind, an option is wrong, or a source demands a sink.
 */
export function createMessageEntry<E extends NeutralEvent>(
  kind: string,
  fn: PortableFunction<Trigger, never, Outcome>,
  options: MessageEntryOptions<E>,
  { sources, overlaps, watchdog = new Watchdog() }: MessageEntryHost,
): MessageEntry<E> {
  checkKind(kind, fn);
  checkMessageOptions(options);
  const { sink, concurrency } = options;
  for (const source of sources) requireSink(source, sink);
  // The one place that gives a function its events: a cell makes those of the function's kind.
  const { "~batch": batch, "~run": run = fn } = fn as unknown as MessageFunction<Trigger, E>;
  const inFlight = new InFlight(overlaps);
  const degrade = once((log: Context["log"]) =>
    log.warn("retry({ afterSeconds }) is a plain retry here, which comes when the platform sees fit"),
  );

  return {
    run: (context, work) => withDeadline(context, watchdog, work),
    async deliver(context, records, { deadLetter, onDelay, onDisposed } = {}) {
      const deliveries = toDeliveries(records, context);
      const settling: RunnerOptions<E> = {
        concurrency,
        sink,
        deadLetter,
        onDisposed,
        onDelay: (delivery, afterSeconds) => onDelay?.(delivery, afterSeconds) ?? degrade(delivery.context.log),
      };
      const dispositions = batch
        ? await runBatch(deliveries, batch, inFlight, settling)
        : await new DeliveryRunner(deliveries, run as never, inFlight, settling).start();
      if (dispositions.includes(notRun)) logNotRun(dispositions, deliveries, context);
      return dispositions;
    },
    save(context, records, reason) {
      // No groups: what one of them costs must not cost the others.
      const alone = records.map((record) => ({
        event: record.event,
        id: record.id,
        fields: record.fields,
        trace: () => record.trace?.(),
      }));
      const deliveries = toDeliveries(alone, context);
      return new DeliveryRunner(deliveries, () => deadLetter(reason), new InFlight(), {
        sink,
        concurrency,
        isLast: true,
      }).start();
    },
  };
}

function toDeliveries<E extends NeutralEvent>(
  records: readonly MessageRecord<E>[],
  context: InvocationContext,
): readonly Delivery<E>[] {
  return records.map((record) => {
    const { event } = record;
    return { record, event, context: new MessageContext(context, event, record) };
  });
}

/** One line for all that did not begin: of a long batch, one for each would say no more. */
function logNotRun<E extends NeutralEvent>(
  dispositions: readonly Disposition[],
  deliveries: readonly Delivery<E>[],
  context: InvocationContext,
): void {
  const left = deliveries.filter((_, index) => dispositions[index] === notRun);
  if (left.length === 0) return;
  const aborted = context["~abortReason"];
  context.log.warn("messages did not begin, and will be redelivered", {
    outcome: "retry",
    count: left.length,
    messageIds: left.slice(0, 20).map(({ record, event }) => record.id ?? event.id),
    reason: aborted ? aborted.message : "they stand behind a failure in their group",
  });
}

/** The error that brings back a whole delivery: the only event's own, which a failure destination then shows. */
export function toDeliveryError(
  what: string,
  failed: number,
  all: number,
  dispositions: readonly Disposition[],
): Error {
  const thrown = dispositions.find((one) => one.state === "retry" && one.error !== undefined);
  const cause = thrown?.state === "retry" ? toError(thrown.error) : undefined;
  if (all === 1 && cause) return cause;
  const message = `${failed} of ${all} ${what} failed or did not begin. The whole delivery will be redelivered.`;
  return new HandlerError("UNAVAILABLE", message, { cause });
}

/** The longest delay that a retry asks for, in seconds; undefined when none does. */
export function longestDelay(dispositions: readonly Disposition[]): number | undefined {
  let longest: number | undefined;
  for (const one of dispositions) {
    if (one.state === "retry" && Number.isFinite(one.afterSeconds))
      longest = Math.max(longest ?? 0, Math.ceil(one.afterSeconds as number));
  }
  return longest;
}
