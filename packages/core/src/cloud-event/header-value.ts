/**
 * An attribute value as an HTTP header carries it: percent-encoded UTF-8. Undefined when it has lone surrogates, which no UTF-8 holds.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values
 */
export function encodeHeaderValue(text: string): string | undefined {
  if (!text.isWellFormed()) return undefined;
  return text.replace(/[^!#$&-~]+/g, encodeURIComponent);
}

const quoted = /^"((?:[^"\\]|\\.)*)"$/;

/** The text of a header value: unquoted, then percent-decoded once. A lone `%` stays. Undefined when the bytes are not UTF-8. */
export function decodeHeaderValue(value: string): string | undefined {
  const text = quoted.test(value) ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
  if (!text.includes("%")) return text;
  try {
    return text.replace(/(?:%[\da-fA-F]{2})+/g, decodeURIComponent);
  } catch {
    return undefined;
  }
}
