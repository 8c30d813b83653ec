/**
 * A key as notifications have it, decoded: spaces come as `+`, a plus as `%2B`. Escapes that are none stay as they are: a key may hold
 * anything, and a notification must not fail for it.
 */
export function decodeKey(key: string): string {
  const spaced = key.replaceAll("+", " ");
  return decode(spaced) ?? spaced.replace(/(?:%[\da-f]{2})+/gi, (escapes) => decode(escapes) ?? escapes);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
