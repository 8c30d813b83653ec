import type { Decimal } from "../decimal.js";
import type { Trigger } from "../function.js";
import type { Bytes } from "../payload.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { NeutralEvent } from "./neutral-event.js";

/** `upsert` where the platform cannot tell an insert from an update. */
export type ChangeAction = "insert" | "update" | "delete" | "upsert";

/**
 * A database value as plain data. Numbers are exact: a number when it round-trips, a bigint for larger integers, else a `Decimal`.
 * Maps have no prototype; sets are lists; bytes are bytes.
 */
export type ChangeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Decimal
  | Bytes
  | Date
  | readonly ChangeValue[]
  | { readonly [name: string]: ChangeValue };

/** A database item. */
export type ChangeItem = { readonly [name: string]: ChangeValue };

/** A database item was inserted, updated or deleted. */
export interface ChangeEvent extends NeutralEvent<"change"> {
  readonly table: string;
  readonly key: ChangeItem;
  readonly action: ChangeAction;
  /** The item before, where the platform sends it. */
  readonly before: ChangeItem | undefined;
  /** The item after, where the platform sends it and there is one. */
  readonly after: ChangeItem | undefined;
  /** With `delete`: the platform removed it because its time was over. */
  readonly expired: boolean | undefined;
  /** The shard or partition within which order holds. */
  readonly partition: string | undefined;
  readonly sequence: string | undefined;
}

export interface ChangeTrigger extends Trigger<"change"> {
  readonly table: string;
  readonly actions?: readonly ChangeAction[] | undefined;
}

export type ChangeFunction = MessageFunction<ChangeTrigger, ChangeEvent>;
export type AnyChangeFunction = AnyMessageFunction<ChangeTrigger>;

/** Declares a function for the changes of a table or collection. Changes outside `actions` are dropped, with a log entry; `upsert` always passes. */
export function change(
  table: string,
  { actions }: { readonly actions?: readonly ChangeAction[] | undefined } = {},
): MessagePipeline<ChangeTrigger, ChangeEvent> {
  const trigger: ChangeTrigger = { kind: "change", table, ...(actions !== undefined && { actions }) };
  return messagePipeline<ChangeTrigger, ChangeEvent>(
    trigger,
    ({ action }) => actions === undefined || action === "upsert" || actions.includes(action),
  );
}

/** The facts of a change as plain data: what `json()` gives and a CloudEvent carries. */
export function changeFacts(event: Omit<ChangeEvent, keyof NeutralEvent>): Record<string, unknown> {
  const { table, key, action, before, after, expired, partition, sequence } = event;
  return { table, key, action, before, after, expired, partition, sequence };
}
