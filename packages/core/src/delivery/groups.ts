import { keyOf } from "./in-flight.js";

type Grouped = Parameters<typeof keyOf>[0];

/** Where one worker is: in which group, and at which of its messages. */
export interface GroupCursor {
  /** The indexes of the group that it is in the middle of; undefined to take no more of it. */
  group: readonly number[] | undefined;
  /** How many of them it has taken. */
  taken: number;
}

/** Hands out the messages of a delivery by index, those of a group to one worker, in order. */
export class GroupQueue {
  private readonly count: number;
  /** Undefined where no two messages share a group or an id: then each is a group of its own, and needs no list. */
  private readonly groups: readonly (readonly number[])[] | undefined;
  private next = 0;

  constructor(messages: readonly Grouped[]) {
    this.groups = messages.length > 1 && sharesKeys(messages) ? toGroups(messages) : undefined;
    this.count = this.groups?.length ?? messages.length;
  }

  get isEmpty(): boolean {
    return this.next === this.count;
  }

  /** The next message of the group that the cursor is in; -1 when there is none. */
  proceed(cursor: GroupCursor): number {
    const { group } = cursor;
    if (!group || cursor.taken >= group.length) return -1;
    cursor.taken += 1;
    return group[cursor.taken - 1] as number;
  }

  /** The first message of a further group; -1 when there is none. */
  begin(cursor: GroupCursor): number {
    if (this.isEmpty) return -1;
    const next = this.next;
    this.next += 1;
    if (!this.groups) return next;
    cursor.group = this.groups[next] as readonly number[];
    cursor.taken = 1;
    return cursor.group[0] as number;
  }
}

function sharesKeys(messages: readonly Grouped[]): boolean {
  const keys = new Set<string>();
  for (const message of messages) {
    if (message.record.group !== undefined) return true;
    keys.add(keyOf(message));
  }
  return keys.size < messages.length;
}

/** The messages of each group in order; those without one that have the same id, which may not run at once, stand together as well. */
export function toGroups(messages: readonly Grouped[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const [index, message] of messages.entries()) {
    const key = keyOf(message);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()];
}
