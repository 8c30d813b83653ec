// A scheme, or none where the first segment has no colon; an authority; a path and a query; a fragment.
const reference =
  /^(?:[a-z][a-z\d+.-]*:|(?![^/?#]*:))(?:\/\/(?:[\w.~!$&'()*+,;=:@[\]-]|%[\da-f]{2})*(?=[/?#]|$))?(?:[\w.~!$&'()*+,;=:@/?-]|%[\da-f]{2})*(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[\da-f]{2})*)?$/i;

/**
 * Whether it is a text that can stand where a URI reference is asked for, and is not empty.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-4.1
 */
export function isUriReference(value: unknown): value is string {
  return typeof value === "string" && value !== "" && reference.test(value);
}
