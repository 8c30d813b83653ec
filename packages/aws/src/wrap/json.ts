import { unencodable } from "@portico/core/adapter";

/**
 * A copy of a value that JSON carries without changing it, as the service's own JSON would be read.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it holds what JSON has no word for, or has none for at that place.
 */
export function toExactJson(carrier: string, field: string, value: unknown, parents: readonly unknown[] = []): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      throw unencodable(carrier, field, `JSON has no ${Object.is(value, -0) ? "-0" : value}`);
    case "object":
      if (value === null) return null;
      return copy(carrier, field, value, parents);
    default:
      throw unencodable(carrier, field, `JSON has no ${typeof value}`);
  }
}

const deepest = 1000;

function copy(carrier: string, field: string, value: object, parents: readonly unknown[]): unknown {
  if (parents.length > deepest || parents.includes(value))
    throw unencodable(carrier, field, "it is nested too deeply, or in itself");
  const path = [...parents, value];
  if (Array.isArray(value)) return value.map((item) => toExactJson(carrier, field, item, path));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw unencodable(carrier, field, `JSON has no ${prototype.constructor?.name ?? "objects of a class"}`);
  // Defines its members: a name may be `__proto__`.
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toExactJson(carrier, field, member, path)] as const),
  );
}
