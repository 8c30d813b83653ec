import type { ChangeValue } from "@portico/core";
import { type Capabilities, type ChangeAction, type ChangeEvent, type ChangeItem, HandlerError } from "@portico/core";
import { changeFacts, type ParsedCloudEvent, parseTimestamp, ShownEvent } from "@portico/core/adapter";
import type { Cell } from "../messages.js";
import { eventTrace } from "../pubsub/cell.js";
import { capabilities as firestore } from "./firestore.js";

export const capabilities: Capabilities = {
  ...firestore,
  source: "Realtime Database",
  see: "https://firebase.google.com/docs/functions/database-events",
};

const actions: Readonly<Record<string, ChangeAction>> = { created: "insert", updated: "update", deleted: "delete" };

/** Changes of a Realtime Database: the value before, and what became different. Both may be any JSON. */
export const realtimeDatabase: Cell<ChangeEvent> = {
  capabilities,
  fromEvent: (event) => {
    const [, type] = /^google\.firebase\.database\.ref\.v1\.(created|updated|deleted|written)$/.exec(event.type) ?? [];
    if (type === undefined) return undefined;
    const value = event.data.kind === "json" ? event.data.value : undefined;
    const known = typeof value === "object" && value !== null && "delta" in value;
    const { data, delta } = (known ? value : {}) as { readonly data?: unknown; readonly delta?: unknown };
    const [before, after] = [plain(data), plain(merge(data, delta))];
    const action = actions[type] ?? (before === null ? "insert" : after === null ? "delete" : "update");
    const rejected = known
      ? undefined
      : new HandlerError("EVENT_MALFORMED", "The data of the Realtime Database event has no delta.");
    return {
      event: new DatabaseChange(event, action, toItem(before), toItem(after)),
      trace: () => eventTrace(event),
      rejected,
    };
  },
};

/** The value after: members of the delta replace those before, null removes them. */
function merge(before: unknown, delta: unknown): unknown {
  if (typeof before !== "object" || before === null || typeof delta !== "object" || delta === null) return delta;
  const after: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(before)) after[key] = value;
  for (const [key, value] of Object.entries(delta)) after[key] = merge(after[key], value);
  return after;
}

/** Without prototypes, and without the nulls that stand for nothing. */
function plain(value: unknown): ChangeValue {
  if (typeof value !== "object" || value === null) return (value ?? null) as ChangeValue;
  if (Array.isArray(value)) return value.map(plain);
  const item: Record<string, ChangeValue> = Object.create(null);
  for (const [key, member] of Object.entries(value)) if (member !== null) item[key] = plain(member);
  // The database has no empty objects: what has nothing in it is not there.
  return Object.keys(item).length > 0 ? item : null;
}

/** What is no object stands under `value`. */
function toItem(value: ChangeValue): ChangeItem | undefined {
  if (value === null) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value as ChangeItem;
  return Object.assign(Object.create(null), { value });
}

class DatabaseChange extends ShownEvent implements ChangeEvent {
  readonly kind = "change";
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly native: ParsedCloudEvent;
  /** The path above the reference. */
  readonly table: string;
  /** The last part of the path: `id`. */
  readonly key: ChangeItem;
  readonly action: ChangeAction;
  readonly before: ChangeItem | undefined;
  readonly after: ChangeItem | undefined;
  readonly expired: undefined = undefined;
  readonly partition: undefined = undefined;
  readonly sequence: undefined = undefined;

  constructor(
    event: ParsedCloudEvent,
    action: ChangeAction,
    before: ChangeItem | undefined,
    after: ChangeItem | undefined,
  ) {
    super();
    const path = event.subject?.replace(/^refs\//, "") ?? "";
    const slash = path.lastIndexOf("/");
    this.id = event.id;
    this.source = event.source;
    this.time = parseTimestamp(event.time ?? "") ?? new Date();
    this.native = event;
    this.table = path.slice(0, Math.max(0, slash));
    this.key = Object.assign(Object.create(null), { id: path.slice(slash + 1) });
    this.action = action;
    this.before = before;
    this.after = after;
  }

  async json(): Promise<unknown> {
    return changeFacts(this);
  }
}
