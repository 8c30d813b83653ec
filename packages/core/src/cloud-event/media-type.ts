/** Whether a media type declares JSON: its subtype is `json` or ends with `+json`. */
export function isJsonType(mediaType: string): boolean {
  return /^[^;]*[/+]json[ \t]*(?:;|$)/i.test(mediaType);
}

/** Whether a media type declares text: `text/*`, XML and what is built on it. */
export function isTextType(mediaType: string): boolean {
  return /^[ \t]*text\/|^[^;]*[/+]xml[ \t]*(?:;|$)/i.test(mediaType);
}

/** The character set a media type names, in lower case; `utf-8` when it names none. */
export function charsetOf(mediaType: string): string {
  const [, quoted, bare] = /;[ \t]*charset[ \t]*=[ \t]*(?:"([^"]*)"|([^ \t;]+))/i.exec(mediaType) ?? [];
  return (quoted ?? bare ?? "utf-8").toLowerCase();
}

/** Whether text of this media type is UTF-8. */
export function isUtf8(mediaType: string): boolean {
  return /^utf-?8$/.test(charsetOf(mediaType));
}

/** Bytes as text of that character set, a byte order mark kept; undefined when they are none, or the set is not known. */
export function decodeText(bytes: Uint8Array, charset = "utf-8"): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
