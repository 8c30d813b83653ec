import type { ChangeItem, ChangeValue } from "@portico/core";

/**
 * The paths of the fields that an update changed, added or removed, as Firestore lists them: a map is entered, a list is one value.
 *
 * @see https://cloud.google.com/firestore/docs/reference/rest/Shared.Types/DocumentMask
 */
export function changedPaths(before: ChangeItem, after: ChangeItem, prefix = ""): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const path = prefix + (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replace(/[\\`]/g, "\\$&")}\``);
    const [one, other] = [before[name], after[name]];
    if (isMap(one) && isMap(other)) return changedPaths(one, other, `${path}.`);
    return isSame(one, other) ? [] : [path];
  });
}

function isMap(value: ChangeValue | undefined): value is ChangeItem {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isSame(one: ChangeValue | undefined, other: ChangeValue | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (one instanceof Date && other instanceof Date) return Object.is(one.getTime(), other.getTime());
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  return isMap(one) && isMap(other) && changedPaths(one, other).length === 0;
}
