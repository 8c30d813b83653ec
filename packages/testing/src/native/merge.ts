/** What may be said of a native event, at any depth; of a list its members by their place. */
export type Overrides<T> = T extends Uint8Array | Date
  ? T
  : T extends readonly (infer M)[]
    ? readonly (Overrides<M> | undefined)[]
    : T extends object
      ? { readonly [K in keyof T]?: Overrides<T[K]> | undefined }
      : T;

/** A copy of a native event with other values here and there: objects are merged, lists by place, anything else is taken instead. */
export function merge<T>(value: T, overrides: Overrides<NoInfer<T>> | undefined): T {
  if (overrides === undefined) return value;
  if (Array.isArray(value) && Array.isArray(overrides)) {
    const length = Math.max(value.length, overrides.length);
    return Array.from({ length }, (_, index) => merge(value[index], overrides[index])) as T;
  }
  if (!isPlain(value) || !isPlain(overrides)) return overrides as T;
  const merged: Record<string, unknown> = { ...value };
  for (const [name, other] of Object.entries(overrides)) {
    if (other !== undefined) merged[name] = Object.hasOwn(value, name) ? merge(value[name], other as never) : other;
  }
  return merged as T;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
