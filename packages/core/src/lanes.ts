import type { HandlerResult } from "./kinds/message-function.js";

/** What runs one message after the other. */
export class Worker {
  /** The group that it is in the middle of, and where in it; undefined to take no more of it. */
  lane: readonly number[] | undefined = undefined;
  place = 0;
  /** The message that it is at. */
  index = 0;
  /** The handler that it waits for. */
  running: PromiseLike<unknown> | undefined = undefined;
  isGivenUp = false;
  /** Goes on with the next message. */
  readonly proceed: () => void;
  /** Take what the handler gave; made once for all its messages. */
  readonly onResult: (result: HandlerResult) => void;
  readonly onFailure: (error: unknown) => void;

  constructor(proceed: Worker["proceed"], onResult: Worker["onResult"], onFailure: Worker["onFailure"]) {
    this.proceed = proceed;
    this.onResult = onResult;
    this.onFailure = onFailure;
  }
}

interface Grouped {
  /** The group within which order holds; undefined where it does not. */
  readonly group?: string | undefined;
}

/** Hands out the messages of a delivery by index, those of a group to one worker, in order. */
export class LaneQueue {
  private readonly count: number;
  /** Undefined where no message has a group: then each is a lane of its own, and needs no list. */
  private readonly lanes: readonly (readonly number[])[] | undefined;
  private taken = 0;

  constructor(messages: readonly Grouped[]) {
    this.lanes = hasGroups(messages) ? toLanes(messages) : undefined;
    this.count = this.lanes?.length ?? messages.length;
  }

  get isEmpty(): boolean {
    return this.taken === this.count;
  }

  /** -1 when there is none left. */
  next(worker: Worker): number {
    const { lane } = worker;
    if (lane && worker.place < lane.length) {
      worker.place += 1;
      return lane[worker.place - 1] as number;
    }
    if (this.isEmpty) return -1;
    const next = this.taken;
    this.taken += 1;
    if (!this.lanes) return next;
    worker.lane = this.lanes[next] as readonly number[];
    worker.place = 1;
    return worker.lane[0] as number;
  }
}

function hasGroups(messages: readonly Grouped[]): boolean {
  for (const { group } of messages) if (group !== undefined) return true;
  return false;
}

/** The messages of each group in order; one without a group is a lane of its own. */
export function toLanes(messages: readonly Grouped[]): readonly (readonly number[])[] {
  const lanes: number[][] = [];
  const byGroup = new Map<string, number[]>();
  for (const [index, { group }] of messages.entries()) {
    const lane = group === undefined ? undefined : byGroup.get(group);
    if (lane) lane.push(index);
    else {
      const begun = [index];
      lanes.push(begun);
      if (group !== undefined) byGroup.set(group, begun);
    }
  }
  return lanes;
}
