import { HandlerError, type ScheduleTrigger } from "@portico/core";

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
  const [minute, hour, dayOfMonth, month, dayOfWeek = "*"] = cron.split(" ");
  if (!dayOfMonth?.startsWith("*") && !dayOfWeek.startsWith("*")) {
    throw new HandlerError(
      "CONFIG_INVALID",
      `The cron line ${JSON.stringify(cron)} names days of the month and of the week.`,
      {
        hint: "Azure runs it on days that are both, others on days that are either. Declare two functions, or pass `timer: { schedule }`.",
      },
    );
  }
  return ["0", minute, hour, dayOfMonth, month, toAzureDays(dayOfWeek)].join(" ");
}

/** Azure counts the days of the week from 0 for Sunday to 6; 7 is Sunday too elsewhere. */
function toAzureDays(dayOfWeek: string): string {
  return dayOfWeek.split(",").flatMap(toAzureDay).join(",");
}

function toAzureDay(item: string): readonly string[] {
  const [, from, to, step] = /^(\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const stepped = step === undefined ? "" : `/${step}`;
  if (from === "7") return ["0"];
  if (to !== "7") return [item];
  const days = { SUN: 0, MON: 1, TUE: 2, WED: 3, THU: 4, FRI: 5, SAT: 6 } as Readonly<Record<string, number>>;
  const first = days[String(from).toUpperCase()] ?? Number(from);
  const hitsSunday = (7 - first) % Number(step ?? 1) === 0;
  return [...(first <= 6 ? [`${from}-6${stepped}`] : []), ...(hitsSunday ? ["0"] : [])];
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
