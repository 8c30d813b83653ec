const textual =
  /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded|x-ndjson)\b|[^;]+\+(?:json|xml)\b)/i;

// Keeps nothing between two calls.
let decoder: TextDecoder | undefined;

/** Bytes of a textual content type as text, where that loses nothing. */
export function toExactText(
  type: string | null | undefined,
  encoding: string | null | undefined,
  bytes: Uint8Array,
): string | undefined {
  if (!textual.test(type ?? "") || (encoding ?? "identity") !== "identity") return undefined;
  try {
    decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
