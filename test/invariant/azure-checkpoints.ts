import type { RetryContext } from "@azure/functions";
import type { Invocation } from "./azure-entry.js";
import type { Choices, History } from "./history.js";
import type { Answer, NativeDelivery, Platform } from "./model.js";
import type { World } from "./world.js";

/** An ordered part of a source, and what has been read of it. */
interface Lease {
  readonly name: number;
  readonly ids: readonly string[];
  checkpoint: number;
  /** The batch that the host holds in its memory and tries again; undefined before one is read. */
  batch: { readonly end: number; retried: number } | undefined;
}

/** What a source sends. */
export type ToInvocation = (
  records: readonly { readonly id: string; readonly place: number; readonly lease: number }[],
) => Invocation;

/**
 * Leases with a checkpoint that moves on behind a batch, whether it succeeded or not, once the retry policy has no attempt left. A host that
 * dies forgets the batch and its attempts, and the next one reads from the checkpoint.
 */
export class Checkpoints implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private readonly maxRetryCount: number;
  private readonly toInvocation: ToInvocation;
  private readonly leases: readonly Lease[];

  constructor(world: World, history: History, choices: Choices, maxRetryCount: number, toInvocation: ToInvocation) {
    this.world = world;
    this.choices = choices;
    this.maxRetryCount = maxRetryCount;
    this.toInvocation = toInvocation;
    this.leases = [...new Set(history.messages.map(({ group }) => group))].map((name) => ({
      name,
      ids: world.messages.filter(({ group }) => group === name).map(({ id }) => id),
      checkpoint: 0,
      batch: undefined,
    }));
  }

  next(): NativeDelivery | undefined {
    const open = this.leases.filter(({ ids, checkpoint }) => checkpoint < ids.length);
    const lease = open[this.choices.below(open.length)];
    if (!lease) return undefined;
    const { ids, checkpoint, name } = lease;
    lease.batch ??= { end: checkpoint + 1 + this.choices.below(ids.length - checkpoint), retried: 0 };
    const { end, retried } = lease.batch;
    const records = ids.slice(checkpoint, end).map((id, index) => ({ id, place: checkpoint + index, lease: name }));
    // The first attempt has none.
    const retryContext: RetryContext | undefined =
      retried > 0 ? { retryCount: retried, maxRetryCount: this.maxRetryCount } : undefined;
    const event: Invocation = { ...this.toInvocation(records), retryContext };
    return { event, settle: (answer) => this.settle(lease, answer) };
  }

  private settle(lease: Lease, answer: Answer): void {
    const { batch } = lease;
    if (!batch) return;
    const goesOn = this.maxRetryCount >= 0 && batch.retried >= this.maxRetryCount;
    if (!answer.ok && answer.lost) lease.batch = undefined;
    else if (!answer.ok && !goesOn) batch.retried += 1;
    else {
      for (const id of lease.ids.slice(lease.checkpoint, batch.end)) this.world.acknowledge(id);
      lease.checkpoint = batch.end;
      lease.batch = undefined;
    }
  }
}

/** What the adapter tells the sink of what it saves on the last attempt. Then the sink is all there is, and it must work. */
export const isLeft = (reason: string): boolean => reason.startsWith("left on the last attempt");
