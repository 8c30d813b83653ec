import type { RetryContext } from "@azure/functions";
import {
  HandlerError,
  type MessageFunction,
  type MessagePipeline,
  type NeutralEvent,
  type Outcome,
  type Trigger,
} from "@portico/core";
import {
  checkNames,
  errorFields,
  fromThrown,
  type InvocationContext,
  type OptionNames,
  toError,
} from "@portico/core/adapter";
import { type AzureDelivery, type Carrier, type Part, toInvocations } from "./delivery.js";
import { toNativeInvocation } from "./invocation.js";
import { type Bindings, checkWrap, type NativeHandler, type WrapOptions } from "./options.js";

/** A source as it is wrapped: its carrier, and what its registration says beside the trigger. */
export interface Source<E extends NeutralEvent> {
  readonly carrier: Carrier<E>;
  readonly bindings: Bindings;
}

/** Wraps a handler whose trigger may take batches. */
export interface WrapBatched<T extends Trigger, E, O> {
  /** The handler gets each event in an invocation of its own. */
  (handler: NativeHandler, options: O): MessageFunction<T, E>;
  /** The handler gets what the new platform delivers together. */
  batch(handler: NativeHandler, options: O): MessageFunction<T, E>;
}

/** The wrapper of a kind whose triggers may take batches. `toSource` comes first: it refuses options that are missing. */
export function wrapBatched<T extends Trigger, E extends NeutralEvent, O extends WrapOptions>(
  names: OptionNames<O>,
  toPipeline: (options: O) => MessagePipeline<T, E>,
  toSource: (options: O) => Source<E>,
): WrapBatched<T, E, O> {
  return Object.assign(
    (handler: NativeHandler, options: O) => {
      checkNames(options ?? undefined, names);
      const source = toSource(options);
      return wrapEach(toPipeline(options), handler, source, options);
    },
    {
      batch: (handler: NativeHandler, options: O) => {
        checkNames(options ?? undefined, names);
        const source = toSource(options);
        return wrapBatches(toPipeline(options), handler, source, options);
      },
    },
  );
}

/**
 * Makes a message function of a native handler that gets each event in an invocation of its own: a batch of one, where its trigger takes
 * batches.
 *
 * @throws {HandlerError} CONFIG_INVALID when the handler is no function, or a binding has nobody who serves it.
 */
export function wrapEach<T extends Trigger, E extends NeutralEvent>(
  pipeline: MessagePipeline<T, E>,
  handler: NativeHandler,
  source: Source<E>,
  options: WrapOptions,
): MessageFunction<T, E> {
  checkWrap(handler, options, source.bindings);
  return pipeline.handle(async (event, context) => {
    const part = await source.carrier.prepare(event, context as InvocationContext);
    const [outcome] = await invoke(handler, source.carrier.join([part]), source, options, context as InvocationContext);
    return outcome;
  });
}

/**
 * Makes a message function of a native handler that takes batches: what the platform delivers together it gets together, as far as its
 * trigger would. An event that Azure cannot carry is left out of them and dead-lettered.
 *
 * @throws {HandlerError} CONFIG_INVALID when the trigger gives one message at a time, the handler is no function, or a binding has nobody
 *   who serves it.
 */
export function wrapBatches<T extends Trigger, E extends NeutralEvent>(
  pipeline: MessagePipeline<T, E>,
  handler: NativeHandler,
  source: Source<E>,
  options: WrapOptions,
): MessageFunction<T, E> {
  const { carrier } = source;
  checkWrap(handler, options, source.bindings);
  if (!carrier.many) {
    throw new HandlerError("CONFIG_INVALID", "The handler's trigger gives it one message at a time.", {
      hint: 'Wrap it without `.batch`, or register its trigger as at home: `cardinality: "many"`.',
    });
  }
  return pipeline.batch(async (items) => {
    const outcomes = new Map<E, Outcome>();
    const parts: Part<E>[] = [];
    for (const { event, context } of items) {
      try {
        parts.push(await carrier.prepare(event, context as InvocationContext));
      } catch (thrown) {
        outcomes.set(event, fromThrown(thrown, event, context));
      }
    }
    const [{ context } = {} as never] = items;
    const host = (context as InvocationContext)["~host"] ?? context;
    await Promise.all(
      toInvocations(carrier, parts).map(async (delivery) => {
        const results = await invoke(handler, delivery, source, options, host);
        for (const [index, event] of delivery.events.entries()) outcomes.set(event, results[index] as Outcome);
      }),
    );
    return items.map(({ event }) => outcomes.get(event));
  });
}

/** One invocation of the handler. What it throws becomes `retry` with that very error, whatever it is. */
async function invoke<E extends NeutralEvent>(
  handler: NativeHandler,
  { events, input, triggerMetadata, outcomes }: AzureDelivery<E>,
  { carrier: { trigger }, bindings }: Source<E>,
  options: WrapOptions,
  context: InvocationContext,
): Promise<readonly Outcome[]> {
  const call = handler as (input: unknown, context: unknown) => unknown;
  try {
    const retryContext = toRetryContext(events, bindings);
    const invocation = await toNativeInvocation({ trigger, bindings, options, context, triggerMetadata, retryContext });
    await invocation.finish(await call(input, invocation.context));
    return outcomes();
  } catch (thrown) {
    // `throw undefined` is success to Azure's worker. It is not what anybody means by it.
    const error = toError(thrown);
    context.log.error("the handler failed", { error: errorFields(error) });
    return outcomes({ error });
  }
}

/** As the host counts: not for the first attempt, and with a retry policy alone. Which failure came before, nobody knows here. */
function toRetryContext(events: readonly NeutralEvent[], { retry }: Bindings): RetryContext | undefined {
  const attempts = events.map((event) => (event as { readonly attempt?: number }).attempt ?? 1);
  const retryCount = Math.max(...attempts) - 1;
  return retry && retryCount > 0 ? { retryCount, maxRetryCount: retry.maxRetryCount } : undefined;
}
