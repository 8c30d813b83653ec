import type { CloudEventAttribute, CloudEventV1 } from "./cloud-event-v1.js";
import { isPlainJson, toExact } from "./exact.js";
import { isAttribute } from "./parsed.js";
import { parseTimestamp } from "./timestamp.js";
import { toUriReference } from "./uri-reference.js";

/** The extension attribute that holds, as JSON text, whatever no other attribute can carry. */
export const metaName = "porticometa";

// What the specification disallows in a string.
const disallowed = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Whether text can be the value of an attribute, one that must not be empty included. */
export function isAttributeText(text: string): boolean {
  return text !== "" && !disallowed.test(text);
}

/** Whether a value can be that of an attribute, and is the same value when it is read. */
export function canCarry(value: unknown): value is CloudEventAttribute {
  return typeof value === "string" ? isAttributeText(value) : isAttribute(value) && !Object.is(value, -0);
}

/** What every neutral event has, as far as it becomes attributes. */
export interface Origin {
  readonly id: string;
  readonly source: string;
  readonly time: Date;
}

/** Builds one event: attributes where they can say it, `porticometa` where they cannot. */
export class Envelope {
  private readonly attributes: Record<string, unknown> = {};
  private readonly meta: Record<string, unknown> = Object.create(null);

  constructor({ id, source }: Pick<Origin, "id" | "source">, type: string) {
    const plainType = isAttributeText(type) ? type : toUriReference(type);
    const plainId = isAttributeText(id) ? id : toUriReference(id);
    const reference = toUriReference(source);
    Object.assign(this.attributes, { specversion: "1.0", id: plainId, source: reference, type: plainType });
    if (plainType !== type) this.keep("type", type);
    if (plainId !== id) this.keep("id", id);
    if (reference !== source) this.keep("source", source);
  }

  /** Carries a value under this name, without loss. */
  carry(name: string, value: string | number | boolean | undefined): void {
    if (canCarry(value)) this.attributes[name] = value;
    else if (value !== undefined) this.keep(name, value);
  }

  /** Sets an attribute for the eyes of others, where it can be one. Reading back does not need it. */
  mention(name: string, value: string | undefined): void {
    if (value !== undefined && isAttributeText(value)) this.attributes[name] = value;
  }

  carryTime(name: string, time: Date): void {
    const text = Number.isNaN(time.getTime()) ? "" : time.toISOString();
    if (parseTimestamp(text)) this.attributes[name] = text;
    else this.keep(name, time);
  }

  /** Puts anything aside, in `porticometa`. */
  keep(name: string, value: unknown): void {
    this.meta[name] = value;
  }

  /** Somebody's JSON stays as it is; only what JSON cannot carry is tagged, and marked so. */
  value(value: unknown): unknown {
    if (isPlainJson(value)) return value;
    this.keep("tagged", true);
    return toExact(value);
  }

  /** The event, with these members for its data. */
  close(data: Partial<Pick<CloudEventV1, "datacontenttype" | "data" | "data_base64">>): CloudEventV1 {
    const meta = Object.keys(this.meta).length === 0 ? {} : { [metaName]: JSON.stringify(toExact(this.meta)) };
    return { ...this.attributes, ...meta, ...data } as CloudEventV1;
  }
}
