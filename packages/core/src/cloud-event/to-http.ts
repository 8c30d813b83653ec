import { HandlerError } from "../error.js";
import { type Bytes, toBytes } from "../payload.js";
import { fromBase64 } from "./base64.js";
import type { CloudEventV1 } from "./cloud-event-v1.js";
import { encodeHeaderValue } from "./header-value.js";
import { isJsonType, isUtf8 } from "./media-type.js";

/** Header fields in lower case, and the body, of a request that carries CloudEvents. */
export interface CloudEventHttp {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
}

/**
 * A CloudEvent as an HTTP message. Structured mode carries all of it. Binary mode makes text of every attribute, and JSON of bytes that are
 * declared as JSON; what it cannot carry otherwise, it refuses.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when binary mode cannot carry the event.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function toHttp(event: CloudEventV1, mode: "binary" | "structured"): CloudEventHttp {
  if (mode === "structured") return toStructured(event, "application/cloudevents+json; charset=utf-8");
  const { data, data_base64: base64, datacontenttype, ...attributes } = event;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    const text = encodeHeaderValue(String(value));
    if (text === undefined) throw unencodable(`its attribute "${name}" is not valid Unicode`);
    headers[`ce-${name}`] = text;
  }
  const isJson = datacontenttype === undefined || isJsonType(datacontenttype);
  const body = toBody(data, base64, isJson, datacontenttype);
  const contentType = datacontenttype ?? (data === undefined ? undefined : "application/json");
  if (contentType === undefined) return { headers, body };
  if (!/^[\x20-\x7e]+$/.test(contentType) || /^[ \t]*application\/cloudevents/i.test(contentType)) {
    throw unencodable("its datacontenttype cannot be a Content-Type");
  }
  headers["content-type"] = contentType;
  return { headers, body };
}

/** CloudEvents as one batch, which a receiver must have agreed to take. */
export function toHttpBatch(events: readonly CloudEventV1[]): CloudEventHttp {
  return toStructured(events, "application/cloudevents-batch+json; charset=utf-8");
}

function toStructured(value: unknown, contentType: string): CloudEventHttp {
  return { headers: { "content-type": contentType }, body: toBytes(JSON.stringify(value)) };
}

function toBody(
  data: unknown,
  base64: string | undefined | null,
  isJson: boolean,
  contentType: string | undefined,
): Bytes {
  if (base64 !== undefined && base64 !== null) {
    const bytes = fromBase64(base64);
    if (bytes === undefined) throw unencodable("its data_base64 is not Base64");
    if (bytes.length === 0 && isJson) throw unencodable("its data is empty, and an empty body says that there is none");
    return bytes;
  }
  if (data === undefined) {
    if (!isJson) throw unencodable("it has no data, and an empty body of its type says that there is some");
    return new Uint8Array();
  }
  if (isJson) return toBytes(JSON.stringify(data));
  if (typeof data !== "string") throw unencodable("its data is a JSON value, and its type is not JSON");
  if (!data.isWellFormed() || !isUtf8(contentType ?? "")) {
    throw unencodable("its data is text that its character set does not hold");
  }
  return toBytes(data);
}

function unencodable(reason: string): HandlerError {
  return new HandlerError("EVENT_UNENCODABLE", `The CloudEvent does not fit into binary mode: ${reason}.`, {
    hint: "Send it in structured mode.",
    permanent: true,
  });
}
