import type { Context } from "./context.js";
import type { Resource } from "./resources/resource.js";

/** What a function is started by: plain, serialisable data that registration, infrastructure code, docs and local tools read. */
export interface Trigger<K extends string = string> {
  readonly kind: K;
}

/**
 * A function that knows no cloud. Call it with an event, and a context if you have one, in a test; give it to an adapter to deploy it.
 */
export interface PortableFunction<T extends Trigger, E, R> {
  (event: E, context?: Partial<Context>): Promise<R>;
  readonly trigger: T;
  /** The resources that its layers have declared: plain data, as the trigger is. */
  readonly uses: readonly Resource[];
}

/** Any function of one kind, whatever its event's parameters: what adapters take. */
export type AnyFunction<T extends Trigger, R = unknown> = PortableFunction<T, never, R>;

/** Gives a call its trigger, and what it uses. */
export function createFunction<T extends Trigger, E, R>(
  trigger: T,
  call: (event: E, context?: Partial<Context>) => Promise<R>,
  uses: readonly Resource[] = [],
): PortableFunction<T, E, R> {
  return Object.assign(call, { trigger: Object.freeze(trigger), uses: Object.freeze(uses) });
}
