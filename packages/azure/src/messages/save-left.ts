import type { NeutralEvent, Sink } from "@portico/core";
import { createFunction, type Delivery, deliver, MessageContext, toError } from "@portico/core/adapter";
import type { AzureContext } from "../context.js";

/**
 * Gives the sink what failed or was not begun on the last attempt, since the platform goes on behind it.
 *
 * @throws {Error} when the sink did not take all: those are lost, and the log says which.
 */
export async function saveLeft<E extends NeutralEvent>(
  left: readonly Delivery<E>[],
  error: Error,
  context: AzureContext,
  sink: Sink<E> | undefined,
  concurrency: number | undefined,
): Promise<void> {
  const reason = `left on the last attempt: ${toError(error.cause ?? error).message}`;
  // No groups: what one of them costs must not cost the others.
  const deliveries = left.map(({ event }) => ({
    event,
    context: new MessageContext(context, { eventId: event.id }, {}),
  }));
  const giveUp = createFunction({ kind: "sink" }, async () => ({ outcome: "deadLetter", reason }) as const);
  const dispositions = await deliver(giveUp, deliveries, new Map(), { sink, concurrency });
  if (dispositions.every(({ state }) => state === "done")) return;
  for (const [index, { event, context }] of deliveries.entries()) {
    if (dispositions[index]?.state !== "done")
      context.log.error("lost: it failed on the last attempt, and the sink did not take it", { id: event.id });
  }
  throw error;
}
