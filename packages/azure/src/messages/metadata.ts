import type { InvocationContext } from "@azure/functions";
import { HandlerError } from "@portico/core";

/** Looks one thing up that the host tells beside the payload; undefined where it does not, or a sender may have said it. */
export type Lookup = (name: string) => unknown;

/**
 * The metadata of a single message. The host copies the members of a payload that is a JSON object over its own, whatever their case; what
 * may come from there is left out. A payload that comes as bytes is not read by the host.
 */
export function lookUp({ triggerMetadata }: InvocationContext, input: unknown): Lookup {
  const claimed = new Set(isPlain(input) ? namesIn(input) : []);
  return (name) => (claimed.has(name.toLowerCase()) ? undefined : own(triggerMetadata, name));
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function namesIn(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, member]) => (Array.isArray(member) ? [] : [name.toLowerCase()]));
}

/** A member that is the value's own. */
export function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/**
 * The metadata of one message of a batch, from lists that have an entry for each. The host leaves empty entries out of lists of strings
 * unless the app says otherwise, and then nobody can tell whose the others are.
 */
export function lookUpAt({ triggerMetadata }: InvocationContext, index: number, count: number): Lookup {
  return (name) => {
    const list = own(triggerMetadata, `${name}Array`);
    return Array.isArray(list) && list.length === count ? list[index] : undefined;
  };
}

/**
 * The entries of a batch, when there are as many as the host counts.
 *
 * @throws {HandlerError} EVENT_MALFORMED when the host left empty ones out: to go on would be to lose them.
 */
export function checkCount(source: string, bodies: readonly unknown[], counted: unknown): void {
  if (!Array.isArray(counted) || counted.length === bodies.length) return;
  throw new HandlerError(
    "EVENT_MALFORMED",
    `A batch of ${source} has ${bodies.length} payloads for ${counted.length} messages.`,
    {
      permanent: false,
      hint: 'The host leaves empty payloads out of lists of strings. Leave `dataType` at "binary", or set up the app with `capabilities: { IncludeEmptyEntriesInMessagePayload: "true" }`.',
    },
  );
}

/**
 * What there is of a batch whose payloads are not as many as the host counts: the payloads, and null for each that the host left out. Nobody
 * can tell whose facts are whose.
 */
export function salvageBodies(input: unknown, counted: number): readonly unknown[] {
  const bodies: readonly unknown[] = Array.isArray(input) ? input : [];
  return Array.from({ length: Math.max(bodies.length, counted) }, (_, index) => bodies[index] ?? null);
}

/** Text that is not empty; what the host made of text that is JSON, as text again. */
export function toText(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  // More digits than a number holds are gone, and the rest would be somebody else's name.
  if (typeof value === "number")
    return Number.isSafeInteger(value) || !Number.isInteger(value) ? String(value) : undefined;
  return typeof value === "boolean" ? String(value) : undefined;
}

export function toCount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;
}

/** The digits of an integer of 64 bits, however it arrived; undefined when some are lost. */
export function toDigits(value: unknown): string | undefined {
  if (typeof value === "string") return /^-?\d+$/.test(value) ? value : undefined;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  const [low, high] = [own(value, "low"), own(value, "high")];
  if (typeof low !== "number" || typeof high !== "number") return undefined;
  const joined = (BigInt(high) << 32n) | BigInt(low >>> 0);
  return (own(value, "unsigned") === true ? BigInt.asUintN(64, joined) : joined).toString();
}

/** A date; one without a zone is UTC, which `new Date` would not take it for. */
export function toTime(value: unknown): Date | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value;
  if (typeof value !== "string") return undefined;
  const time = new Date(/T[\d:.]+$/.test(value) ? `${value}Z` : value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
