import type { Context } from "../context.js";
import { inTime } from "../deadline.js";
import { type AnyFunction, createFunction, type PortableFunction, type Trigger } from "../function.js";
import type { Merge, Middleware, None } from "../middleware.js";
import { checkFunction, compose, type Layer } from "../pipeline.js";
import { collectUses } from "../resources/resource.js";
import { toContext } from "../to-context.js";
import type { NeutralEvent } from "./neutral-event.js";

/** A call with JSON that wants JSON back. */
export interface Invocation extends NeutralEvent<"invoke"> {
  /** What the caller sent: any JSON value. */
  readonly payload: unknown;
}

export interface InvokeTrigger extends Trigger<"invoke"> {
  readonly name: string;
}

export type InvokeFunction<R = unknown> = PortableFunction<InvokeTrigger, Invocation, R>;
export type AnyInvokeFunction = AnyFunction<InvokeTrigger>;

/** A callable function, waiting for layers and a handler. */
export interface InvokePipeline<C = Context> {
  use<A extends object = None>(layer: Middleware<Invocation, C, A, unknown>): InvokePipeline<Merge<C, A>>;
  /** Closes the pipeline. The function resolves to what the handler returns, and rejects with what it throws. */
  handle<R>(handler: (call: Invocation, context: C) => R | Promise<R>): InvokeFunction<R>;
}

type KeptLayer = Layer<Invocation, Context, unknown>;

/** Declares a function that is called directly, and answers. */
export function invoke(name: string): InvokePipeline {
  return pipeline<Context>({ kind: "invoke", name }, []);
}

function pipeline<C>(trigger: InvokeTrigger, layers: readonly KeptLayer[]): InvokePipeline<C> {
  return {
    use: (layer) => pipeline(trigger, [...layers, checkFunction(layer) as KeptLayer]),
    handle: <R>(handler: (call: Invocation, context: C) => R | Promise<R>) => {
      checkFunction(handler);
      const run = compose(layers, async (call: Invocation, context: Context) =>
        inTime(() => handler(call, context as C), context),
      );
      const invoked = async (call: Invocation, given?: Partial<Context>) => {
        const context = toContext(given);
        return (await inTime(() => run(call, context), context)) as R;
      };
      return createFunction(trigger, invoked, collectUses(layers));
    },
  };
}
