import type { Buffered } from "@portico/core/adapter";

/** A payload as it arrived: bytes as they are. What the host or the library has parsed already is written anew. */
export function toBody(input: unknown): Buffered {
  if (input instanceof Uint8Array || typeof input === "string") return input;
  return input === undefined || input === null ? "" : (JSON.stringify(input) ?? "");
}

/** A few digits that differ where texts do: for names that must be the same when the same thing comes again. */
export function fingerprint(text: string): string {
  let [one, two] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index += 1) {
    one = Math.imul(one ^ text.charCodeAt(index), 0x01000193);
    two = Math.imul(two ^ text.charCodeAt(index), 0x85ebca6b) ^ (two >>> 13);
  }
  return (one >>> 0).toString(16).padStart(8, "0") + (two >>> 0).toString(16).padStart(8, "0");
}
