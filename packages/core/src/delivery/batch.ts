import type { BatchRun } from "../kinds/message-function.js";
import type { NeutralEvent } from "../kinds/neutral-event.js";
import type { Outcome } from "../outcome.js";
import { type Delivery, type Disposition, notRun } from "./delivery.js";
import { dispose, fromThrown } from "./disposal.js";
import { toGroups } from "./groups.js";
import { type InFlight, keyOf, type Stay, waitInFlight } from "./in-flight.js";
import type { RunnerOptions } from "./runner.js";

/**
 * Runs the events of one native delivery together, for a function that ends in `.batch(...)`. Resolves with a disposition for each event by
 * index; behind the first failure of a group all is delivered again, though the handler has seen it.
 */
export async function runBatch<E extends NeutralEvent>(
  deliveries: readonly Delivery<E>[],
  run: BatchRun<E>,
  inFlight: InFlight,
  options: RunnerOptions<E>,
): Promise<readonly Disposition[]> {
  const dispositions = new Array<Disposition>(deliveries.length).fill(notRun);
  const stays = new Map<string, Stay>();
  try {
    const errors = inFlight.isIdle ? [] : await waitForAll(deliveries, inFlight, stays);
    // Nothing begins once the signal has aborted.
    if (deliveries[0]?.context["~isAborted"] && !errors.some((error) => error)) return dispositions;
    const outcomes = begin(deliveries, run, errors);
    await Promise.all(
      toGroups(deliveries).map(async (group) => {
        let failed = false;
        for (const index of group) {
          const delivery = deliveries[index] as Delivery<E>;
          const outcome = (await outcomes[index]) as Outcome;
          const handler = delivery.context["~running"];
          if (handler) track(delivery, handler, inFlight, stays);
          const disposition: Disposition = await dispose(delivery, failed ? behindFailure : outcome, options);
          dispositions[index] = disposition;
          failed ||= disposition.state !== "done" && delivery.record.group !== undefined;
        }
      }),
    );
    return dispositions;
  } finally {
    for (const stay of stays.values()) stay.leave();
  }
}

const behindFailure: Outcome = { outcome: "retry", reason: "it stands behind a failure in its group" };

/** Waits for what earlier deliveries left in flight; gives the error of each message that had to wait for too long. */
function waitForAll<E extends NeutralEvent>(
  deliveries: readonly Delivery<E>[],
  inFlight: InFlight,
  stays: Map<string, Stay>,
): Promise<readonly (Error | undefined)[]> {
  const waits = new Map<string, Promise<Error | undefined>>();
  const all = deliveries.map((delivery) => {
    const key = keyOf(delivery);
    const known = waits.get(key);
    if (known) return known;
    const before = inFlight.get(key);
    const own = inFlight.tracksAll ? inFlight.enter(key, delivery.context) : undefined;
    if (own) stays.set(key, own);
    const wait = before ? waitInFlight(inFlight, before, own, delivery) : Promise.resolve(undefined);
    waits.set(key, wait);
    return wait;
  });
  return Promise.all(all);
}

/** Gives the handler what it may have: neither what is rejected, nor what has waited for too long. */
function begin<E extends NeutralEvent>(
  deliveries: readonly Delivery<E>[],
  run: BatchRun<E>,
  errors: readonly (Error | undefined)[],
): readonly (Outcome | Promise<Outcome>)[] {
  const isAborted = deliveries[0]?.context["~isAborted"];
  const isGiven = ({ record }: Delivery<E>, index: number) => !record.rejected && !errors[index] && !isAborted;
  const outcomes = run(deliveries.filter(isGiven)).values();
  return deliveries.map((delivery, index) => {
    const { record, event, context } = delivery;
    if (isGiven(delivery, index)) return outcomes.next().value as Promise<Outcome>;
    const error = errors[index];
    if (error) return { outcome: "retry", error };
    if (record.rejected) return fromThrown(record.rejected, event, context);
    return { outcome: "retry", reason: "the time was up before it began" };
  });
}

function track<E extends NeutralEvent>(
  delivery: Delivery<E>,
  handler: PromiseLike<unknown>,
  inFlight: InFlight,
  stays: ReadonlyMap<string, Stay>,
): void {
  const key = keyOf(delivery);
  const stay = stays.get(key);
  if (stay) stay.abandon(handler);
  else inFlight.abandon(key, handler, delivery.context);
}
