import { expect, test } from "vitest";
import { every, schedule } from "./schedule.js";

const refused = expect.objectContaining({ code: "CONFIG_INVALID" });

test.each(["0 3 * * *", "*/5 * * * *", "0 0 1,15 * MON-FRI", "5-10/2 0-23 * jan-mar 7", "59 23 31 12 6"])(
  "the cron line %j is taken",
  (line) => {
    expect(schedule(line).handle(() => undefined).trigger).toEqual({ kind: "schedule", cron: line });
  },
);

test("white space is folded, and the time zone is kept", () => {
  expect(schedule("  0   3 * * * ", { timeZone: "Europe/Paris" }).handle(() => undefined).trigger).toEqual({
    kind: "schedule",
    cron: "0 3 * * *",
    timeZone: "Europe/Paris",
  });
});

test.each([
  "",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * * 13 *",
  "* * * * 8",
  "*/0 * * * *",
  "5-1 * * * *",
  "a * * * *",
  "*-5 * * * *",
  "@daily",
  "* * L * *",
])("the cron line %j is refused", (line) => {
  expect(() => schedule(line)).toThrow(refused);
});

test.each([
  ["30 seconds", 30],
  ["1 minute", 60],
  ["5 minutes", 300],
  ["1 hour", 3600],
  ["2 days", 172_800],
])("every %s is %i seconds", (rate, everySeconds) => {
  expect(schedule(every(rate)).handle(() => undefined).trigger).toEqual({ kind: "schedule", everySeconds });
});

test.each(["", "5", "minutes", "0 minutes", "-5 minutes", "1.5 hours", "5 weeks", "5  minutes", "36501 days"])(
  "the rate %j is refused",
  (rate) => {
    expect(() => every(rate)).toThrow(refused);
  },
);

test("an unknown time zone is refused", () => {
  expect(() => schedule("0 3 * * *", { timeZone: "Mars/Olympus" })).toThrow(refused);
});
