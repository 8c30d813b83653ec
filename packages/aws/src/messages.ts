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
  createMessageEntry,
  type Delivery,
  type Disposition,
  describe,
  inTime,
  type LazyMessage,
  type MessageRecord,
  type OptionNames,
  takeColdStart,
  toDeliveryError,
} from "@portico/core/adapter";
import { AwsContext, completeContext, type FunctionFacts, type LambdaContext, readFacts } from "./context.js";
import { detect } from "./detect.js";
import type { SqsRecord } from "./queue/sqs-record.js";

/** What every entry for messages takes. */
export interface MessageOptions<E extends NeutralEvent> {
  /** Takes what can never be done. Some sources demand one. */
  readonly sink?: Sink<E> | undefined;
  /** How many groups, or messages without one, run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  /** Ends an invocation earlier than the function's own time-out. Milliseconds; 0, the default, for no earlier end. */
  readonly timeoutMs?: number | undefined;
  /** Default: `AWS_LAMBDA_LOG_LEVEL`, then `LOG_LEVEL`, then `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** The names of the options that every entry for messages takes. */
export const messageNames = {
  sink: true,
  concurrency: true,
  timeoutMs: true,
  logLevel: true,
} as const satisfies OptionNames<MessageOptions<never>>;

/** What the event source mapping has: the event does not show it. */
export interface PartialFailure {
  /**
   * Whether the event source mapping has `FunctionResponseTypes: ["ReportBatchItemFailures"]`. With it the failed ones alone come back;
   * without it a failure brings back the whole batch. Saying true where the mapping has it not loses messages. Default: false.
   */
  readonly batchItemFailures?: boolean | undefined;
}

/** What only SQS can do. */
export interface RetryDelay {
  /**
   * Makes `retry({ afterSeconds })` hold for messages of SQS, by a call of your own SDK: `ChangeMessageVisibility` with the record's
   * `receiptHandle`. Needs `batchItemFailures`. Without it the message comes again when its visibility time-out ends, which is logged once.
   */
  readonly retryDelay?: ((record: SqsRecord, afterSeconds: number, context: Context) => Promise<void>) | undefined;
}

/** One record of a native event; several neutral events where it is the carrier of another source's. */
export interface NativeRecord<E> {
  readonly events: readonly E[];
  /** What the platform knows it by; stands in the log. */
  readonly id: string;
  /** As it was delivered; `retryDelay` gets it. */
  readonly native?: unknown;
  /** The group within which order holds. */
  readonly group?: string | undefined;
  trace?(): Trace | undefined;
  /** Why the function does not get it. Its events then only stand in for what it should hold, so that the sink has something to store. */
  readonly rejected?: HandlerError | undefined;
  /** Goes to the log. */
  readonly note?: string | undefined;
}

type Records<E> = readonly NativeRecord<E>[];

/** A source of one kind of event on Lambda. */
export interface Cell<E> {
  readonly capabilities: Capabilities;
  /** Whether an event is of this source; only its shape is looked at. */
  matches(event: unknown): boolean;
  /**
   * Its records; `carrier` is the message that held the event as its text.
   *
   * @throws {HandlerError} EVENT_MALFORMED when it has a shape that no platform sends.
   */
  read(event: unknown, lambda: LambdaContext, carrier?: LazyMessage<string>): Records<E> | Promise<Records<E>>;
  /** The result that names the records to be delivered again; undefined where the source cannot take one. */
  report?(failed: Records<E>, event: unknown): unknown;
  /** The result where nothing failed. Default: undefined. */
  result?(event: unknown): unknown;
  /**
   * What an invocation that does not throw gives in the end, in time: `result` is that of the above, `handled` the events whose handler
   * acknowledged them.
   */
  finish?(result: unknown, handled: readonly E[], event: unknown, context: Context): unknown;
}

/** What Lambda calls. */
export interface MessageHandler {
  /** Without a context, as in a unit test, the id is `local` and there is no deadline. */
  (event: unknown, context?: LambdaContext): Promise<unknown>;
  /** For entries that serve several functions: whether an event has a shape that this one takes. */
  readonly "~takes": (event: unknown) => boolean;
}

/**
 * Makes a Lambda handler of a message function, for any of the sources of its kind.
 *
 * @throws {HandlerError} CONFIG_INVALID when the function is of another kind, an option is wrong, or a source demands a sink.
 */
export function createMessageHandler<T extends Trigger, E extends NeutralEvent>(
  kind: string,
  fn: PortableFunction<T, never, Outcome>,
  cells: readonly Cell<E>[],
  options: MessageOptions<E> & PartialFailure & RetryDelay,
): MessageHandler {
  const sources = cells.map(({ capabilities }) => capabilities);
  const entry = createMessageEntry<E>(kind, fn, options, { sources });
  const settlings = new Map(cells.map((cell) => [cell, { onDelay: delayBy(cell, options.retryDelay) }]));
  const { timeoutMs, batchItemFailures } = options;
  // "false" would be true, and messages would be lost where the mapping does not read what it gets.
  if (batchItemFailures !== undefined && typeof batchItemFailures !== "boolean")
    throw new HandlerError(
      "CONFIG_INVALID",
      `The option batchItemFailures is ${JSON.stringify(batchItemFailures)}, which is neither true nor false.`,
    );
  let facts: FunctionFacts | undefined;

  const handler = async (event: unknown, given?: LambdaContext): Promise<unknown> => {
    const lambda = completeContext(given);
    const isEmpty = isEmptyBatch(event);
    const cell = find(cells, event) ?? (isEmpty ? cells[0] : undefined);
    if (!cell) throw unsupported(kind, event);
    facts ??= readFacts(lambda, options.logLevel);
    // The runtime's own deadline is asked for when something waits for it.
    const deadlineMs = timeoutMs ? Date.now() + Math.min(timeoutMs, lambda.getRemainingTimeInMillis()) : undefined;
    const context = new AwsContext({ event, context: lambda }, facts, takeColdStart(), deadlineMs);
    return entry.run(context, async () => {
      const read = isEmpty ? [] : cell.read(event, lambda);
      const records = read instanceof Promise ? await read : read;
      for (const { note, id } of records) if (note !== undefined) context.log.info(note, { messageId: id });
      const messages = toMessages(records);
      const dispositions = await entry.deliver(context, messages, settlings.get(cell));
      const result = toResult(cell, event, records, dispositions);
      if (!cell.finish) return result;
      const handled = messages.filter((_, index) => isAcknowledged(dispositions[index])).map((one) => one.event);
      return inTime(() => cell.finish?.(result, handled, event, context), context);
    });
  };

  /** Rejects where the whole delivery has to be delivered again. */
  const toResult = (
    cell: Cell<E>,
    event: unknown,
    records: Records<E>,
    dispositions: readonly Disposition[],
  ): unknown => {
    const failed = failedRecords(records, dispositions);
    if (failed.length === 0) return cell.result?.(event) ?? (batchItemFailures ? cell.report?.([], event) : undefined);
    if (batchItemFailures && cell.report) return cell.report(failed, event);
    throw toDeliveryError("records", failed.length, records.length, dispositions);
  };
  return Object.assign(handler, { "~takes": (event: unknown) => find(cells, event) !== undefined });
}

function find<E>(cells: readonly Cell<E>[], event: unknown): Cell<E> | undefined {
  for (const cell of cells) if (cell.matches(event)) return cell;
  return undefined;
}

/** Has SQS wait, by the user's own call; other sources cannot. */
function delayBy<E extends NeutralEvent>({ capabilities }: Cell<E>, hook: RetryDelay["retryDelay"]) {
  // Sources with a hook are SQS, whatever it carries.
  if (!hook || capabilities.retryDelay !== "hook") return undefined;
  return ({ record, context }: Delivery<E>, afterSeconds: number) =>
    hook((record as AwsMessage<E>).native as SqsRecord, afterSeconds, context);
}

/** One event of a record. A class, since an object with closures costs more for each message. */
class AwsMessage<E extends NeutralEvent> implements MessageRecord<E> {
  readonly event: E;
  readonly group: string | undefined;
  private readonly record: NativeRecord<E>;

