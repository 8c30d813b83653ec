/**
 * A value as the Functions host hands it to its worker, in the shapes of the host's protocol.
 *
 * @see https://github.com/Azure/azure-functions-language-worker-protobuf
 */
export type HostValue =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly collectionString: { readonly string: readonly string[] } }
  | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } }
  | { readonly collectionSint64: { readonly sint64: readonly HostLong[] } };

/** An integer of 64 bits as the worker hands it on: its halves. */
export interface HostLong {
  readonly low: number;
  readonly high: number;
  readonly unsigned: boolean;
}

/** What the host sends for one invocation. */
export interface HostDelivery {
  /** Undefined for nothing, such as a record without a value. */
  readonly input: HostValue | undefined;
  readonly triggerMetadata: Readonly<Record<string, HostValue>>;
}

/** Values as the host writes them. */
export const host = {
  text: (string: string): HostValue => ({ string }),
  json: (value: unknown): HostValue => ({ json: JSON.stringify(value) }),
  bytes: (bytes: Uint8Array): HostValue => ({ bytes }),
  texts: (string: readonly string[]): HostValue => ({ collectionString: { string } }),
  byteList: (bytes: readonly Uint8Array[]): HostValue => ({ collectionBytes: { bytes } }),
  longs: (values: readonly bigint[]): HostValue => ({ collectionSint64: { sint64: values.map(toLong) } }),
};

function toLong(value: bigint): HostLong {
  const [low, high] = [BigInt.asIntN(32, value), BigInt.asIntN(32, value >> 32n)].map(Number) as [number, number];
  return { low, high, unsigned: false };
}

/** The value that a handler gets: text is parsed where it is JSON, without asking. */
export function toDelivered(value: HostValue | undefined): unknown {
  if (value === undefined) return undefined;
  if ("string" in value) return parse(value.string);
  if ("json" in value) return JSON.parse(value.json);
  if ("bytes" in value) return Buffer.from(value.bytes);
  if ("collectionString" in value) return value.collectionString.string.map(parse);
  if ("collectionBytes" in value) return value.collectionBytes.bytes.map((bytes) => Buffer.from(bytes));
  return value.collectionSint64.sint64;
}

/** Metadata as a handler gets it: the first letter of every name in lower case, at every depth. */
export function toTriggerMetadata(metadata: HostDelivery["triggerMetadata"]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(metadata)) result[lowered(name)] = lowerKeys(toDelivered(value));
  return result;
}

/** A value with the first letter of every name in lower case. */
export function lowerKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(lowerKeys);
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) result[lowered(name)] = lowerKeys(member);
  return result;
}

/** A name as it arrives: its first letter in lower case. */
export function lowered(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * The metadata of a single text, over which the host has copied the members of a text that is a JSON object: all but lists, whatever their
 * case, over what is there already. Plain values become text.
 */
export function withMembers(
  text: string,
  metadata: Readonly<Record<string, HostValue>>,
): Readonly<Record<string, HostValue>> {
  const body = parse(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) return metadata;
  const names = new Map(Object.keys(metadata).map((name) => [name.toLowerCase(), name]));
  const all = new Map(Object.entries(metadata));
  for (const [name, member] of Object.entries(body)) {
    if (Array.isArray(member) || member === null) continue;
    const key = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), key);
    all.set(key, typeof member === "object" ? host.json(member) : host.text(toClrText(member)));
  }
  return Object.fromEntries(all);
}

function toClrText(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
