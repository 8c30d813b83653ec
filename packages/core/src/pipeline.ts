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
 * Folds layers around a handler, once, when the function is declared; an invocation then only calls through.
 * With no layers it is the handler itself.
 */
export function compose<E, C extends object, R>(
  layers: readonly Layer<E, C, R>[],
  handler: Run<E, C, R>,
): Run<E, C, R> {
  return layers.reduceRight(wrap, handler);
}

function wrap<E, C extends object, R>(inner: Run<E, C, R>, layer: Layer<E, C, R>): Run<E, C, R> {
  return (event, context) =>
    layer(event, context, (add) => inner(event, add === undefined ? context : childOf(context, add)));
}

/**
 * A context with additions, that leaves its parent as it was. It is a copy of the parent's own properties and not its heir: to make each
 * invocation's context a prototype costs ten times as much. What changes or is memoised lives on the root, which all of them share.
 */
export function childOf<C extends object, A extends object>(parent: C, additions: A): C & A {
  // A literal defines properties where an assignment would meet the parent's getters (`log`, `signal`) and fail.
  return { __proto__: Object.getPrototypeOf(parent), ...parent, ...additions } as C & A;
}
