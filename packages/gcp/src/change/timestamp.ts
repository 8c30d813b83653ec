import { parseTimestamp } from "@portico/core/adapter";

/** A time with more digits than a Date holds. As text, and as JSON, it has all of them. */
export class FirestoreTimestamp extends Date {
  /** Of its second: 0 to 999999999. */
  readonly nanoseconds: number;
  private readonly "~text": string;

  constructor(date: Date, text: string, nanoseconds: number) {
    super(date.getTime());
    this["~text"] = text;
    this.nanoseconds = nanoseconds;
  }

  override toISOString(): string {
    return this["~text"];
  }
}

/** A Date where it holds every digit, else a {@link FirestoreTimestamp}; undefined when it is no time. */
export function toTimestamp(text: string): Date | undefined {
  const date = parseTimestamp(text);
  const [, fraction = ""] = /\.(\d+)/.exec(text) ?? [];
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, "0"));
  if (!date || nanoseconds % 1_000_000 === 0) return date;
  const digits = String(nanoseconds)
    .padStart(9, "0")
    .replace(/(?:000)$/, "");
  return new FirestoreTimestamp(date, `${date.toISOString().slice(0, -5)}.${digits}Z`, nanoseconds);
}
