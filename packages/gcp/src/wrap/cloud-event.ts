import type { Bytes } from "@portico/core";
import { encodeHeaderValue } from "@portico/core/adapter";
import { checkText } from "./carry.js";
import { type GoogleRequest, toPost } from "./google-request.js";

/** A CloudEvent as Eventarc sends it: in binary mode, its values percent-encoded. */
export interface EventFacts {
  readonly carrier: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: Bytes;
}

/** @throws {HandlerError} EVENT_UNENCODABLE when an attribute is empty, or no valid Unicode. */
export function encodeCloudEvent({ carrier, attributes, contentType, body }: EventFacts): GoogleRequest {
  const headers: Record<string, string> = { "content-type": contentType, "ce-specversion": "1.0" };
  for (const [name, value] of Object.entries(attributes)) {
    headers[`ce-${name}`] = encodeHeaderValue(checkText(carrier, name, value)) ?? "";
  }
  return toPost(headers, body);
}
