import type { NeutralEvent } from "./neutral-event.js";

/** The group within which order holds for an event that tells it; undefined where there is none. */
export function orderGroup(event: NeutralEvent): string | undefined {
  const { groupId, partition } = event as { readonly groupId?: string; readonly partition?: string };
  const group = groupId || partition;
  return group ? `${event.source}#${group}` : undefined;
}
