import { describe, HandlerError } from "./error.js";
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
  return { outcome: "deadLetter", reason: String(reason ?? "no reason was given") };
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

/** What a message handler may return; nothing means `ack`. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the common case.
export type HandlerResult = Outcome | undefined | void;

const acknowledged = /* @__PURE__ */ Object.freeze(/* @__PURE__ */ ack());

/** @throws {HandlerError} REPLY_INVALID when it is neither an outcome nor nothing: better delivered again than lost. */
export function toOutcome(result: HandlerResult): Outcome {
  if (result === undefined || result === null) return acknowledged;
  if (isOutcome(result)) {
    const { afterSeconds } = result as { readonly afterSeconds?: unknown };
    if (afterSeconds === undefined || (Number.isFinite(afterSeconds) && (afterSeconds as number) >= 0)) return result;
    throw new HandlerError("REPLY_INVALID", `afterSeconds of retry() is ${describe(afterSeconds)}.`, {
      hint: "Give a number of seconds from 0.",
    });
  }
  throw new HandlerError("REPLY_INVALID", `The handler returned ${describe(result)}, which is no outcome.`, {
    hint: "Return nothing, ack(), retry(), deadLetter(reason) or drop(reason).",
  });
}
