import { app, type TimerFunctionOptions } from "@azure/functions";
import type { AnyScheduleFunction, ScheduleEvent } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type AzureMessageHandler, createMessageHandler, type MessageOptions, messageNames } from "./messages.js";
import { checkTimeZone, toTimerSchedule } from "./schedule/cron.js";
import { timer } from "./schedule/timer.js";

export interface AzureScheduleOptions extends MessageOptions<ScheduleEvent> {
  /**
   * Azure's own options of the timer (`runOnStartup`, `useMonitor`, `retry`). `schedule` is made of the function's declaration; give it
   * where a setting's name stands for it (`%NIGHTLY%`), and then nothing is checked.
   */
  readonly timer?:
    | (Omit<TimerFunctionOptions, "handler" | "trigger" | "schedule"> & { readonly schedule?: string })
    | undefined;
  /** The time zone that the app runs its timers in: one for all. Default: the app setting WEBSITE_TIME_ZONE or TZ, else UTC. */
  readonly timeZone?: string | undefined;
}

const names = { ...messageNames, timer: true, timeZone: true } satisfies OptionNames<AzureScheduleOptions>;

/**
 * Registers a schedule function with Azure Functions, by the declaration's cron line or rate. Call it while the app starts. Returns the
 * handler it registered. A failed tick is not repeated without a retry policy: the next comes at its time.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a schedule function, the name is none that Azure takes, the app's time zone is not
 *   the declared one, the cron line would mean something else to Azure, or an option cannot be met.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
 * @example
 * azure.schedule("nightly", nightly);
 */
export function schedule(
  name: string,
  fn: AnyScheduleFunction,
  options: AzureScheduleOptions = {},
): AzureMessageHandler {
  checkNames(options, names);
  const handler = createMessageHandler(name, "schedule", fn, timer(name, options.timer?.retry !== undefined), options);
  const { trigger } = fn;
  if (options.timer?.schedule === undefined) checkTimeZone(trigger, options.timeZone);
  app.timer(name, { ...options.timer, schedule: options.timer?.schedule ?? toTimerSchedule(trigger), handler });
  return handler;
}
