const textual =
  /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded|x-ndjson)\b|[^;]+\+(?:json|xml)\b)/i;

// What is never shown as text, though some of it may look so.
const binary =
  /^(?:(?:image|audio|video|font|model|multipart)\/|application\/(?:octet-stream|pdf|wasm|zip|gzip|(?:x-|vnd\.)?(?:protobuf|google\.protobuf|msgpack)|cbor|grpc)\b)|^[^/]*$/i;
// Text has no other control characters. A byte order mark is a part of the bytes, where nobody knows the type.
const noText = /(?![\t\n\f\r])\p{Cc}|\ufeff/u;

// Keeps nothing between two calls.
let decoder: TextDecoder | undefined;

/** Bytes of a textual content type as text, where that loses nothing; with `guess` also of one that is not known and holds text. */
export function toExactText(
  type: string | null | undefined,
  encoding: string | null | undefined,
  bytes: Uint8Array,
  guess = false,
): string | undefined {
  if ((encoding ?? "identity") !== "identity") return undefined;
  const known = textual.test(type ?? "");
  if (!known && (!guess || binary.test(type ?? ""))) return undefined;
  try {
    decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const text = decoder.decode(bytes);
    return known || !noText.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
