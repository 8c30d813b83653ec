import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTimestamp } from "./timestamp.js";

test.each([
  ["2020-06-30T16:14:47.593398572Z", "2020-06-30T16:14:47.593Z"],
  ["2018-04-05t17:31:00.5z", "2018-04-05T17:31:00.500Z"],
  ["2018-04-05T17:31:00.123+02:00", "2018-04-05T15:31:00.123Z"],
  ["2018-04-05T23:31:00-01:30", "2018-04-06T01:01:00.000Z"],
  ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
  ["2020-02-29T00:00:00Z", "2020-02-29T00:00:00.000Z"],
  ["0050-01-01T00:00:00Z", "0050-01-01T00:00:00.000Z"],
  ["1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999Z"],
])("%s is %s", (text, expected) => {
  expect(parseTimestamp(text)?.toISOString()).toBe(expected);
});

test("every instant that has four digits for its year comes back from its own text", () => {
  const min = new Date("0000-01-01T00:00:00Z");
  const max = new Date("9999-12-31T23:59:59.999Z");
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
      expect(parseTimestamp(date.toISOString())).toEqual(date);
    }),
  );
});
