import { HandlerError, type ScheduleTrigger } from "@portico/core";
import { parseCron } from "@portico/core/adapter";

/**
 * A schedule as Azure's timer takes it: a cron line of six fields, seconds first; for a rate that no cron line has, a TimeSpan, which only
 * dedicated plans take.
 *
 * @throws {HandlerError} CONFIG_INVALID when Azure would run it at other times than other platforms do.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function toTimerSchedule({ cron, everySeconds }: ScheduleTrigger): string {
  if (cron !== undefined) return toSixFields(cron);
  return toRateLine(everySeconds as number) ?? toTimeSpan(everySeconds as number);
}

function toSixFields(cron: string): string {
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parseCron(cron);
  // NCRONTAB runs on days that both fields name. Elsewhere it is days that either names, or both, by where an asterisk stands.
  if (!dayOfMonth.any && !dayOfWeek.any) {
    throw new HandlerError(
      "CONFIG_INVALID",
      `The cron line ${JSON.stringify(cron)} names days of the month and of the week.`,
      {
        hint: "Azure runs it on days that are both, other platforms on days that are either. Declare two functions, or pass `timer: { schedule }`.",
      },
    );
  }
  return ["0", minute.text, hour.text, dayOfMonth.text, month.text, toAzureDays(dayOfWeek.text)].join(" ");
}

/** Azure counts the days of the week from 0 for Sunday to 6; 7 is Sunday too elsewhere, and SUN the end of a range. */
function toAzureDays(dayOfWeek: string): string {
  return dayOfWeek.split(",").flatMap(toAzureDay).join(",");
}

const days: Readonly<Record<string, number>> = { SUN: 0, MON: 1, TUE: 2, WED: 3, THU: 4, FRI: 5, SAT: 6 };

function toAzureDay(item: string): readonly string[] {
  const [, from, to, step] = /^(\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === "7") return ["0"];
  if (from === undefined || to === undefined) return [item];
  const first = days[from.toUpperCase()] ?? Number(from);
  const toSunday = to === "7" || to.toUpperCase() === "SUN";
  if (!toSunday) return [item];
  if (first === 0 && to !== "7") return ["0"];
  const stepped = step === undefined ? "" : `/${step}`;
  const hitsSunday = (7 - first) % Number(step ?? 1) === 0;
  // The step from Sunday, which is 0 already, would name it twice.
  return [`${from}-6${stepped}`, ...(hitsSunday && first > 0 ? ["0"] : [])];
}

function toRateLine(seconds: number): string | undefined {
  const fits = (unit: number, most: number) =>
    seconds % unit === 0 && seconds < unit * most && most % (seconds / unit) === 0;
  const rate = (unit: number) => (seconds === unit ? "*" : `*/${seconds / unit}`);
  if (fits(1, 60)) return `${rate(1)} * * * * *`;
  if (fits(60, 60)) return `0 ${rate(60)} * * * *`;
  if (fits(3600, 24)) return `0 0 ${rate(3600)} * * *`;
  return seconds === 86_400 ? "0 0 0 * * *" : undefined;
}

function toTimeSpan(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const text = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return days === 0 ? text : `${days}.${text}`;
}

/**
 * Refuses a cron line of another time zone than the app runs its timers in.
 *
 * @throws {HandlerError} CONFIG_INVALID when they differ.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-time-zones
 */
export function checkTimeZone({ cron, timeZone = "UTC" }: ScheduleTrigger, given: string | undefined): void {
  if (cron === undefined) return;
  // Not read at the module's load: the host replaces the environment when it makes a waiting worker this app's.
  const setting = given || process.env.WEBSITE_TIME_ZONE || process.env.TZ || "UTC";
  // Windows has names of its own ("W. Europe Standard Time"), which cannot be compared.
  if (sameZone(setting, timeZone) || (setting.includes(" ") && timeZone !== "UTC")) return;
  throw new HandlerError(
    "CONFIG_INVALID",
    `The schedule is declared for the time zone ${timeZone}, and the app runs its timers in ${setting}.`,
    {
      hint: `Set the app setting WEBSITE_TIME_ZONE to the zone, where the plan has it; all timers of an app share it. Where it cannot be read here, pass \`timeZone\`.`,
    },
  );
}

function sameZone(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(zone: string): string {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone.replace(/^:/, "") }).resolvedOptions();
    return /^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu|Universal)$/.test(timeZone) ? "UTC" : timeZone;
  } catch {
    return zone;
  }
}
