import type { InvocationContext as AzureInvocationContext } from "@azure/functions";
import {
  type Capabilities,
  HandlerError,
  type LogLevel,
  type NeutralEvent,
  type Outcome,
  type PortableFunction,
  type Sink,
  type Trigger,
} from "@portico/core";
import {
  createMessageEntry,
  type Delivery,
  type Disposition,
  describe,
  errorFields,
  type MessageRecord,
  type OptionNames,
  takeColdStart,
  toDeliveryError,
  toError,
} from "@portico/core/adapter";
import { AzureContext } from "./context.js";
import { isLastAttempt } from "./messages/retry-policy.js";
import { checkSourceOptions } from "./messages/source-options.js";
import { checkName } from "./name.js";
import { begin, end, watchShutdown } from "./shutdown.js";

/** What every registration for messages takes, beside the source with Azure's own options. */
export interface MessageOptions<E extends NeutralEvent> {
  /** Takes what can never be done. Some sources demand one. */
  readonly sink?: Sink<E> | undefined;
  /** How many groups, or messages without one, run at once within one delivery. Default: 10. */
  readonly concurrency?: number | undefined;
  /**
   * How long an invocation may take, since Azure does not tell; below host.json's `functionTimeout`, after which the host ends the
   * process with all that runs in it. Milliseconds; 0 for no limit. Default: 290000, ten seconds less than the Consumption plan's five
   * minutes.
   */
  readonly timeoutMs?: number | undefined;
  /** Log entries below are left out. Default: the environment variable `LOG_LEVEL`, else `info`; host.json filters further. */
  readonly logLevel?: LogLevel | undefined;
}

/** The names of the options that every registration for messages takes. */
export const messageNames = {
  sink: true,
  concurrency: true,
  timeoutMs: true,
  logLevel: true,
} as const satisfies OptionNames<MessageOptions<never>>;

/** One event of a native delivery. */
export type NativeRecord<E extends NeutralEvent> = MessageRecord<E>;

/** How a source that can settles each message on its own. */
export interface Settler<E extends NeutralEvent> {
  /** Tells the platform about one event, as soon as it is disposed of. */
  settle(event: E, disposition: Disposition): Promise<void>;
  /** Sets one aside with a reason, in the platform's own way. */
  deadLetter(event: E, reason: string): Promise<void>;
  /** Ends what it keeps up; settles what was not begun. */
  close(dispositions: readonly Disposition[]): Promise<void>;
}

/** A source of one kind of event on Azure Functions. */
export interface Cell<E extends NeutralEvent> {
  readonly capabilities: Capabilities;
  /**
   * @throws {HandlerError} EVENT_UNSUPPORTED when it is not this source's, EVENT_MALFORMED when its parts do not fit together.
   */
  read(input: unknown, azure: AzureInvocationContext): readonly NativeRecord<E>[];
  /**
   * What can be read of a delivery whose parts do not fit together: for the sink, on the last attempt, behind which the platform goes on.
   */
  salvage?(input: unknown, azure: AzureInvocationContext): readonly NativeRecord<E>[];
  settler?(input: unknown, events: readonly E[], context: AzureContext): Settler<E>;
}

/** What is registered with Azure Functions, for tests. Rejects, always with an Error, where the platform is to deliver again. */
export type AzureMessageHandler = (input: unknown, context: AzureInvocationContext) => Promise<void>;

/** What only an entry knows about its source's redelivery. */
export interface EntryOptions {
  /** Of the retry policy it is registered with: -1 for ever; undefined without one. */
  readonly maxRetryCount?: number | undefined;
}

const defaultTimeoutMs = 290_000;

/**
 * Makes an Azure handler of a message function, for one source.
 *
 * @throws {HandlerError} CONFIG_INVALID when the function is of another kind, an option is wrong, or the source demands a sink.
 */
