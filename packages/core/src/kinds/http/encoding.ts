import { HandlerError } from "../../error.js";

/** Whether a `Content-Encoding` says that the body is not what its `Content-Type` says (RFC 9110, section 8.4). */
export function isEncoded(contentEncoding: string | null | undefined): boolean {
  return typeof contentEncoding === "string" && !/^[\t ,]*(?:identity[\t ,]*)*$/i.test(contentEncoding);
}

/** Whether a field of a request describes the body as it came: none of them is true of a body that the platform has inflated. */
export function describesEncoded(name: string): boolean {
  return name === "content-encoding" || name === "content-length" || name === "transfer-encoding";
}

/** 415 for a body that nobody has inflated, with the codings that are taken: none (RFC 9110, section 12.5.3). */
export function encodedBody(): HandlerError {
  return new HandlerError(
    "UNSUPPORTED_MEDIA_TYPE",
    "The request body is compressed, and only plain bodies are taken here.",
    {
      hint: "Send the body without Content-Encoding. REST APIs with compression and Google Cloud Functions inflate bodies; no other platform does.",
      headers: { "accept-encoding": "identity" },
    },
  );
}

// What `fetch` of every Node undoes.
const undone = /^[\t ]*(?:(?:x-)?gzip|deflate|br|identity)[\t ]*$/i;
const zstd = /^[\t ]*zstd[\t ]*$/i;

declare const process: { readonly versions?: { readonly undici?: string } } | undefined;

// Nodes differ: version 7 of undici undoes it too, which came with Node 24.
function isUndone(coding: string): boolean {
  if (undone.test(coding)) return true;
  return zstd.test(coding) && typeof process === "object" && Number.parseInt(process.versions?.undici ?? "0", 10) >= 7;
}

const ofEncodedBody = /^(?:content-(?:encoding|length|md5|digest)|(?:repr-)?digest)$/;

/**
 * The header fields of a `Response` that came from `fetch`, as they are true of its body, which `fetch` has inflated: without what describes
 * the compressed one, and without what the `Connection` field names (RFC 9110, section 7.6.1). An entity tag becomes a weak one.
 */
export function ofFetched(headers: Record<string, string>): Record<string, string> {
  const named = (headers.connection ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.replace(/^[\t ]+|[\t ]+$/g, ""));
  const coding = headers["content-encoding"];
  const inflated = coding?.split(",").every(isUndone);
  const kept: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string;
    if (named.includes(name) || (inflated && ofEncodedBody.test(name))) continue;
    kept[name] = inflated && name === "etag" && value.startsWith('"') ? `W/${value}` : value;
  }
  return kept;
}
