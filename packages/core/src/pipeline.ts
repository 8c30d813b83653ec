import { childOf } from "./context-child.js";
import { describe, HandlerError } from "./error.js";
import type { Resource } from "./resources/resource.js";

/** The rest of a pipeline, from one layer inwards. */
export type Run<E, C, R> = (event: E, context: C) => Promise<R>;

/** A layer as the pipeline runs it; the public, inferring type is `Middleware`. */
export type Layer<E, C extends object, R> = ((
  event: E,
  context: C,
  next: (add?: object) => Promise<R>,
) => Promise<R>) & { readonly uses?: readonly Resource[] };

/**
 * A handler or middleware, looked at where it is given.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a function.
 */
export function checkFunction<T>(given: T): T {
  if (typeof given === "function") return given;
  throw new HandlerError("CONFIG_INVALID", `A handler or middleware is ${describe(given)}, which is not a function.`, {
    hint: "Check that it is imported by its right name.",
  });
}

/**
 * Folds layers around a handler, once, when the function is declared; an invocation then only calls through.
 * With no layers it is the handler itself.
 *
 * @param between put around every layer but the outermost, to look at what it gives before the layer outside it does
 */
export function compose<E, C extends object, R>(
  layers: readonly Layer<E, C, R>[],
  handler: Run<E, C, R>,
  between?: (run: Run<E, C, R>) => Run<E, C, R>,
): Run<E, C, R> {
  return layers.reduceRight((inner, layer, index) => {
    const run = wrap(inner, layer);
    return between && index > 0 ? between(run) : run;
  }, handler);
}

function wrap<E, C extends object, R>(inner: Run<E, C, R>, layer: Layer<E, C, R>): Run<E, C, R> {
  return (event, context) =>
    layer(event, context, (add) => inner(event, add === undefined ? context : childOf(context, add)));
}
