import type { HttpReply } from "@portico/core";

const textual =
  /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded|x-ndjson)\b|[^;]+\+(?:json|xml)\b)/i;

/**
 * Bytes as text, where that is what they are and nothing is lost: REST APIs send base64 on as it stands unless the API lists the media
 * type as binary.
 */
export function toExactText({ headers }: HttpReply, bytes: Uint8Array): string | undefined {
  const type = headers["content-type"];
  const encoding = headers["content-encoding"] ?? "identity";
  if (typeof type !== "string" || !textual.test(type) || encoding !== "identity") return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
