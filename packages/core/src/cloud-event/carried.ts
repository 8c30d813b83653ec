import type { CloudEventAttribute } from "./cloud-event-v1.js";
import { metaName } from "./envelope.js";
import { fromExact } from "./exact.js";
import { isDate, isNumber, isObject, isText } from "./guards.js";
import { type CloudEventData, malformed, type ParsedCloudEvent } from "./parsed.js";
import { parseTimestamp } from "./timestamp.js";

/** Reads what an {@link Envelope} carries. */
export class Carried {
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly type: string;
  readonly subject: string | undefined;
  readonly datacontenttype: string | undefined;
  readonly data: CloudEventData;
  readonly extensions: Readonly<Record<string, CloudEventAttribute>>;
  readonly native: unknown;
  private readonly meta: Readonly<Record<string, unknown>>;

  /** @throws {HandlerError} EVENT_MALFORMED when a part of `porticometa` is of another type than an envelope writes. */
  constructor(parsed: ParsedCloudEvent, native: unknown) {
    this.extensions = parsed.extensions;
    this.meta = readMeta(parsed.extensions[metaName]) ?? {};
    this.native = native;
    this.datacontenttype = parsed.datacontenttype;
    this.data = parsed.data;
    this.type = parsed.type;
    this.id = this.kept("id", isText) ?? parsed.id;
    this.source = this.kept("source", isText) ?? parsed.source;
    this.subject = this.kept("subject", isText) ?? parsed.subject;
    this.time = this.kept("time", isDate) ?? parseTimestamp(parsed.time ?? "") ?? new Date();
  }

  text(name: string): string | undefined {
    const value = this.kept(name, isText) ?? this.extensions[name];
    return value === undefined ? undefined : String(value);
  }

  number(name: string): number | undefined {
    const value = this.kept(name, isNumber) ?? this.extensions[name];
    if (typeof value === "number") return Number.isNaN(value) ? undefined : value;
    // The decimal forms alone: `Number` also reads hexadecimal, and any white space as zero.
    return typeof value === "string" && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined;
  }

  /** HTTP headers make text of a boolean. */
  boolean(name: string): boolean {
    return String(this.extensions[name]) === "true";
  }

  timeOf(name: string): Date | undefined {
    return this.kept(name, isDate) ?? parseTimestamp(String(this.extensions[name]));
  }

  /**
   * What was put aside under this name.
   *
   * @throws {HandlerError} EVENT_MALFORMED when it is of another type.
   */
  kept<T>(name: string, is: (value: unknown) => value is T): T | undefined {
    return read(this.meta, name, is);
  }
}

/** @throws {HandlerError} EVENT_MALFORMED when a part of `porticometa` is of another type. */
export function read<T>(
  meta: Readonly<Record<string, unknown>>,
  name: string,
  is: (value: unknown) => value is T,
): T | undefined {
  const value = Object.hasOwn(meta, name) ? meta[name] : undefined;
  if (value === undefined || is(value)) return value;
  throw malformed(`"${name}" in its "${metaName}" is of another type.`);
}

/** Undefined when the text is not what an {@link Envelope} writes. */
export function readMeta(text: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const meta = fromExact(JSON.parse(text));
    return isObject(meta) ? meta : undefined;
  } catch {
    return undefined;
  }
}
