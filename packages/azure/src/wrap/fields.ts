import type { HandlerError } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { lowered } from "./host-value.js";

/** Checks of what one carrier can hold; each refuses by the field's name. */
export interface Fields {
  refuse(field: string, reason: string, hint?: string): HandlerError;
  /** Text that UTF-8 can carry; undefined where there is none, or an empty one. */
  text(field: string, value: string | undefined, most?: number): string | undefined;
  /** @returns ISO 8601 without a zone, as the .NET library writes a date that is UTC. */
  time(value: Date): string;
  /** Attributes under the names by which they arrive. */
  attributes(given: Readonly<Record<string, string>>): Record<string, string>;
  /** @param limit bytes */
  size(body: Uint8Array, limit: number): Uint8Array;
  /** A body that is text. */
  utf8(body: Uint8Array): string;
}

/** The checks of a carrier, such as "A Service Bus message". */
export function fieldsOf(carrier: string): Fields {
  const refuse = (field: string, reason: string, hint?: string) => unencodable(carrier, field, reason, hint);
  const text = (field: string, value: string | undefined, most = Number.POSITIVE_INFINITY) => {
    if (value === undefined || value === "") return undefined;
    if (!value.isWellFormed()) throw refuse(field, "it has half a surrogate pair");
    if (value.length > most) throw refuse(field, `it is longer than ${most} characters`);
    return value;
  };
  return {
    refuse,
    text,
    time(value) {
      const year = value.getUTCFullYear();
      if (!(year >= 1 && year <= 9999)) throw refuse("time", "it is no date of the years 1 to 9999");
      return value.toISOString().replace(/\.?0*Z$/, "");
    },
    attributes(given) {
      const result: Record<string, string> = {};
      const names = new Set<string>();
      for (const [name, value] of Object.entries(given)) {
        const field = `attribute ${JSON.stringify(name)}`;
        if (lowered(name) === "__proto__") throw refuse(field, "no object of the worker's library has such a name");
        if (name === "" || !name.isWellFormed()) throw refuse(field, "its name is empty or not well-formed text");
        if (!value.isWellFormed()) throw refuse(field, "it has half a surrogate pair");
        if (names.has(name.toLowerCase())) throw refuse(field, "another one's name differs in case alone");
        names.add(name.toLowerCase());
        result[name] = value;
      }
      return result;
    },
    size(body, limit) {
      if (body.byteLength > limit) throw refuse("body", `it is over ${limit} bytes`);
      return body;
    },
    utf8(body) {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
      } catch {
        throw refuse("body", "it is not text", 'Register the handler\'s trigger with `dataType: "binary"`.');
      }
    },
  };
}

/** An integer of 64 bits; undefined where the text is none, since what other clouds count by is longer or no number. */
export function toInt64(digits: string | undefined): bigint | undefined {
  if (digits === undefined || !/^(?:0|-?[1-9]\d{0,18})$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** A delivery's number as Azure counts; undefined where it is none. */
export function toInt32(count: number | undefined): number | undefined {
  return count !== undefined && Number.isInteger(count) && count > 0 && count < 2 ** 31 ? count : undefined;
}
