import {
  type Bucket,
  type BucketAccess,
  type Context,
  HandlerError,
  type Marked,
  type Next,
  type Resource,
  type StoreOf,
} from "@portico/core";
import { toBinding } from "./binding.js";
import { checkEnvironment, fromEnvironment } from "./environment.js";
import type { StoreBinding } from "./provider.js";
import { Reads } from "./reads.js";
import { checkInstalled } from "./sdk.js";
import { createStore } from "./store.js";

/** Declared resources, by the name that each has in the context. */
export type Declared = Readonly<Record<string, Bucket>>;

/** What `resources` adds to the context. */
export type Opened<D extends Declared> = {
  readonly [N in keyof D]: D[N] extends Bucket<infer A> ? StoreOf<A> : never;
};

/** What resources are bound to in code instead of in the environment: a URL, or what `s3(...)` and its like make. */
export type Bindings<D extends Declared> = { readonly [N in keyof D]?: string | StoreBinding | undefined };

type Bound = Pick<Context, "signal" | "platform" | "log">;

/**
 * Adds stores to the context, one for each declared bucket, with what its access allows. They are bound by the environment:
 * `PORTICO_UPLOADS=s3://my-bucket` for `uploads`. Nothing is loaded before the first operation. A store that the context has already, as
 * in a test, stays.
 *
 * @throws {HandlerError} CONFIG_INVALID when something is not declared with `bucket`, a binding in code is not understood, or the package
 *   that a store needs is not installed; in an invocation, when the environment's is missing or not understood.
 * @example
 * const uploads = bucket("uploads", { access: ["read", "write"] });
 * export const upload = http.put("/files/*key").use(resources({ uploads })).handle(async (request, { uploads }) => {
 *   await uploads.put(request.params.key, request.body ?? "");
 *   return reply.empty();
 * });
 */
export function resources<const D extends Declared>(declared: D, bindings: Bindings<D> = {}) {
  const all = Object.entries(declared).map(([member, resource]) => prepare(member, resource, bindings[member]));
  const layer = async <E, C extends Bound, R>(_event: E, context: C, next: Next<R>): Promise<Marked<R, Opened<D>>> => {
    const stores: Record<string, unknown> = {};
    const reads = new Reads();
    for (const { member, resource, bound } of all) {
      stores[member] = given(context, member) ?? open(resource, bound, context, reads);
    }
    try {
      const result = await next(stores as Opened<D>);
      reads.end(result);
      return result;
    } catch (error) {
      reads.end(undefined);
      throw error;
    }
  };
  return Object.assign(layer, { uses: all.map(({ resource }): Resource => resource) });
}

interface Prepared {
  readonly member: string;
  readonly resource: Bucket;
  readonly bound: StoreBinding | undefined;
}

function prepare(member: string, resource: Bucket, bound: string | StoreBinding | undefined): Prepared {
  if (resource?.type !== "bucket" || !Array.isArray(resource.access)) {
    throw new HandlerError("CONFIG_INVALID", `resources: ${member} is not declared with bucket(...).`);
  }
  const binding = typeof bound === "string" ? toBinding(bound, `The binding of ${member}`) : bound;
  if (binding) checkInstalled(binding.needs);
  else checkEnvironment(resource.name);
  return { member, resource, bound: binding };
}

// Those of an outer layer may be another bucket's, or have less.
const opened = new WeakSet<object>();

/** A store that a test has put into the context. */
function given(context: object, member: string): unknown {
  const value = (context as Record<string, unknown>)[member] as { "~keyOf"?: unknown } | undefined;
  return typeof value?.["~keyOf"] === "function" && !opened.has(value) ? value : undefined;
}

function open(resource: Bucket, bound: StoreBinding | undefined, context: Bound, reads: Reads): StoreOf<BucketAccess> {
  const { name, access } = resource;
  const store = createStore({
    name,
    access,
    binding: bound ?? fromEnvironment(name, context),
    signal: () => context.signal,
    reads,
  });
  opened.add(store);
  return store;
}
