import type { Context } from "../context.js";
import type { HandlerError } from "../error.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import type { MessageContext, MessageOrigin } from "./message-context.js";

/**
 * Takes what can never be done: stores it, alerts an operator. It is awaited before anything is acknowledged, with the work that it passes to
 * `context.waitUntil`; if it fails or is out of time, the message is delivered again. `context.key` is the same for every delivery of one
 * message, and duplicates must be borne.
 */
export type Sink<E extends NeutralEvent = NeutralEvent> = (
  message: E,
  reason: string,
  context: Context & { readonly key: string },
) => Promise<void>;

/** One event that a native delivery brings, as an adapter reads it. */
export interface MessageRecord<E extends NeutralEvent> extends MessageOrigin {
  readonly event: E;
  /** The group within which order holds; undefined where it does not. */
  readonly group?: string | undefined;
  /**
   * Why it cannot be given to the function: what was delivered does not hold an event of its kind. It is logged, and ends as if the
   * function had thrown it.
   */
  readonly rejected?: HandlerError | undefined;
}

/** A record on its way, with a root context of its own. */
export interface Delivery<E extends NeutralEvent> {
  readonly record: MessageRecord<E>;
  readonly event: E;
  readonly context: MessageContext;
}

/** What an adapter may tell its platform about one event. */
export type Disposition =
  /** Handled, dropped or dead-lettered: the platform may forget it. */
  | { readonly state: "done"; readonly outcome: "ack" | "drop" | "deadLetter" }
  /** To be delivered again. */
  | { readonly state: "retry"; readonly afterSeconds?: number | undefined; readonly error?: unknown }
  /** Not begun, because an earlier one of its group failed or the time was up. */
  | { readonly state: "notRun" };

/** How one native delivery is settled. */
export interface Settling<E extends NeutralEvent> {
  /** How the platform itself dead-letters a message, where it can; used instead of the sink. */
  readonly deadLetter?: ((delivery: Delivery<E>, reason: string) => Promise<void>) | undefined;
  /**
   * Has the platform wait before it delivers an event again; undefined where it cannot, which is logged once. If it fails, the event is
   * delivered again all the same.
   */
  readonly onDelay?: ((delivery: Delivery<E>, afterSeconds: number) => Promise<void> | undefined) | undefined;
  /** Called as soon as one event is disposed of, before the next of its group begins; if it fails, the event is delivered again. */
  readonly onDisposed?: ((delivery: Delivery<E>, disposition: Disposition) => Promise<void> | undefined) | undefined;
}

/** What stands for an event until it is disposed of. */
export const notRun: Disposition = { state: "notRun" };
