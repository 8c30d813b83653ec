const characters =
  /^(?:[A-Za-z][A-Za-z\d+.-]*:)?(?:\/\/\[[\da-fA-F:.]+\])?(?:[\w\-.~:/?@!$&'()*+,;=]|%[\dA-Fa-f]{2})*(?:#(?:[\w\-.~:/?@!$&'()*+,;=]|%[\dA-Fa-f]{2})*)?$/;
const scheme = /^[A-Za-z][A-Za-z\d+.-]*:/;
const colonFirst = /^[^/?#]*:/;

/**
 * Text as a URI-reference: as it is where it is one, else percent-encoded.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-4.1
 */
export function toUriReference(text: string): string {
  if (text !== "" && characters.test(text) && (scheme.test(text) || !colonFirst.test(text))) return text;
  const encoded = text.toWellFormed().replace(/[^\w\-.~:/@!$&'()*+,;=]+/g, encodeURIComponent);
  return colonFirst.test(encoded) && !scheme.test(encoded) ? `./${encoded}` : encoded || "/";
}
