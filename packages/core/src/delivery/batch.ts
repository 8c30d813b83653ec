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
 * index; behind the first failure of a group all is delivered again, though the handler has seen it. A group that an earlier delivery left in
 * flight is waited for and then gets a call of its own, so that it holds up none of the others.
 */
export async function runBatch<E extends NeutralEvent>(
  deliveries: readonly Delivery<E>[],
  run: BatchRun<E>,
  inFlight: InFlight,
  options: RunnerOptions<E>,
): Promise<readonly Disposition[]> {
  const dispositions = new Array<Disposition>(deliveries.length).fill(notRun);
  const groups = toGroups(deliveries).map((indexes) => enter(indexes, deliveries, inFlight));
  const free = groups.filter(({ before }) => !before);
  const outcomes = begin(
    free.flatMap(({ indexes }) => indexes).sort((one, two) => one - two),
    deliveries,
    run,
  );
  const gate = new Gate(options.concurrency ?? 10);
  await Promise.all(
    groups.map(async (group) => {
      try {
        const given = group.before ? await beginLater(group, deliveries, run, inFlight) : outcomes;
        await disposeGroup(group, given, deliveries, inFlight, options, gate, dispositions);
      } finally {
        group.stay?.leave();
      }
    }),
  );
  return dispositions;
}

interface Group {
  readonly indexes: readonly number[];
  /** What an earlier delivery left in flight of it. */
  readonly before: Stay | undefined;
  readonly stay: Stay | undefined;
}

type Outcomes = ReadonlyMap<number, Outcome | Promise<Outcome>>;

function enter<E extends NeutralEvent>(
  indexes: readonly number[],
  deliveries: readonly Delivery<E>[],
  inFlight: InFlight,
): Group {
  const first = deliveries[indexes[0] as number] as Delivery<E>;
  if (inFlight.isIdle) return { indexes, before: undefined, stay: undefined };
  const key = keyOf(first);
  const before = inFlight.get(key);
  const stay = before || inFlight.tracksAll ? inFlight.enter(key, first.context) : undefined;
  return { indexes, before, stay };
}

/** Calls the handler for what it may have. Nothing begins once the signal has aborted. */
function begin<E extends NeutralEvent>(
  indexes: readonly number[],
  deliveries: readonly Delivery<E>[],
  run: BatchRun<E>,
): Outcomes {
  const outcomes = new Map<number, Outcome | Promise<Outcome>>();
  const given: number[] = [];
  for (const index of indexes) {
    const { record, event, context } = deliveries[index] as Delivery<E>;
    if (record.rejected) outcomes.set(index, fromThrown(record.rejected, event, context));
    else if (!context["~isAborted"]) given.push(index);
  }
  if (given.length === 0) return outcomes;
  const running = run(given.map((index) => deliveries[index] as Delivery<E>));
  for (const [at, index] of given.entries()) outcomes.set(index, running[at] as Promise<Outcome>);
  return outcomes;
}

async function beginLater<E extends NeutralEvent>(
  { indexes, before, stay }: Group,
  deliveries: readonly Delivery<E>[],
  run: BatchRun<E>,
  inFlight: InFlight,
): Promise<Outcomes> {
  const first = deliveries[indexes[0] as number] as Delivery<E>;
  const error = await waitInFlight(inFlight, before as Stay, stay, first);
  if (!error) return begin(indexes, deliveries, run);
  const outcome: Outcome = { outcome: "retry", error, reason: error.message };
  return new Map(indexes.map((index) => [index, outcome]));
}

const behindFailure: Outcome = { outcome: "retry", reason: "it stands behind a failure in its group" };

async function disposeGroup<E extends NeutralEvent>(
  { indexes, stay }: Group,
  outcomes: Outcomes,
  deliveries: readonly Delivery<E>[],
  inFlight: InFlight,
  options: RunnerOptions<E>,
  gate: Gate,
  dispositions: Disposition[],
): Promise<void> {
  let failed = false;
  for (const index of indexes) {
    const delivery = deliveries[index] as Delivery<E>;
    const outcome = await outcomes.get(index);
    // It did not begin.
    if (!outcome) continue;
    const turn = gate.enter();
    if (turn) await turn;
    const disposition: Disposition = await dispose(delivery, failed ? behindFailure : outcome, options);
    gate.leave();
    dispositions[index] = disposition;
    failed ||= disposition.state !== "done" && delivery.record.group !== undefined;
    const running = delivery.context["~running"];
    if (!running) continue;
    if (stay) stay.abandon(running);
    else inFlight.abandon(keyOf(delivery), running, delivery.context);
  }
}

/** Lets so many in at once: the sink of a batch that failed as a whole must not get thousands of messages in one moment. */
class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(free: number) {
    this.free = free;
  }

  enter(): Promise<void> | undefined {
    if (this.free > 0) {
      this.free -= 1;
      return undefined;
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
