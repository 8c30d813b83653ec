import type { Context, InvocationContext } from "./context.js";
import { inTime } from "./deadline.js";
import type { Delivery, DeliveryOptions, Disposition } from "./delivery.js";
import { fromError } from "./kinds/message-function.js";
import type { NeutralEvent } from "./kinds/neutral-event.js";
import { errorFields } from "./log.js";
import type { Outcome } from "./outcome.js";

/** What becomes of an event with this outcome, at once where nothing has to be waited for. Never fails. */
export function dispose<E extends NeutralEvent>(
  delivery: Delivery<E>,
  outcome: Outcome,
  options: DeliveryOptions<E>,
): Disposition | Promise<Disposition> {
  const work = delivery.context["~settle"]();
  return work || outcome.outcome === "deadLetter"
    ? disposeLater(delivery, outcome, options, work)
    : toDisposition(outcome, delivery.context);
}

function toDisposition(outcome: Exclude<Outcome, { outcome: "deadLetter" }>, context: Context): Disposition {
  if (outcome.outcome === "retry") return { state: "retry", afterSeconds: outcome.afterSeconds, error: outcome.error };
  if (outcome.outcome === "ack") return acknowledged;
  context.log.warn("message dropped", { reason: outcome.reason });
  return { state: "done", outcome: "drop" };
}

const acknowledged: Disposition = { state: "done", outcome: "ack" };

async function disposeLater<E extends NeutralEvent>(
  delivery: Delivery<E>,
  outcome: Outcome,
  options: DeliveryOptions<E>,
  work: Promise<void> | undefined,
): Promise<Disposition> {
  const { event, context } = delivery;
  const { sink, deadLetter } = options;
  try {
    if (work) await inTime(() => work, context);
    if (outcome.outcome !== "deadLetter") return toDisposition(outcome, context);
    const { reason } = outcome;
    if (deadLetter) await inTime(() => deadLetter(delivery, reason), context);
    else if (sink) await inTime(() => sink(event, reason, withKey(context, event)), context);
    else {
      context.log.error("message cannot be handled, and there is no sink: left to the platform's own redelivery", {
        reason,
      });
      return { state: "retry", error: outcome.error };
    }
    context.log.error("message dead-lettered", { reason });
    return { state: "done", outcome: "deadLetter" };
  } catch (error) {
    context.log.error("message could not be disposed of, and is to be delivered again", { error: errorFields(error) });
    return { state: "retry", error };
  }
}

function withKey(context: InvocationContext, { source, id }: NeutralEvent): Context & { readonly key: string } {
  return Object.create(context, { key: { value: `${source}#${id}`, enumerable: true } });
}

/** What becomes of an event that its function cannot be given; it is logged. */
export function refuse(error: Error, context: Context): Outcome {
  context.log.error(error.message, { error: errorFields(error) });
  return fromError(error);
}
