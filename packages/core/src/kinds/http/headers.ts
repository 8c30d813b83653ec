import { toAsciiLowerCase, trimWhiteSpace } from "../../ascii.js";
import { Printed } from "../../printed.js";
import { toShownRecord } from "../../redact.js";
import type { HttpSource } from "./source.js";

/** The header fields of a request: reads like fetch `Headers`, any case, read-only. */
export interface HttpHeaders extends Iterable<readonly [name: string, value: string]> {
  /** All lines of one field, joined with a comma; null when there is none. */
  get(name: string): string | null;
  has(name: string): boolean;
  /** The lines of one field. API Gateway's HTTP APIs, function URLs and Azure join repeated lines before a function sees them. */
  getAll(name: string): readonly string[];
  /** The members of a comma-separated list field, over all its lines, quoted strings kept whole: the same on every platform. */
  list(name: string): readonly string[];
  forEach(visit: (value: string, name: string) => void): void;
  entries(): IterableIterator<readonly [name: string, value: string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
}

/** Header fields read through to the native request. */
export class LazyHeaders extends Printed implements HttpHeaders {
  private readonly "~source": HttpSource;

  constructor(source: HttpSource) {
    super();
    this["~source"] = source;
  }

  get(name: string): string | null {
    return this["~source"].header(toAsciiLowerCase(name)) ?? null;
  }

  has(name: string): boolean {
    return this["~source"].header(toAsciiLowerCase(name)) !== undefined;
  }

  getAll(name: string): readonly string[] {
    return this["~source"].headerLines(toAsciiLowerCase(name));
  }

  list(name: string): readonly string[] {
    return this.getAll(name).flatMap(splitList);
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this.entries()) visit(value, name);
  }

  *entries(): IterableIterator<readonly [name: string, value: string]> {
    const fields = new Map<string, string[]>();
    for (const [name, line] of this["~source"].headerEntries()) {
      const lines = fields.get(name);
      if (lines) lines.push(line);
      else fields.set(name, [line]);
    }
    for (const name of [...fields.keys()].sort()) yield [name, joinLines(name, fields.get(name) ?? []) ?? ""];
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  toJSON(): Record<string, string> {
    return toShownRecord(this);
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    return this.entries();
  }
}

// A quoted string keeps its commas and its escaped quotes (RFC 9110, section 5.6.4).
const member = /(?:"(?:[^"\\]|\\.)*"?|[^",])+/g;

function splitList(line: string): string[] {
  return (line.match(member) ?? []).map(trimWhiteSpace).filter((item) => item !== "");
}

/** Joins the lines of one field the way its definition asks: cookies with a semicolon, everything else with a comma. */
export function joinLines(name: string, lines: readonly string[]): string | undefined {
  if (lines.length < 2) return lines[0];
  return lines.join(name === "cookie" ? "; " : ", ");
}
