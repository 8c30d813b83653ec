import type { Context } from "./context.js";
import type { Resource } from "./resources/resource.js";

/** Nothing added. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is the neutral element of an intersection; `object` is not.
export type None = {};

/** A reply that carries, in its type alone, what the layer that returned it adds to the context. */
export type Marked<R, A> = R & { readonly "~adds"?: A };

/** A reply that ends the pipeline and adds nothing: what `reply.*`, `ack()` and `retry()` return. */
export type Final<R> = Marked<R, never>;

/**
 * Goes on to the next layer, and at the end to the handler. Additions become own properties of a child context. Calling it twice runs
 * the rest of the pipeline twice, each time from a clean start. Rejects with whatever the rest of the pipeline throws.
 */
export type Next<R> = <A extends object = None>(add?: A) => Promise<Marked<R, A>>;

/**
 * One layer of the onion: it sees the event, may answer early, may call `next` with additions to the context, and sees what comes back.
 *
 * @example
 * const timing: Middleware<HttpRequest, Context, None, HttpReply> = async (request, { log }, next) => {
 *   const start = performance.now();
 *   const response = await next();
 *   log.info("answered", { path: request.path, ms: performance.now() - start });
 *   return response;
 * };
 */
export type Middleware<E, C = Context, A = None, R = unknown> = ((
  event: E,
  context: C,
  next: Next<R>,
) => Promise<Marked<R, A>>) & {
  /** HTTP methods this layer answers itself, beside those of the function it stands in front of (`cors` answers OPTIONS). */
  readonly answers?: readonly string[];
  /** Resources that this layer adds to the context; the function's `uses` has them. */
  readonly uses?: readonly Resource[];
};

/** The context type after a layer: later additions win over earlier ones. */
export type Merge<C, A> = [keyof A] extends [never] ? C : Omit<C, keyof A> & A;