  constructor(event: E, record: NativeRecord<E>, group: string | undefined) {
    this.event = event;
    this.group = group;
    this.record = record;
  }

  get id(): string {
    return this.record.id;
  }

  get native(): unknown {
    return this.record.native;
  }

  get rejected(): HandlerError | undefined {
    return this.record.rejected;
  }

  trace(): Trace | undefined {
    return this.record.trace?.();
  }
}

function toMessages<E extends NeutralEvent>(records: Records<E>): readonly AwsMessage<E>[] {
  const messages: AwsMessage<E>[] = [];
  for (const record of records) {
    // Several events of one carrier are handled one after the other: they are acknowledged together.
    const group = record.group ?? (record.events.length > 1 ? record.id : undefined);
    for (const event of record.events) messages.push(new AwsMessage(event, record, group));
  }
  return messages;
}

function isAcknowledged(disposition: Disposition | undefined): boolean {
  return disposition?.state === "done" && disposition.outcome === "ack";
}

/** The records that have an event which is not done, in the order of their delivery. */
function failedRecords<E>(records: Records<E>, dispositions: readonly Disposition[]): Records<E> {
  const failed: NativeRecord<E>[] = [];
  let next = 0;
  for (const record of records) {
    let isDone = true;
    for (const end = next + record.events.length; next < end; next += 1)
      isDone &&= dispositions[next]?.state === "done";
    if (!isDone) failed.push(record);
  }
  return failed;
}

function unsupported(kind: string, event: unknown): HandlerError {
  return new HandlerError(
    "EVENT_UNSUPPORTED",
    `An event of kind ${kind} was expected, and this is: ${detect(event)}.`,
    {
      hint: "Give the trigger a function of its own kind, or say with `unwrap` what the event is wrapped in.",
    },
  );
}

function isEmptyBatch(event: unknown): boolean {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  return Array.isArray(records) && records.length === 0;
}

/** The error for a record without a part that must be there. */
export function malformed(source: string, what: string, value: unknown): HandlerError {
  const message = `The ${what} of this ${source} event is ${describe(value)}, which no AWS service sends.`;
  return new HandlerError("EVENT_MALFORMED", message, { permanent: false });
}
