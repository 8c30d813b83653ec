import {
  type Capabilities,
  type Context,
  HandlerError,
  type LogLevel,
  type NeutralEvent,
  type Outcome,
  type PortableFunction,
  type Sink,
  type Trace,
  type Trigger,
} from "@portico/core";
import {
  Deadline,
  type Delivery,
  type Disposition,
  deliver,
  describe,
  requireSink,
  type Unfinished,
  Watchdog,
} from "@portico/core/adapter";
import { AwsContext, type FunctionFacts, type LambdaContext, readFacts } from "./context.js";
import { detect } from "./detect.js";

/** What every entry for messages takes. */
export interface MessageOptions<E extends NeutralEvent> {
  /** Takes what can never be done. Some sources demand one. */
  readonly sink?: Sink<E> | undefined;
  /** How many groups, or messages without one, run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  /**
   * Makes `retry({ afterSeconds })` hold, by a call of your own SDK: for SQS `ChangeMessageVisibility` with the receipt handle of
   * `message.native`. Needs `batchItemFailures`. Without it the message comes again when the platform sees fit, which is logged once.
   */
  readonly retryDelay?: ((message: E, afterSeconds: number, context: Context) => Promise<void>) | undefined;
  /** Ends an invocation earlier than the function's own time-out. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Default: `AWS_LAMBDA_LOG_LEVEL`, then `LOG_LEVEL`, then `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** What the event source mapping has: the event does not show it. */
export interface PartialFailure {
  /**
   * Whether the event source mapping has `FunctionResponseTypes: ["ReportBatchItemFailures"]`. With it the failed ones alone come back;
   * without it a failure brings back the whole batch. Saying true where the mapping has it not loses messages. Default: false.
   */
  readonly batchItemFailures?: boolean | undefined;
}

/** One record of a native event; several neutral events where it is the carrier of another source's. */
export interface NativeRecord<E> {
  readonly events: readonly E[];
  /** What the platform knows it by; stands in the log. */
  readonly id: string;
  /** The group within which order holds. */
  readonly group?: string | undefined;
  readonly trace?: (() => Trace | undefined) | undefined;
}

/** A source of one kind of event on Lambda. */
export interface Cell<E> {
  readonly capabilities: Capabilities;
  /** Whether an event is of this source; only its shape is looked at. */
  matches(event: unknown): boolean;
  /** @throws {HandlerError} EVENT_MALFORMED when it has a shape that no platform sends. */
  read(event: unknown): readonly NativeRecord<E>[];
  /** The result that names the records to be delivered again; undefined where the source cannot take one. */
  report?(failed: readonly NativeRecord<E>[], event: unknown): unknown;
  /** The result where nothing failed. Default: undefined. */
  result?(event: unknown): unknown;
}

/** What Lambda calls. */
export type MessageHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** Makes a Lambda handler of a message function, for any of the sources of its kind. */
export function createMessageHandler<T extends Trigger, E extends NeutralEvent>(
  kind: string,
  fn: PortableFunction<T, never, Outcome>,
  cells: readonly Cell<E>[],
  options: MessageOptions<E> & PartialFailure,
): MessageHandler {
  if (fn.trigger?.kind !== kind) {
    throw new HandlerError(
      "CONFIG_INVALID",
      `A ${kind} function was expected, and this one is ${fn.trigger?.kind ?? "not portable"}.`,
    );
  }
  for (const { capabilities } of cells) requireSink(capabilities, options.sink);
  const watchdog = new Watchdog();
  const unfinished: Unfinished = new Map();
  let facts: FunctionFacts | undefined;
  let cold = true;
  let degraded = false;
  const onDisposed = async ({ event, context }: Delivery<E>, disposition: Disposition): Promise<void> => {
    if (disposition.state !== "retry" || disposition.afterSeconds === undefined) return;
    if (options.retryDelay) return options.retryDelay(event, disposition.afterSeconds, context);
    if (!degraded) context.log.warn("retry({ afterSeconds }) is a plain retry here: pass `retryDelay` to make it hold");
    degraded = true;
  };
  return async (event, lambda) => {
    const records = emptyBatch(event) ? [] : undefined;
    const cell = cells.find((one) => one.matches(event)) ?? (records && cells[0]);
    if (!cell) throw refuse(kind, event);
    facts ??= readFacts(lambda, options.logLevel);
    const deadlineMs =
      Date.now() + Math.min(options.timeoutMs ?? Number.POSITIVE_INFINITY, lambda.getRemainingTimeInMillis());
    const context = new AwsContext({ event, context: lambda }, facts, cold, deadlineMs);
    cold = false;
    const read = records ?? cell.read(event);
    const deliveries = read.flatMap((record) => toDeliveries(record, context));
    const deadline = new Deadline(deadlineMs, context);
    watchdog.watch(deadline);
    let dispositions: readonly Disposition[];
    try {
      // The one place that gives a function its events: a cell makes those of the function's kind.
      const call = fn as unknown as Parameters<typeof deliver<E>>[0];
      dispositions = await deliver(call, deliveries, unfinished, { ...options, onDisposed });
    } finally {
      watchdog.forget(deadline);
    }
    const failed = failedRecords(read, dispositions);
    if (failed.length === 0)
      return cell.result?.(event) ?? (options.batchItemFailures ? cell.report?.([], event) : undefined);
    if (options.batchItemFailures && cell.report) return cell.report(failed, event);
    throw whole(failed.length, read.length, dispositions);
  };
}

function toDeliveries<E extends NeutralEvent>(
  { events, id, group, trace }: NativeRecord<E>,
  context: AwsContext,
): Delivery<E>[] {
  return events.map((event) => ({
    event,
    context: context["~forMessage"]({ messageId: id }, trace ?? (() => undefined)),
    // Several events of one carrier are handled one after the other: they are acknowledged together.
    group: group ?? (events.length > 1 ? id : undefined),
  }));
}

/** The records that have an event which is not done, in the order of their delivery. */
function failedRecords<E>(
  records: readonly NativeRecord<E>[],
  dispositions: readonly Disposition[],
): NativeRecord<E>[] {
  let next = 0;
  return records.filter(({ events }) => {
    const first = next;
    next += events.length;
    return dispositions.slice(first, next).some(({ state }) => state !== "done");
  });
}

function whole(failed: number, all: number, dispositions: readonly Disposition[]): Error {
  const errors = dispositions.flatMap((disposition) =>
    disposition.state === "retry" && disposition.error ? [disposition.error] : [],
  );
  return new HandlerError(
    "UNAVAILABLE",
    `${failed} of ${all} records are not done, so the whole delivery is to come again.`,
    {
      cause: errors[0],
    },
  );
}

function refuse(kind: string, event: unknown): HandlerError {
  return new HandlerError(
    "EVENT_UNSUPPORTED",
    `An event of kind ${kind} was expected, and this event is: ${detect(event)}.`,
    {
      hint: `Give the trigger a function of its own kind, or say what the event is wrapped in with \`unwrap\`.`,
    },
  );
}

function emptyBatch(event: unknown): boolean {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  return Array.isArray(records) && records.length === 0;
}

/** A record's part that must be there. @throws {HandlerError} EVENT_MALFORMED when it is not. */
export function malformed(source: string, what: string, value: unknown): HandlerError {
  return new HandlerError(
    "EVENT_MALFORMED",
    `The ${what} of this ${source} event is ${describe(value)}, which no AWS service sends.`,
    {
      permanent: false,
    },
  );
}
