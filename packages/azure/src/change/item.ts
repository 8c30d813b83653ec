import type { ChangeItem, ChangeValue } from "@portico/core";

/** Parsed JSON as a database item: maps have no prototype, whatever their keys are. */
export function toItem(value: unknown): ChangeItem | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (toValue(value) as ChangeItem)
    : undefined;
}

function toValue(value: unknown): ChangeValue {
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value !== "object" || value === null) return value as ChangeValue;
  const item: Record<string, ChangeValue> = Object.create(null);
  for (const [name, member] of Object.entries(value)) item[name] = toValue(member);
  return item;
}
