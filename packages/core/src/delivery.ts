import type { Context, InvocationContext } from "./context.js";
import type { HandlerError } from "./error.js";
import type { Trigger } from "./function.js";
import type { MessageFunction } from "./kinds/message-function.js";
import type { NeutralEvent } from "./kinds/neutral-event.js";
import { WholeDelivery } from "./whole-delivery.js";

/**
 * Takes what can never be done: stores it, alerts somebody. It is awaited before anything is acknowledged; if it fails or is out of time,
 * the message is delivered again. `context.key` is the same for every delivery of one message, and duplicates must be borne.
 */
export type Sink<E extends NeutralEvent = NeutralEvent> = (
  message: E,
  reason: string,
  context: Context & { readonly key: string },
) => Promise<void>;

/** One event of a native delivery. */
export interface Delivery<E extends NeutralEvent> {
  readonly event: E;
  /** Its own root, a `MessageContext`. */
  readonly context: InvocationContext;
  /** The group within which order holds; undefined where it does not. */
  readonly group?: string | undefined;
  /**
   * Why it cannot be given to the function: what was delivered does not hold an event of its kind. It is logged, and ends as if the
   * function had thrown it.
   */
  readonly refused?: HandlerError | undefined;
}

/** What an adapter may tell its platform about one event. */
export type Disposition =
  /** Handled, dropped or dead-lettered: the platform may forget it. */
  | { readonly state: "done"; readonly outcome: "ack" | "drop" | "deadLetter" }
  /** To be delivered again. */
  | { readonly state: "retry"; readonly afterSeconds?: number | undefined; readonly error?: unknown }
  /** Not begun, because an earlier one of its group failed or the time was up. */
  | { readonly state: "notRun" };

export interface DeliveryOptions<E extends NeutralEvent> {
  /** How many groups, or events without one, run at once. Default: 10. */
  readonly concurrency?: number | undefined;
  readonly sink?: Sink<E> | undefined;
  /** How the platform itself sets a message aside, where it can; used instead of the sink. */
  readonly deadLetter?: ((delivery: Delivery<E>, reason: string) => Promise<void>) | undefined;
  /** Called for an event that is to come again after a while; if it fails, it comes again all the same. */
  readonly onDelay?: ((delivery: Delivery<E>, afterSeconds: number) => Promise<void> | undefined) | undefined;
  /** Called as soon as one event is disposed of, before the next of its group begins; if it fails, the event is to be delivered again. */
  readonly onDisposed?: ((delivery: Delivery<E>, disposition: Disposition) => Promise<void> | undefined) | undefined;
}

/** What one adapter entry remembers between invocations: handlers that go on after they were given up. */
export type Unfinished = Map<string, Promise<void>>;

/**
 * Runs the events of one native delivery. Within a group nothing begins before its predecessor is disposed of, and the first failure stops
 * the group. Resolves, with a disposition for each event by index, in time for the adapter to report it.
 */
export function deliver<E extends NeutralEvent>(
  fn: MessageFunction<Trigger, E>,
  deliveries: readonly Delivery<E>[],
  unfinished: Unfinished,
  options: DeliveryOptions<E> = {},
): Promise<readonly Disposition[]> {
  const whole = new WholeDelivery(deliveries, unfinished, options);
  return fn["~batch"] ? whole.runTogether(fn["~batch"]) : whole.runApart(fn["~run"] ?? fn);
}
