import type { Context } from "./context.js";

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
}

/** Any function of one kind, whatever its event's parameters: what adapters take. */
export type AnyFunction<T extends Trigger, R = unknown> = PortableFunction<T, never, R>;

/** Gives a call its trigger. */
export function createFunction<T extends Trigger, E, R>(
  trigger: T,
  call: (event: E, context?: Partial<Context>) => Promise<R>,
): PortableFunction<T, E, R> {
  return Object.assign(call, { trigger: Object.freeze(trigger) });
}
