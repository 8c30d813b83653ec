import type { InvocationContext as AzureInvocationContext } from "@azure/functions";
import {
  type Capabilities,
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
  checkKind,
  checkMessageOptions,
  Deadline,
  type Delivery,
  type Disposition,
  deliver,
  describe,
  errorFields,
  MessageContext,
  once,
  requireSink,
  toError,
  type Unfinished,
  Watchdog,
} from "@portico/core/adapter";
import { AzureContext } from "./context.js";
import { isLastAttempt } from "./messages/retry-policy.js";
import { saveLeft } from "./messages/save-left.js";
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
   * process with all that runs in it. Milliseconds. Default: 290000, ten seconds less than the Consumption plan's five minutes.
   */
  readonly timeoutMs?: number | undefined;
  /** Log entries below are left out. Default: `info`; host.json filters further. */
  readonly logLevel?: LogLevel | undefined;
}

/** One event of a native delivery. */
export interface NativeRecord<E> {
  readonly event: E;
  /** What stands in the log beside its entries; absent where only a deeper look tells. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** The group within which order holds. */
  readonly group?: string | undefined;
  readonly trace?: (() => Trace | undefined) | undefined;
  /** Why the function does not get it; the event then only shows what came, for the sink. */
  readonly refused?: HandlerError | undefined;
}

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
  checkKind(kind, fn);
  checkMessageOptions(options);
  requireSink(cell.capabilities, options.sink);
  const { sink, concurrency, timeoutMs = defaultTimeoutMs, logLevel } = options;
  // The one place that gives a function its events: a cell makes those of the function's kind.
  const call = fn as unknown as Parameters<typeof deliver<E>>[0];
  const watchdog = new Watchdog();
  const unfinished: Unfinished = new Map();
  let coldStart = true;
  let region: string | undefined;
  let degraded: AzureContext | undefined;
  const degrade = once(() =>
    degraded?.log.warn("retry({ afterSeconds }) is a plain retry here, which comes when the platform sees fit"),
  );
  watchShutdown();

  return async (input, azure) => {
    const entered = Date.now();
    // Not read earlier: the host replaces the environment when it makes a waiting worker this app's.
    if (coldStart) region = process.env.REGION_NAME;
    // On the last attempt the sink needs time for what the function leaves.
    const last = sink !== undefined && isLastAttempt(azure.retryContext, maxRetryCount);
    const init = { native: { input, context: azure }, region, coldStart, logLevel };
    const context = new AzureContext({ ...init, deadlineMs: entered + (last ? timeoutMs * 0.8 : timeoutMs) });
    coldStart = false;
    begin(context);
    try {
      const records = cell.read(input, azure);
      const deliveries = records.map((record) => toDelivery(record, context));
      const dispositions = await run(deliveries, context, input);
      if (dispositions === undefined) return;
      const left = deliveries.filter((_, index) => dispositions[index]?.state !== "done");
      if (left.length === 0) return;
      const error = whole(left.length, deliveries.length, dispositions);
      if (!last) throw error;
      const saving = new AzureContext({ ...init, deadlineMs: entered + timeoutMs });
      await watch(saving, () => saveLeft(left, error, saving, sink, concurrency));
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

  /** The dispositions; undefined where the platform has been told about each. */
  async function run(deliveries: readonly Delivery<E>[], context: AzureContext, input: unknown) {
    const settler = cell.settler?.(
      input,
      deliveries.map(({ event }) => event),
      context,
    );
    const onDelay = (): undefined => {
      degraded = context;
      degrade();
    };
    const onDisposed = settler && (({ event }: Delivery<E>, done: Disposition) => settler.settle(event, done));
    const deadLetter = settler && (({ event }: Delivery<E>, reason: string) => settler.deadLetter(event, reason));
    const dispositions = await watch(context, () =>
      deliver(call, deliveries, unfinished, { concurrency, sink, deadLetter, onDelay, onDisposed }),
    );
    await settler?.close(dispositions);
    return settler ? undefined : dispositions;
  }

  async function watch<R>(context: AzureContext, work: () => Promise<R>): Promise<R> {
    const deadline = new Deadline(context, watchdog);
    try {
      return await work();
    } finally {
      deadline.end();
    }
  }
}

function toDelivery<E extends NeutralEvent>(
  { event, fields = {}, group, trace, refused }: NativeRecord<E>,
  context: AzureContext,
): Delivery<E> {
  return { event, group, refused, context: new MessageContext(context, fields, { trace }) };
}

/** The error that brings back the whole delivery: the only message's own, which the platform's own logs then show. */
function whole(failed: number, all: number, dispositions: readonly Disposition[]): Error {
  const [error] = dispositions.flatMap((disposition) =>
    disposition.state === "retry" && disposition.error ? [toError(disposition.error)] : [],
  );
  if (all === 1 && error) return error;
  const message = `Not done: ${failed} of ${all} events. The whole delivery is to come again.`;
  return new HandlerError("UNAVAILABLE", message, { cause: error });
}

/** The error for input that another trigger would send. */
export function foreign(expected: string, input: unknown): HandlerError {
  return new HandlerError("EVENT_UNSUPPORTED", `${expected} was expected, and ${describe(input)} arrived.`, {
    hint: "Register the function for the trigger that it is declared for.",
  });
}
