import { toAsciiLowerCase } from "../ascii.js";
import { HandlerError } from "../error.js";
import { type Bytes, toBytes, toRawJson } from "../payload.js";
import { decodeHeaderValue } from "./header-value.js";
import { charsetOf, decodeText, isJsonType, isTextType } from "./media-type.js";
import { type CloudEventData, malformed, type ParsedCloudEvent, toParsed } from "./parsed.js";
import { fromStructured } from "./structured.js";

/** An HTTP request, as far as CloudEvents are concerned. */
export interface CloudEventRequest {
  /** The value of a header field, its lines joined; names are asked in lower case. */
  headers(name: string): string | undefined;
  /** Names of the header fields, in any case. */
  readonly headerNames: Iterable<string>;
  readonly body: Uint8Array;
}

const supported =
  "Send application/cloudevents+json, application/cloudevents-batch+json, or binary mode with ce- headers.";

/**
 * Reads the CloudEvents of an HTTP request: one in binary or structured mode, any number in batch mode. The Content-Type alone decides
 * between them; a batch is read whole or not at all.
 *
 * @throws {HandlerError} UNSUPPORTED_MEDIA_TYPE when it is no CloudEvent, or in a format other than JSON;
 *   EVENT_MALFORMED when it is one that breaks the specification, its data included.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function parseCloudEvents(request: CloudEventRequest): readonly ParsedCloudEvent[] {
  const contentType = request.headers("content-type");
  const [, batch, format] =
    /^[ \t]*application\/cloudevents(-batch)?(?:\+([^ \t;]*))?[ \t]*(?:;|$)/i.exec(contentType ?? "") ?? [];
  const structured = /^[ \t]*application\/cloudevents/i.test(contentType ?? "");
  if (!structured) return [parseBinary(request, contentType)];
  if (!/^json$/i.test(format ?? "")) {
    throw new HandlerError("UNSUPPORTED_MEDIA_TYPE", "CloudEvents are taken in the JSON format alone.", {
      hint: supported,
    });
  }
  const value = parseJson(request.body, "The body");
  if (batch === undefined) return [fromStructured(value)];
  if (!Array.isArray(value)) throw malformed("The body of a batch is not an array.");
  return value.map(fromStructured);
}

function parseBinary(
  { headers, headerNames, body }: CloudEventRequest,
  contentType: string | undefined,
): ParsedCloudEvent {
  const attributes: [name: string, value: unknown][] = [["datacontenttype", contentType || undefined]];
  for (const header of new Set(Array.from(headerNames, toAsciiLowerCase))) {
    const name = header.slice(3);
    // The content type of the data is in Content-Type, whatever else says.
    if (!header.startsWith("ce-") || name === "datacontenttype") continue;
    if (name === "data" || name === "data_base64")
      throw malformed(`There is a header "${header}", and data is no attribute.`);
    const value = decodeHeaderValue(headers(header) ?? "");
    if (value === undefined) throw malformed(`The header "${header}" is not valid UTF-8.`);
    attributes.push([name, value]);
  }
  if (attributes.length === 1) {
    throw new HandlerError("UNSUPPORTED_MEDIA_TYPE", "The request holds no CloudEvent.", { hint: supported });
  }
  return toParsed(attributes, toData(toBytes(body), contentType || undefined));
}

/** Nothing at all stands for absent data where it could not be data: JSON is never empty, and bytes have a type. */
function toData(bytes: Bytes, contentType: string | undefined): CloudEventData {
  const isJson = contentType !== undefined && isJsonType(contentType);
  if (bytes.length === 0 && (isJson || contentType === undefined)) return { kind: "none" };
  if (isJson) return { kind: "json", value: parseJson(bytes, "Its data"), bytes };
  const text =
    contentType !== undefined && isTextType(contentType) ? decodeText(bytes, charsetOf(contentType)) : undefined;
  return text === undefined ? { kind: "bytes", bytes } : { kind: "text", text, bytes };
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return toRawJson(bytes);
  } catch (cause) {
    throw malformed(`${what} is not valid JSON.`, cause);
  }
}