export function createMessageHandler<T extends Trigger, E extends NeutralEvent>(
  name: string,
  kind: string,
  fn: PortableFunction<T, never, Outcome>,
  cell: Cell<E>,
  options: MessageOptions<E>,
  { maxRetryCount }: EntryOptions = {},
): AzureMessageHandler {
  checkName(name);
  checkSourceOptions(options);
  const entry = createMessageEntry<E>(kind, fn, options, { sources: [cell.capabilities] });
  const { sink, timeoutMs = defaultTimeoutMs, logLevel } = options;
  const limitMs = timeoutMs || Number.POSITIVE_INFINITY;
  let region: string | undefined;
  watchShutdown();

  return async (input, azure) => {
    const entered = Date.now();
    // Not read earlier: the host replaces the environment when it makes a waiting worker this app's.
    region ??= process.env.REGION_NAME;
    // On the last attempt the sink needs time for what the function leaves.
    const isLast = sink !== undefined && isLastAttempt(azure.retryContext, maxRetryCount);
    const init = { native: { input, context: azure }, region, coldStart: takeColdStart(), logLevel };
    const context = new AzureContext({ ...init, deadlineMs: entered + (isLast ? limitMs * 0.8 : limitMs) });
    begin(context);
    try {
      const failure = await attempt(input, azure, context);
      if (!failure) return;
      if (!isLast || failure.left.length === 0) throw failure.error;
      const saving = new AzureContext({ ...init, deadlineMs: entered + limitMs });
      await save(failure, saving);
      saving["~return"]();
    } catch (thrown) {
      // The worker takes a rejection without a value for success.
      const error = toError(thrown);
      if (HandlerError.is(error) && error.code.startsWith("EVENT_"))
        context.log.error(error.message, { error: errorFields(error) });
      throw error;
    } finally {
      context["~return"]();
      end(context);
    }
  };

  /** Runs the function; gives what it leaves. */
  async function attempt(
    input: unknown,
    azure: AzureInvocationContext,
    context: AzureContext,
  ): Promise<Failure<E> | undefined> {
    let records: readonly NativeRecord<E>[];
    try {
      records = cell.read(input, azure);
    } catch (error) {
      return { left: cell.salvage?.(input, azure) ?? [], error: toError(error) };
    }
    const settler = cell.settler?.(
      input,
      records.map(({ event }) => event),
      context,
    );
    const dispositions = await entry.run(context, () => entry.deliver(context, records, settler && settleBy(settler)));
    if (settler) {
      // The platform has been told about each.
      await settler.close(dispositions);
      return undefined;
    }
    const left = records.filter((_, index) => dispositions[index]?.state !== "done");
    if (left.length === 0) return undefined;
    return { left, error: toDeliveryError("events", left.length, records.length, dispositions) };
  }

  /**
   * Gives the sink what failed or was not begun on the last attempt, since the platform goes on behind it.
   *
   * @throws {Error} when the sink did not take all: those are lost, and the log says which.
   */
  async function save({ left, error }: Failure<E>, context: AzureContext): Promise<void> {
    const reason = `left on the last attempt: ${toError(error.cause ?? error).message}`;
    const dispositions = await entry.run(context, () => entry.save(context, left, reason));
    const lost = left.filter((_, index) => dispositions[index]?.state !== "done");
    for (const { event } of lost)
      context.log.error("lost: it failed on the last attempt, and the sink did not take it", { id: event.id });
    if (lost.length > 0) throw error;
  }
}

/** What an attempt leaves, and the error that brings it back. */
interface Failure<E extends NeutralEvent> {
  readonly left: readonly NativeRecord<E>[];
  readonly error: Error;
}

function settleBy<E extends NeutralEvent>(settler: Settler<E>) {
  return {
    onDisposed: ({ event }: Delivery<E>, disposition: Disposition) => settler.settle(event, disposition),
    deadLetter: ({ event }: Delivery<E>, reason: string) => settler.deadLetter(event, reason),
  };
}

/** The error for input that another trigger would send. */
export function foreign(expected: string, input: unknown): HandlerError {
  return new HandlerError("EVENT_UNSUPPORTED", `${expected} was expected, and ${describe(input)} arrived.`, {
    hint: "Register the function for the trigger that it is declared for.",
  });
}
