import type { ChangeEvent, ChangeItem, ChangeValue } from "@portico/core";
import { unencodable } from "@portico/core/adapter";

/** The names of the attributes that make a key, or what gives the key of a change. */
export type Keys = readonly string[] | ((event: ChangeEvent) => ChangeItem);

/**
 * The key of a change: its own, or the named attributes of its key and images.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when there is none, or it has not the named attributes.
 */
export function toKey(carrier: string, event: ChangeEvent, keys: Keys | undefined): ChangeItem {
  const key = typeof keys === "function" ? keys(event) : keys ? pick(carrier, event, keys) : event.key;
  if (Object.keys(key).length > 0) return key;
  throw unencodable(carrier, "key", "it is empty", "Name the attributes of the table's key with the option `keys`.");
}

function pick(carrier: string, { key, after, before }: ChangeEvent, names: readonly string[]): ChangeItem {
  return Object.fromEntries(
    names.map((name) => {
      const holder = [key, after, before].find((item) => item !== undefined && Object.hasOwn(item, name));
      if (!holder) throw unencodable(carrier, "key", `the change has no ${name}`);
      return [name, holder[name] as ChangeValue] as const;
    }),
  );
}

/** What a change is taken for whose platform cannot tell an insert from an update. */
export function toAction(
  carrier: string,
  { action }: ChangeEvent,
  upsertAs: "insert" | "update" | undefined,
): "insert" | "update" | "delete" {
  if (action !== "upsert") return action;
  if (upsertAs === "insert" || upsertAs === "update") return upsertAs;
  throw unencodable(carrier, "action", "it is an upsert", "Say with the option `upsertAs` what it is to be taken for.");
}
