import { schedule } from "@portico/core";
import { describe, expect, test } from "vitest";
import { toTimes } from "./times.js";

/** The times of a line after one, as UTC without seconds. */
async function after(line: string, timeZone: string, from: string, count: number): Promise<string[]> {
  const { next } = await toTimes(schedule(line, { timeZone }).handle(() => undefined).trigger, 0);
  const times: string[] = [];
  let ms = Date.parse(from);
  while (times.length < count) {
    ms = next(ms) as number;
    times.push(new Date(ms).toISOString().slice(0, 16));
  }
  return times;
}

describe("a line at fixed times runs once, where an hour comes twice", () => {
  test.each([
    [
      "0 1,13 * * *",
      "America/New_York",
      "2026-11-01T00:00Z",
      ["2026-11-01T05:00", "2026-11-01T18:00", "2026-11-02T06:00"],
    ],
    ["30 1 * * *", "America/New_York", "2026-11-01T00:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]],
    [
      "0,30 0-2 * * *",
      "America/New_York",
      "2026-11-01T04:45Z",
      ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-01T07:00"],
    ],
    [
      "0 1-3/2 * * *",
      "America/New_York",
      "2026-11-01T00:00Z",
      ["2026-11-01T05:00", "2026-11-01T08:00", "2026-11-02T06:00"],
    ],
    [
      "5/20 1 * * *",
      "America/New_York",
      "2026-11-01T04:00Z",
      ["2026-11-01T05:05", "2026-11-01T05:25", "2026-11-01T05:45", "2026-11-02T06:05"],
    ],
    [
      "30 1,13 * * *",
      "Europe/London",
      "2026-10-24T23:00Z",
      ["2026-10-25T00:30", "2026-10-25T13:30", "2026-10-26T01:30"],
    ],
    [
      "45 1,13 * * *",
      "Australia/Lord_Howe",
      "2026-04-04T03:00Z",
      ["2026-04-04T14:45", "2026-04-05T03:15", "2026-04-05T15:15"],
    ],
    ["30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00Z", ["2018-02-18T01:30", "2018-02-19T02:30"]],
  ])("%s in %s", async (line, zone, from, expected) => {
    expect(await after(line, zone, from, expected.length)).toEqual(expected);
  });
});

describe("a line at fixed times runs after the gap, where its time is left out", () => {
  test.each([
    [
      "30 2,14 * * *",
      "America/New_York",
      "2026-03-08T00:00Z",
      ["2026-03-08T07:00", "2026-03-08T18:30", "2026-03-09T06:30"],
    ],
    ["30 2 * * *", "America/New_York", "2026-03-08T00:00Z", ["2026-03-08T07:00", "2026-03-09T06:30"]],
    [
      "0 2-3 * * *",
      "America/New_York",
      "2026-03-08T00:00Z",
      ["2026-03-08T07:00", "2026-03-09T06:00", "2026-03-09T07:00"],
    ],
    [
      "30 2-4/2 * * *",
      "America/New_York",
      "2026-03-08T00:00Z",
      ["2026-03-08T07:00", "2026-03-08T08:30", "2026-03-09T06:30"],
    ],
    [
      "30 1,13 * * *",
      "Europe/London",
      "2026-03-28T14:00Z",
      ["2026-03-29T01:00", "2026-03-29T12:30", "2026-03-30T00:30"],
    ],
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", ["2026-10-03T15:30", "2026-10-04T15:15"]],
    ["0 0 * * *", "America/Sao_Paulo", "2018-11-03T04:00Z", ["2018-11-04T03:00", "2018-11-05T02:00"]],
  ])("%s in %s", async (line, zone, from, expected) => {
    expect(await after(line, zone, from, expected.length)).toEqual(expected);
  });
});

describe("a line whose minute or hour is wild follows the clock", () => {
  test.each([
    [
      "15 * * * *",
      "America/New_York",
      "2026-11-01T04:30Z",
      ["2026-11-01T05:15", "2026-11-01T06:15", "2026-11-01T07:15"],
    ],
    ["15 * * * *", "America/New_York", "2026-03-08T06:00Z", ["2026-03-08T06:15", "2026-03-08T07:15"]],
    [
      "*/30 1 * * *",
      "America/New_York",
      "2026-11-01T04:30Z",
      ["2026-11-01T05:00", "2026-11-01T05:30", "2026-11-01T06:00", "2026-11-01T06:30", "2026-11-02T06:00"],
    ],
    [
      "*/30,45 1 * * *",
      "America/New_York",
      "2026-11-01T05:40Z",
      ["2026-11-01T05:45", "2026-11-01T06:00", "2026-11-01T06:30", "2026-11-01T06:45"],
    ],
    ["*/30 2 * * *", "America/New_York", "2026-03-08T05:00Z", ["2026-03-09T06:00", "2026-03-09T06:30"]],
    ["45 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00Z", ["2026-04-04T14:45", "2026-04-04T15:15"]],
  ])("%s in %s", async (line, zone, from, expected) => {
    expect(await after(line, zone, from, expected.length)).toEqual(expected);
  });
});

test.each([
  ["30 9 * * *", "Asia/Kolkata", ["2026-03-08T04:00", "2026-03-09T04:00"]],
  ["0 3 * * *", "UTC", ["2026-03-08T03:00", "2026-03-09T03:00"]],
])("%s in %s, which has no summer time, is the same every day", async (line, zone, expected) => {
  expect(await after(line, zone, "2026-03-08T00:00Z", 2)).toEqual(expected);
});

describe("the days of a line", () => {
  test.each([
    ["0 0 * * SUN-SUN", ["2026-01-04T00:00", "2026-01-11T00:00"]],
    ["0 0 * * SAT-SUN", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-10T00:00"]],
    ["0 0 * * 7", ["2026-01-04T00:00", "2026-01-11T00:00"]],
    // Either, as cron(8) has it, unless one begins with an asterisk: then both.
    ["0 0 1,15 * MON", ["2026-01-05T00:00", "2026-01-12T00:00", "2026-01-15T00:00"]],
    ["0 0 */2 * MON", ["2026-01-05T00:00", "2026-01-19T00:00", "2026-02-09T00:00"]],
    ["0 0 13 * */5", ["2026-02-13T00:00", "2026-03-13T00:00"]],
    ["0 0 */1 * MON", ["2026-01-05T00:00", "2026-01-12T00:00"]],
    ["0 0 1-31 * MON", ["2026-01-02T00:00", "2026-01-03T00:00"]],
    ["0 0 29 FEB *", ["2028-02-29T00:00", "2032-02-29T00:00"]],
  ])("%s", async (line, expected) => {
    expect(await after(line, "UTC", "2026-01-01T00:00Z", expected.length)).toEqual(expected);
  });
});

test.each(["0 1,13 * * *", "30 2 * * *", "*/30 1 * * *", "15 * * * *", "*/2,7 * * * *", "0 0 29 2 *"])(
  "the last time of %s is the one before the next",
  async (line) => {
    const { next, last } = await toTimes(
      schedule(line, { timeZone: "America/New_York" }).handle(() => undefined).trigger,
      0,
    );
    for (const from of ["2026-03-07T12:00Z", "2026-10-31T12:00Z"]) {
      let ms = next(Date.parse(from)) as number;
      for (let count = 0; count < 100; count += 1) {
        const following = next(ms) as number;
        expect([ms, ms + 1, ms + 999, following - 1].map(last)).toEqual([ms, ms, ms, ms]);
        ms = following;
      }
    }
  },
);
