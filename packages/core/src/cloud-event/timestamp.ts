const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i;

/**
 * The instant of an RFC 3339 time, cut to milliseconds; undefined when it is none. A leap second is the first of the next minute.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseTimestamp(text: string): Date | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const [fraction = "", sign, offsetHour = 0, offsetMinute = 0] = [match[7], match[8], num(match[9]), num(match[10])];
  if (day < 1 || day > lengthOfMonth(year, month) || hour > 23 || minute > 59 || second > 60) return undefined;
  if (offsetHour > 23 || offsetMinute > 59) return undefined;
  const date = new Date(0);
  // Unlike Date.UTC, these take the years 0 to 99 as they are.
  date.setUTCFullYear(year, month - 1, day);
  const offset = (offsetHour * 60 + offsetMinute) * (sign === "-" ? -1 : 1);
  date.setUTCHours(hour, minute - offset, second, Number(fraction.slice(1, 4).padEnd(3, "0")));
  return date;
}

type Six = [number, number, number, number, number, number];

function num(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month < 1 || month > 12) return 0;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
