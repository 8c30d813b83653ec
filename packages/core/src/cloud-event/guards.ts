import type { Bytes } from "../payload.js";

// What `fromExact` may give, told apart.

export const isText = (value: unknown): value is string => typeof value === "string";
export const isNumber = (value: unknown): value is number => typeof value === "number";
export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
export const isDate = (value: unknown): value is Date => value instanceof Date;
export const isBytes = (value: unknown): value is Bytes => value instanceof Uint8Array;
/** An object that was a JSON object: it has no prototype. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
export const isTextRecord = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every(isText);
export const isAttributeRecord = (value: unknown): value is Record<string, string | number | boolean> =>
  isObject(value) && Object.values(value).every((member) => isText(member) || isNumber(member) || isBoolean(member));
export const isBody = (value: unknown): value is string | Bytes => isText(value) || isBytes(value);
export const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

export function isListOf<T>(is: (value: unknown) => value is T): (value: unknown) => value is T[] {
  return (value): value is T[] => Array.isArray(value) && value.every(is);
}

export function isPairOf<T>(is: (value: unknown) => value is T): (value: unknown) => value is readonly [string, T] {
  return (value): value is readonly [string, T] =>
    Array.isArray(value) && value.length === 2 && isText(value[0]) && is(value[1]);
}

export function isOneOf<T extends string>(...words: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => words.includes(value as T);
}
