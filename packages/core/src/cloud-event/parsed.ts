import { HandlerError } from "../error.js";
import type { Bytes } from "../payload.js";
import { type CloudEventAttribute, coreNames } from "./cloud-event-v1.js";
import { parseTimestamp } from "./timestamp.js";

/** The data of a CloudEvent. Absent, JSON null, `""`, 0 and false are all different. */
export type CloudEventData =
  | { readonly kind: "none" }
  /** `bytes`: exactly what was sent, where it came as a body of its own. */
  | { readonly kind: "json"; readonly value: unknown; readonly bytes?: Bytes | undefined }
  | { readonly kind: "text"; readonly text: string; readonly bytes?: Bytes | undefined }
  | { readonly kind: "bytes"; readonly bytes: Bytes };

/** A CloudEvent as it was read, checked against the specification. Attributes are as they were sent; JSON values may hold any key. */
export interface ParsedCloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | undefined;
  /** RFC 3339, every digit as it was sent. */
  readonly time: string | undefined;
  /** Absent stays absent, though JSON data without it is `application/json`. */
  readonly datacontenttype: string | undefined;
  readonly dataschema: string | undefined;
  /** No prototype. From HTTP headers all are strings. */
  readonly extensions: Readonly<Record<string, CloudEventAttribute>>;
  readonly data: CloudEventData;
}

/**
 * Checks the attributes of one event, given by name; undefined and null are absent.
 *
 * @throws {HandlerError} EVENT_MALFORMED when they break a rule of the specification.
 */
export function toParsed(attributes: Iterable<readonly [name: string, value: unknown]>, data: CloudEventData) {
  const known: Record<string, string> = Object.create(null);
  const extensions: Record<string, CloudEventAttribute> = Object.create(null);
  for (const [name, value] of attributes) {
    if (value === undefined || value === null) continue;
    if (!coreNames.has(name)) extensions[checkName(name)] = checkValue(name, value);
    else if (typeof value === "string" && value !== "") known[name] = value;
    else throw malformed(`Its attribute "${name}" is not a non-empty string.`);
  }
  const { specversion, id, source, type, subject, time, datacontenttype, dataschema } = known;
  if (specversion !== "1.0") throw malformed('Its attribute "specversion" is not "1.0".');
  if (id === undefined || source === undefined || type === undefined) {
    throw malformed('One of its attributes "id", "source" and "type" is missing.');
  }
  if (time !== undefined && !parseTimestamp(time)) throw malformed('Its attribute "time" is not an RFC 3339 time.');
  if (dataschema !== undefined && !isAbsoluteUri(dataschema)) {
    throw malformed('Its attribute "dataschema" is not an absolute URI.');
  }
  const event: ParsedCloudEvent = { id, source, type, subject, time, datacontenttype, dataschema, extensions, data };
  return event;
}

/** Whether text is a URI with a scheme. */
export function isAbsoluteUri(text: string): boolean {
  return absoluteUri.test(text);
}

const absoluteUri = /^[A-Za-z][A-Za-z\d+.-]*:(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\dA-Fa-f]{2})+$/;

function checkName(name: string): string {
  if (/^[a-z\d]+$/.test(name)) return name;
  throw malformed(
    `The attribute name ${JSON.stringify(name)} has other characters than lower-case letters and digits.`,
  );
}

function checkValue(name: string, value: unknown): CloudEventAttribute {
  if (isAttribute(value)) return value;
  throw malformed(`Its attribute "${name}" is not a string, a boolean or an integer of 32 bits.`);
}

/** Whether JSON can carry a value as an attribute. */
export function isAttribute(value: unknown): value is CloudEventAttribute {
  if (typeof value === "number") return (value | 0) === value;
  return typeof value === "string" || typeof value === "boolean";
}

/** The error for an event that breaks the specification. */
export function malformed(reason: string, cause?: unknown): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `The CloudEvent is malformed. ${reason}`, { cause });
}
