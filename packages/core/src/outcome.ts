import type { Final } from "./middleware.js";

/** What a message handler says became of its message. Returning nothing is `ack`; a throw is `retry`. */
export type Outcome =
  | { readonly outcome: "ack" }
  | {
      readonly outcome: "retry";
      readonly afterSeconds?: number | undefined;
      /** Goes to the log. */
      readonly reason?: string | undefined;
      readonly error?: unknown;
    }
  | { readonly outcome: "deadLetter"; readonly reason: string; readonly error?: unknown }
  | { readonly outcome: "drop"; readonly reason: string };

/** Done: the platform may forget the message. */
export function ack(): Final<Outcome> {
  return { outcome: "ack" };
}

/** What {@link retry} takes. */
export interface RetryOptions {
  /** Seconds until it is delivered again, where the platform can; elsewhere it is a plain retry, which is logged once. */
  readonly afterSeconds?: number | undefined;
  /** Why; it goes to the log, with the message's id and attempt. */
  readonly reason?: string | undefined;
}

/** Not done: deliver it again. */
export function retry({ afterSeconds, reason }: RetryOptions = {}): Final<Outcome> {
  return { outcome: "retry", afterSeconds, reason };
}

/** It can never be done: keep it aside for a human, and go on with the others. */
export function deadLetter(reason: string): Final<Outcome> {
  return { outcome: "deadLetter", reason };
}

/** It need not be done: forget it, and say so in the log. */
export function drop(reason: string): Final<Outcome> {
  return { outcome: "drop", reason };
}

const outcomes: readonly unknown[] = ["ack", "retry", "deadLetter", "drop"];

/** Tells an outcome from whatever else a handler may return. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === "object" && value !== null && outcomes.includes((value as Outcome).outcome);
}
