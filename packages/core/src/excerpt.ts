/** A text of at most about this many characters: the rest is counted, never written. No character is cut in two. */
export function excerpt(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()}... (${text.length - max} more characters)`;
}
