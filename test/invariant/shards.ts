import { readFailures } from "./aws-entry.js";
import type { Choices, History } from "./history.js";
import type { Answer, NativeDelivery, Platform } from "./model.js";
import type { World } from "./world.js";

/** An ordered part of a stream, and what has been read of it. */
interface Shard {
  readonly name: number;
  readonly ids: readonly string[];
  /** The place from which it goes on. */
  checkpoint: number;
}

/** What a platform with shards sends and reads. */
export interface ShardSource {
  event(records: readonly { readonly id: string; readonly place: number; readonly shard: number }[]): unknown;
  /** The place that an identifier of a failure means; undefined for a mapping that takes none: whatever is answered is success then. */
  readonly placeOf?: ((identifier: unknown) => number | undefined) | undefined;
}

/** Shards with a checkpoint: it moves to the lowest failure that is reported, past the delivery when that succeeds, else not at all. */
export class Shards implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private readonly source: ShardSource;
  private readonly shards: readonly Shard[];

  constructor(world: World, history: History, choices: Choices, source: ShardSource) {
    this.world = world;
    this.choices = choices;
    this.source = source;
    this.shards = [...new Set(history.messages.map(({ group }) => group))].map((name) => ({
      name,
      ids: world.messages.filter(({ group }) => group === name).map(({ id }) => id),
      checkpoint: 0,
    }));
  }

  next(): NativeDelivery | undefined {
    const open = this.shards.filter(({ ids, checkpoint }) => checkpoint < ids.length);
    const shard = open[this.choices.below(open.length)];
    if (!shard) return undefined;
    const start = shard.checkpoint;
    const ids = shard.ids.slice(start, start + 1 + this.choices.below(shard.ids.length - start));
    const records = ids.map((id, index) => ({ id, place: start + index, shard: shard.name }));
    return { event: this.source.event(records), settle: (answer) => this.settle(shard, start + ids.length, answer) };
  }

  private settle(shard: Shard, end: number, answer: Answer): void {
    const reached = answer.ok ? this.reached(shard, end, answer.result) : shard.checkpoint;
    for (const id of shard.ids.slice(shard.checkpoint, reached)) this.world.acknowledge(id);
    shard.checkpoint = reached;
  }

  private reached(shard: Shard, end: number, result: unknown): number {
    const { placeOf } = this.source;
    if (!placeOf) return end;
    const failed = readFailures(result, (identifier) => {
      const place = placeOf(identifier) ?? -1;
      return place >= shard.checkpoint && place < end ? place : undefined;
    });
    return failed ? Math.min(end, ...failed) : shard.checkpoint;
  }
}
