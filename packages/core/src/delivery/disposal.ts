import type { Context, InvocationContext } from "../context.js";
import { childOf } from "../context-child.js";
import { inTime, noteAbandoned } from "../deadline.js";
import { HandlerError, toError } from "../error.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import { errorFields } from "../log.js";
import type { Outcome } from "../outcome.js";
import type { Delivery, Disposition, Settling, Sink } from "./delivery.js";

/** How an entry disposes of events: what its user gave, and how this delivery is settled. */
export interface Disposal<E extends NeutralEvent> extends Settling<E> {
  readonly sink?: Sink<E> | undefined;
  /** Whether the platform does not deliver again what the sink does not take. */
  readonly isLast?: boolean | undefined;
}

const acknowledged: Disposition = { state: "done", outcome: "ack" };

/**
 * Ends the story of one event: settles the work passed to `waitUntil`, dead-letters, logs every outcome but `ack`, and has the adapter settle
 * with its platform. At once where nothing has to be waited for. Never fails: what does not come off is a retry.
 */
export function dispose<E extends NeutralEvent>(
  delivery: Delivery<E>,
  outcome: Outcome,
  disposal: Disposal<E>,
): Disposition | Promise<Disposition> {
  // From here on its handler must not begin.
  delivery.context["~decided"] = true;
  const work = delivery.context["~settle"]();
  const isDelayed = outcome.outcome === "retry" && outcome.afterSeconds !== undefined;
  if (work || isDelayed || outcome.outcome === "deadLetter" || disposal.onDisposed)
    return disposeLater(delivery, outcome, disposal, work);
  return toDisposition(delivery, outcome);
}

async function disposeLater<E extends NeutralEvent>(
  delivery: Delivery<E>,
  outcome: Outcome,
  disposal: Disposal<E>,
  work: Promise<void> | undefined,
): Promise<Disposition> {
  let disposition: Disposition;
  try {
    if (work) await whole(() => work, delivery.context);
    disposition =
      outcome.outcome === "deadLetter"
        ? await deadLetter(delivery, outcome, disposal)
        : toDisposition(delivery, outcome);
  } catch (error) {
    const comesAgain = disposal.isLast ? "is not redelivered" : "will be redelivered";
    disposition = redeliver(delivery, `the message could not be settled, and ${comesAgain}`, error, disposal.isLast);
  }
  return settle(delivery, disposition, disposal);
}

/** Keeps what can never be done where its user, or its platform, wants it. Rejects when that fails. */
async function deadLetter<E extends NeutralEvent>(
  delivery: Delivery<E>,
  { reason, error }: Extract<Outcome, { outcome: "deadLetter" }>,
  { sink, deadLetter: native }: Disposal<E>,
): Promise<Disposition> {
  const { event, context } = delivery;
  const attempt = attemptOf(event);
  if (!native && !sink) {
    context.log.error("the message cannot be handled, and there is no sink: left to the platform's own redelivery", {
      outcome: "retry",
      attempt,
      reason,
    });
    return { state: "retry", error };
  }
  const failures = context["~failures"];
  await whole(async () => {
    if (native) await native(delivery, reason);
    else await sink?.(event, reason, childOf(context as Context, { key: `${event.source}#${event.id}` }));
    await context["~settle"]();
    if (context["~failures"] > failures) throw new HandlerError("UNAVAILABLE", "Work of the sink has failed.");
  }, context);
  context.log.error("message dead-lettered", { outcome: "deadLetter", attempt, reason });
  return { state: "done", outcome: "deadLetter" };
}

/** What is done in time; what goes on after it counts as in flight. */
async function whole(start: () => Promise<void>, context: InvocationContext): Promise<void> {
  await inTime(start, context, undefined, (running) => noteAbandoned(context, running));
}

/** Has the adapter settle with its platform. */
async function settle<E extends NeutralEvent>(
  delivery: Delivery<E>,
  disposition: Disposition,
  { onDelay, onDisposed }: Disposal<E>,
): Promise<Disposition> {
  const { context } = delivery;
  const afterSeconds = disposition.state === "retry" ? disposition.afterSeconds : undefined;
  if (afterSeconds === undefined && !onDisposed) return disposition;
  try {
    await inTime(async () => {
      if (afterSeconds !== undefined) await onDelay?.(delivery, afterSeconds);
      await onDisposed?.(delivery, disposition);
      await context["~settle"]();
    }, context);
    return disposition;
  } catch (error) {
    return redeliver(delivery, "the platform did not take the outcome of a message, which will be redelivered", error);
  }
}

function redeliver<E extends NeutralEvent>(
  { event, context }: Delivery<E>,
  message: string,
  error: unknown,
  isLast = false,
) {
  const outcome = isLast ? undefined : "retry";
  context.log.error(message, { outcome, attempt: attemptOf(event), error: errorFields(error) });
  return { state: "retry", error } as const;
}

function toDisposition<E extends NeutralEvent>(
  { event, context }: Delivery<E>,
  outcome: Exclude<Outcome, { outcome: "deadLetter" }>,
): Disposition {
  if (outcome.outcome === "ack") return acknowledged;
  const { reason } = outcome;
  const attempt = attemptOf(event);
  if (outcome.outcome === "drop") {
    context.log.warn("message dropped", { outcome: "drop", attempt, reason });
    return { state: "done", outcome: "drop" };
  }
  const { afterSeconds, error } = outcome;
  // What the function threw is in the log already.
  if (error === undefined || !context["~report"](error)) {
    const thrown = error === undefined ? undefined : errorFields(error);
    context.log.warn("message will be redelivered", { outcome: "retry", attempt, reason, afterSeconds, error: thrown });
  }
  return { state: "retry", afterSeconds, error };
}

/** The outcome of an event whose handling threw: `retry`, or `deadLetter` where that is permanent. Logged. */
export function fromThrown(thrown: unknown, event: NeutralEvent, context: Context): Outcome {
  const error = readThrown(thrown);
  const outcome = fromError(error);
  (context as InvocationContext)["~root"]?.["~report"](error);
  context.log.error(HandlerError.is(error) ? error.message : "the handler failed", {
    // What becomes of a dead letter is said once it has been stored.
    outcome: outcome.outcome === "retry" ? "retry" : undefined,
    attempt: attemptOf(event),
    error: errorFields(error),
  });
  return outcome;
}

/** What was thrown, as an error that can be looked at: whoever throws a proxy, or a getter that throws, must not end the delivery. */
function readThrown(thrown: unknown): Error {
  try {
    const error = toError(thrown);
    HandlerError.is(error);
    // Reads what is read of it later.
    String(error.name + error.message);
    return error;
  } catch (cause) {
    return new Error("What was thrown cannot be read.", { cause });
  }
}

/** `deadLetter` where trying again cannot help, else `retry`. */
function fromError(error: Error): Outcome {
  if (!HandlerError.is(error) || !error.permanent) return { outcome: "retry", error };
  return { outcome: "deadLetter", reason: `${error.code}: ${error.message}`, error };
}

/** How often it has been delivered, where the platform tells. */
function attemptOf(event: NeutralEvent): number | undefined {
  return (event as { readonly attempt?: number }).attempt;
}
