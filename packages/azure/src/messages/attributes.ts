/** A value beside a payload, as text; undefined for what has none. */
function toAttribute(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * Properties as text, without a prototype. Azure writes the first letter of every name in lower case, so a name is found in any case;
 * `Object.keys` gives what arrived.
 */
export function toAttributes(properties: unknown): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null);
  if (typeof properties === "object" && properties !== null) {
    for (const [name, value] of Object.entries(properties)) {
      const text = toAttribute(value);
      if (text !== undefined) attributes[name] = text;
    }
  }
  return new Proxy(attributes, {
    get: (target, name) => target[nameIn(target, name) as string],
    has: (target, name) => nameIn(target, name) in target,
  });
}

function nameIn(attributes: Record<string, string>, name: string | symbol): string | symbol {
  if (typeof name !== "string" || Object.hasOwn(attributes, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(attributes).find((other) => other.toLowerCase() === lower) ?? name;
}
