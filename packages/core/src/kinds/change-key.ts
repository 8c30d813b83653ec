import { unencodable } from "../unencodable.js";
import type { ChangeAction, ChangeEvent, ChangeItem, ChangeValue } from "./change.js";

/** The names of the attributes that make a key, or what gives the key of a change. */
export type ChangeKeys = readonly string[] | ((event: ChangeEvent) => ChangeItem);

/** What is not told of a change, and a database's own event has. */
export interface ChangeFacts {
  /** The key as the handler knows it: names of attributes, or what makes it of a change. Default: the change's own key. */
  readonly keys?: ChangeKeys | undefined;
  /** What a change is taken for whose platform cannot tell an insert from an update. Default: it is refused. */
  readonly upsertAs?: "insert" | "update" | ((event: ChangeEvent) => "insert" | "update") | undefined;
}

/**
 * The key of a change: its own, or the named attributes of its key and images.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when there is none, or it has not the named attributes.
 */
export function keyOfChange(carrier: string, event: ChangeEvent, { keys }: ChangeFacts): ChangeItem {
  const key = typeof keys === "function" ? keys(event) : keys ? pick(carrier, event, keys) : event.key;
  if (Object.keys(key).length > 0) return key;
  throw unencodable(carrier, "key", "it is empty", keyHint);
}

/** What to do about a key that a database does not have. */
export const keyHint = "Say what identifies an item with the option `keys`.";

/**
 * The key of a change as one text: the values of its attributes, joined by `|`.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when one of them is neither text nor a whole number, or is empty, or one of several has a `|`.
 */
export function textKeyOfChange(carrier: string, event: ChangeEvent, facts: ChangeFacts): string {
  const entries = Object.entries(keyOfChange(carrier, event, facts));
  const parts = entries.map(([name, value]) => {
    const isPart =
      (typeof value === "string" && value !== "") || Number.isSafeInteger(value) || typeof value === "bigint";
    if (entries.length > 1 && typeof value === "string" && value.includes("|"))
      throw unencodable(carrier, `key.${name}`, "it has a |, by which the parts of a key are told apart", keyHint);
    if (isPart) return String(value);
    throw unencodable(carrier, `key.${name}`, "it is neither text nor a whole number", keyHint);
  });
  return parts.join("|");
}

/** @throws {HandlerError} EVENT_UNENCODABLE when it may be an insertion or an update, and nobody says which. */
export function actionOfChange(
  carrier: string,
  event: ChangeEvent,
  { upsertAs }: ChangeFacts,
): Exclude<ChangeAction, "upsert"> {
  if (event.action !== "upsert") return event.action;
  const known = typeof upsertAs === "function" ? upsertAs(event) : upsertAs;
  if (known === "insert" || known === "update") return known;
  const hint = "Say with the option `upsertAs` what it is to be taken for.";
  throw unencodable(carrier, "action", "it may be an insertion or an update", hint);
}

function pick(carrier: string, { key, after, before }: ChangeEvent, names: readonly string[]): ChangeItem {
  return Object.fromEntries(
    names.map((name) => {
      const holder = [key, after, before].find((item) => item !== undefined && Object.hasOwn(item, name));
      if (!holder) throw unencodable(carrier, "key", `the change has no ${name}`, keyHint);
      return [name, holder[name] as ChangeValue] as const;
    }),
  );
}
