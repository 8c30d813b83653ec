/**
 * Lower-cases A to Z and nothing else, as HTTP compares names and tokens. `toLowerCase` alone makes a `k` of the Kelvin sign, so that a text
 * which is no name would become one.
 */
export function toAsciiLowerCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower === text || isAscii.test(text)) return lower;
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const isAscii = /^[\0-\x7f]*$/;

/**
 * Takes the spaces and tabs off both ends: HTTP's optional white space (OWS, RFC 9110, section 5.6.3), which is what RFC 6265bis strips from
 * cookies too. `trim` takes 23 more characters, the no-break space among them. Linear, whatever the text.
 */
export function trimWhiteSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceOrTab(text, start)) start += 1;
  while (end > start && isSpaceOrTab(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function isSpaceOrTab(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

/**
 * Reads 1*DIGIT, as `content-length` and most counts are written; undefined for all else. `Number` takes hexadecimal, exponents, signs, white
 * space and the empty text too. At most 15 digits, which a number holds exactly.
 */
export function toCount(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
