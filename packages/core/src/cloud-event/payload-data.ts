import { refusePrototypeKeys } from "../payload.js";
import { toBase64 } from "./base64.js";
import type { CloudEventV1 } from "./cloud-event-v1.js";
import { decodeText, isJsonType, isUtf8 } from "./media-type.js";

/** The members of a CloudEvent that hold its data. */
export type DataMembers = Partial<Pick<CloudEventV1, "datacontenttype" | "data" | "data_base64">>;

/**
 * The exact bytes of a payload as the data of a CloudEvent: a JSON value where writing it anew gives the same bytes, else text, else Base64.
 * Text of unknown type is declared as `text/plain`.
 */
export function toPayloadData(bytes: Uint8Array, contentType: string | undefined): DataMembers {
  const declared = contentType === undefined ? {} : { datacontenttype: contentType };
  const isJson = contentType === undefined || isJsonType(contentType);
  if (isJson && bytes.length === 0) return declared;
  const text = decodeText(bytes);
  if (text === undefined) return { ...declared, data_base64: toBase64(bytes) };
  const json = isJson ? toSameJson(text) : undefined;
  if (json) return { ...declared, data: json.value };
  if (contentType === undefined) return { datacontenttype: "text/plain; charset=utf-8", data: text };
  if (isJson || !isUtf8(contentType)) {
    return { ...declared, data_base64: toBase64(bytes) };
  }
  return { ...declared, data: text };
}

/** The value of JSON text that is written as `JSON.stringify` writes it; no other may be parsed, or digits and spaces would be lost. */
function toSameJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (JSON.stringify(value) !== text) return undefined;
    refusePrototypeKeys(value);
    return { value };
  } catch {
    return undefined;
  }
}
