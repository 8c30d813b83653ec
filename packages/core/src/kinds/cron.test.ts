import { describe, expect, test } from "vitest";
import { parseCron } from "./cron.js";
import { schedule } from "./schedule.js";

const values = (line: string, index: number) => parseCron(line)[index]?.values;

describe("a field names values", () => {
  test.each([
    ["0 0 * * SUN-SUN", [0]],
    ["0 0 * * sun-sun", [0]],
    ["0 0 * * 7", [0]],
    ["0 0 * * 7-7", [0]],
    ["0 0 * * SUN", [0]],
    ["0 0 * * SUN-TUE", [0, 1, 2]],
    ["0 0 * * SAT-SUN", [0, 6]],
    ["0 0 * * fri-Sun", [0, 5, 6]],
    ["0 0 * * MON-SUN", [0, 1, 2, 3, 4, 5, 6]],
    ["0 0 * * 0-7", [0, 1, 2, 3, 4, 5, 6]],
    ["0 0 * * 5-7", [0, 5, 6]],
    ["0 0 * * MON-SUN/2", [0, 1, 3, 5]],
    ["0 0 * * 0,7,SUN", [0]],
    ["0 0 * * */3", [0, 3, 6]],
    ["0 0 * * */7", [0]],
    ["0 0 * * 1/2", [1, 3, 5]],
    ["0 0 * * 7/2", [0]],
  ])("of the week in %s", (line, expected) => {
    expect(values(line, 4)).toEqual(expected);
  });

  test.each([
    ["5/15 * * * *", [5, 20, 35, 50]],
    ["*/60 * * * *", [0]],
    ["10-20/5,3 * * * *", [3, 10, 15, 20]],
    ["10-20/15 * * * *", [10]],
    ["59,1,1 * * * *", [1, 59]],
  ])("of the hour in %s", (line, expected) => {
    expect(values(line, 0)).toEqual(expected);
  });

  test("months have names, in any case", () => {
    expect(values("0 0 1 jan,Mar-MAY *", 3)).toEqual([1, 3, 4, 5]);
  });
});

test("only what begins with an asterisk is wild, and only the bare one restricts nothing", () => {
  const facts = parseCron("* */2 1-31 */1 0-6").map(({ any, wild }) => [any, wild]);
  expect(facts).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [true, true],
    [false, false],
  ]);
});

describe("a line that cannot be met is refused where it is declared", () => {
  test.each([
    ["*/61 * * * *", "the step /61 of the minute is not between 1 and 60"],
    ["0-30/61 * * * *", "the step /61 of the minute"],
    ["5/61 * * * *", "the step /61 of the minute"],
    ["* */25 * * *", "the step /25 of the hour is not between 1 and 24"],
    ["* * */32 * *", "the step /32 of the day of month"],
    ["* * * */13 *", "the step /13 of the month"],
    ["* * * * */8", "the step /8 of the day of week is not between 1 and 7"],
    ["*/0 * * * *", "the step /0"],
    ["60 * * * *", "the minute 60 is not between 0 and 59"],
    ["0 24 * * *", "the hour 24"],
    ["0 0 32 * *", "the day of month 32"],
    ["0 0 0 * *", "the day of month 0"],
    ["0 0 * 13 *", "the month 13"],
    ["0 0 * * 8", "the day of week 8"],
    ["0 0 * * JAN", "the day of week JAN"],
    ["0 0 * MON *", "the month MON"],
    ["0 0 * * SUNDAY", "the day of week SUNDAY"],
    ["5-1 * * * *", "the minute range 5-1 ends before it begins"],
    ["0 0 * * FRI-MON", "the day of week range FRI-MON ends before it begins"],
    ["0 0 * * 6-0", "ends before it begins"],
    ["0 0 31 2 *", "a date that never occurs"],
    ["0 0 30,31 FEB *", "a date that never occurs"],
    ["0 0 31 4,6,9,11 *", "a date that never occurs"],
    ["0 0 31 2 */2", "a date that never occurs"],
    ["@reboot", "does not have five fields"],
    ["@daily", "does not have five fields"],
    ["0 0 3 * * *", "does not have five fields"],
    ["0 0 L * *", "the day of month L"],
    ["0 0 15W * *", "the day of month 15W"],
    ["0 0 * * FRI#2", 'the day of week "FRI#2"'],
    ["0 0 ? * MON", 'the day of month "?"'],
    ["0,,5 * * * *", 'the minute ""'],
    ["*-5 * * * *", 'the minute "*-5"'],
    ["-5 * * * *", 'the minute "-5"'],
    ["1.5 * * * *", 'the minute "1.5"'],
    ["1e1 * * * *", "the minute 1e1"],
  ])("%s", (line, why) => {
    expect(() => schedule(line)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(why) }),
    );
  });

  test("and the hint says what to write", () => {
    const hint = (text: string) => expect.objectContaining({ hint: expect.stringContaining(text) });
    expect(() => schedule("@daily")).toThrow(hint('"0 0 * * *"'));
    expect(() => schedule("0 0 * * FRI-MON")).toThrow(hint("FRI-7,0-MON"));
    expect(() => schedule("@reboot")).toThrow(hint("five fields"));
  });
});

test.each(["0 0 29 2 *", "0 0 31 2,3 *", "0 0 31 2 MON", "0 0 30 * *"])("the date of %s occurs", (line) => {
  expect(schedule(line).handle(() => undefined).trigger.cron).toBe(line);
});

test("what is neither a line nor a rate is refused", () => {
  for (const when of [undefined, null, {}, { everySeconds: Number.NaN }, { everySeconds: -1 }, 5, new Date()]) {
    // @ts-expect-error neither a line nor a rate
    expect(() => schedule(when)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
});
