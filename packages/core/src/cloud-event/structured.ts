import { fromBase64 } from "./base64.js";
import { isJsonType } from "./media-type.js";
import { type CloudEventData, malformed, type ParsedCloudEvent, toParsed } from "./parsed.js";

/**
 * Reads one event of the JSON format, parsed already.
 *
 * @throws {HandlerError} EVENT_MALFORMED when it breaks the specification.
 */
export function fromStructured(value: unknown): ParsedCloudEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("It is not a JSON object.");
  const { data, data_base64: base64, datacontenttype } = value as Record<string, unknown>;
  const attributes = Object.entries(value).filter(([name]) => name !== "data" && name !== "data_base64");
  return toParsed(attributes, toData(data, base64, datacontenttype));
}

function toData(data: unknown, base64: unknown, contentType: unknown): CloudEventData {
  if (base64 === undefined || base64 === null) {
    if (data === undefined) return { kind: "none" };
    const isText = typeof data === "string" && typeof contentType === "string" && !isJsonType(contentType);
    // Anything but a string under a type that is not JSON breaks a rule, and can mean one thing only.
    return isText ? { kind: "text", text: data } : { kind: "json", value: data };
  }
  if (data !== undefined) throw malformed("It has both data and data_base64.");
  const bytes = typeof base64 === "string" ? fromBase64(base64) : undefined;
  if (bytes === undefined) throw malformed("Its data_base64 is not Base64.");
  return { kind: "bytes", bytes };
}
