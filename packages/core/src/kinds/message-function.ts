import type { Context } from "../context.js";
import { checkCanBegin, inTime, noteRunning } from "../deadline.js";
import { BatchCall } from "../delivery/batch-call.js";
import { fromThrown } from "../delivery/disposal.js";
import { describe, HandlerError } from "../error.js";
import { type AnyFunction, createFunction, type PortableFunction, type Trigger } from "../function.js";
import type { Merge, Middleware, None } from "../middleware.js";
import { ack, drop, isOutcome, type Outcome } from "../outcome.js";
import { checkFunction, compose, type Layer } from "../pipeline.js";
import { collectUses, type Resource } from "../resources/resource.js";
import { toContext } from "../to-context.js";
import type { NeutralEvent } from "./neutral-event.js";

/** What a message handler may return; nothing means `ack`. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the common case.
export type HandlerResult = Outcome | undefined | void;

export type MessageHandler<E, C> = (event: E, context: C) => HandlerResult | Promise<HandlerResult>;

/** One event of a batch, with the context that its layers made. */
export interface BatchItem<E, C> {
  readonly event: E;
  readonly context: C;
}

/** Gets the events that passed the layers, in the order of their delivery; returns an outcome for each, by index. */
export type BatchHandler<E, C> = (items: readonly BatchItem<E, C>[]) => Promise<readonly HandlerResult[]>;

/** Runs the events of one delivery together; adapters use it where a function has it. */
export type BatchRun<E> = (items: readonly BatchItem<E, Context>[]) => Promise<Outcome>[];

/** What a function does with an event, before anybody has looked at the result: it may throw, and give a promise or not. */
export type MessageRun<E> = (event: E, context: Context) => HandlerResult | PromiseLike<HandlerResult>;

/** A function whose result is an outcome. It never rejects: a throw is `retry`, or `deadLetter` when it is permanent. */
export interface MessageFunction<T extends Trigger, E> extends PortableFunction<T, E, Outcome> {
  readonly "~batch"?: BatchRun<E>;
  /** Adapters run this, make the outcome themselves, and abandon it when its time is over: each promise on the way costs. */
  readonly "~run"?: MessageRun<E>;
}

/** Any function of one message kind. */
export type AnyMessageFunction<T extends Trigger> = AnyFunction<T, Outcome>;

/** A message function with its trigger, waiting for layers and a handler. */
export interface MessagePipeline<T extends Trigger, E, C = Context> {
  /** Adds a layer inside those added before. Layers run for each event on its own. */
  use<A extends object = None>(layer: Middleware<E, C, A, Outcome>): MessagePipeline<T, E, Merge<C, A>>;
  /** Closes the pipeline with a handler for one event. */
  handle(handler: MessageHandler<E, C>): MessageFunction<T, E>;
  /** Closes the pipeline with a handler for all events of a delivery at once; a result of another length is `retry` for all. */
  batch(handler: BatchHandler<E, C>): MessageFunction<T, E>;
}

type KeptLayer<E> = Layer<E, Context, Outcome>;

/** Starts the pipeline of a kind. What `accepts` turns down is not for this function, though the platform sent it: dropped, and logged. */
export function messagePipeline<T extends Trigger, E extends NeutralEvent>(
  trigger: T,
  accepts?: (event: E) => boolean,
): MessagePipeline<T, E> {
  return pipeline<T, E, Context>(trigger, accepts, []);
}

function pipeline<T extends Trigger, E extends NeutralEvent, C>(
  trigger: T,
  accepts: ((event: E) => boolean) | undefined,
  layers: readonly KeptLayer<E>[],
): MessagePipeline<T, E, C> {
  return {
    use: (layer) => pipeline(trigger, accepts, [...layers, checkFunction(layer) as KeptLayer<E>]),
    handle: (handler) => {
      checkFunction(handler);
      const handle = handler as MessageHandler<E, Context>;
      // Abandoned before its middleware is, so that they see it.
      const timed = async (event: E, context: Context) => {
        checkCanBegin(context);
        return toOutcome(await untilAbandoned(handle, event, context));
      };
      const run: MessageRun<E> = layers.length === 0 ? handle : compose(layers, timed);
      return toFunction(
        trigger,
        accepts ? (event, context) => (accepts(event) ? run(event, context) : notMeant()) : run,
        collectUses(layers),
      );
    },
    batch: (handler) => {
      checkFunction(handler);
      const runBatch: BatchRun<E> = (items) => {
        const batch = new BatchCall(items.length, handler as BatchHandler<E, Context>);
        return items.map(({ event, context }, index) =>
          settle(event, context, compose(layers, batch.join(index)), accepts).finally(() => batch.leave(index)),
        );
      };
      const call = (event: E, given?: Partial<Context>) =>
        runBatch([{ event, context: toContext(given) }])[0] as Promise<Outcome>;
      return Object.assign(createFunction(trigger, call, collectUses(layers)), { "~batch": runBatch });
    },
  };
}

function toFunction<T extends Trigger, E extends NeutralEvent>(
  trigger: T,
  run: MessageRun<E>,
  uses: readonly Resource[],
): MessageFunction<T, E> {
  const call = async (event: E, given?: Partial<Context>): Promise<Outcome> => {
    const context = toContext(given);
    try {
      return toOutcome(await untilAbandoned(run, event, context));
    } catch (thrown) {
      return fromThrown(thrown, event, context);
    }
  };
  return Object.assign(createFunction(trigger, call, uses), { "~run": run });
}

function notMeant(): Outcome {
  return drop("the function is not declared for it");
}

function untilAbandoned<E>(run: MessageRun<E>, event: E, context: Context): ReturnType<MessageRun<E>> {
  return inTime(
    () => run(event, context),
    context,
    undefined,
    (running) => noteRunning(context, running),
  );
}

/** Runs one event to its outcome, whatever happens. */
async function settle<E extends NeutralEvent>(
  event: E,
  context: Context,
  run: (event: E, context: Context) => Promise<Outcome>,
  accepts: ((event: E) => boolean) | undefined,
): Promise<Outcome> {
  try {
    if (accepts && !accepts(event)) return notMeant();
    return toOutcome(await inTime(() => run(event, context), context));
  } catch (thrown) {
    return fromThrown(thrown, event, context);
  }
}

const acknowledged = /* @__PURE__ */ Object.freeze(/* @__PURE__ */ ack());

/** @throws {HandlerError} REPLY_INVALID when it is neither an outcome nor nothing: better delivered again than lost. */
export function toOutcome(result: HandlerResult): Outcome {
  if (result === undefined || result === null) return acknowledged;
  if (isOutcome(result)) return result;
  throw new HandlerError("REPLY_INVALID", `The handler returned ${describe(result)}, which is no outcome.`, {
    hint: "Return nothing, ack(), retry(), deadLetter(reason) or drop(reason).",
  });
}
