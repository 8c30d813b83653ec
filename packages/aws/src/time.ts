/** A time as AWS writes it; the time of arrival where it is none. */
export function toDate(text: unknown): Date {
  const date = typeof text === "string" ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}
