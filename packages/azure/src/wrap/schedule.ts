import { type Timer, type TimerFunctionOptions, trigger } from "@azure/functions";
import { type Rate, type ScheduleEvent, type ScheduleFunction, schedule as scheduleKind } from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import { toTimerSchedule } from "../schedule/cron.js";
import { type AzureDelivery, type Carrier, encodeAll, single } from "./delivery.js";
import { fieldsOf } from "./fields.js";
import { host } from "./host-value.js";
import {
  type NativeHandler,
  type Registered,
  takeBindings,
  toShownTrigger,
  type WrapOptions,
  wrapNames,
} from "./options.js";
import { type Source, wrapEach } from "./wrapped.js";

/** What the portable function is declared for, and the options that the handler is registered with at home. */
export interface WrapScheduleOptions extends WrapOptions {
  /** A cron line of five fields, or `every("5 minutes")`: the portable declaration. */
  readonly when: string | Rate;
  /** An IANA name. Default: UTC. */
  readonly timeZone?: string | undefined;
  /** `schedule` is what the handler sees in `context.options.trigger`. Default: what `when` is to Azure. */
  readonly timer?: Registered<TimerFunctionOptions> | undefined;
}

const fields = fieldsOf("A timer");

/**
 * The invocations by which the Timer trigger would tell of ticks, one for each.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when a tick's time is none that Azure has.
 */
export function encodeSchedule(
  ticks: readonly ScheduleEvent[],
  options: WrapScheduleOptions,
): Promise<readonly AzureDelivery<ScheduleEvent>[]> {
  return encodeAll(toSource(options).carrier, ticks);
}

const names = { ...wrapNames, when: true, timeZone: true, timer: true } satisfies OptionNames<WrapScheduleOptions>;

/**
 * Makes a portable function of an existing Timer handler. A return is ack, a throw is retry, which is more than a timer without a retry
 * policy does at home.
 *
 * @throws {HandlerError} CONFIG_INVALID when the cron line is not understood, the handler is missing, or a binding has nobody who serves it.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
 * @example
 * export const nightly = functions.schedule(handler, { when: "0 3 * * *", timeZone: "Europe/Paris" });
 */
export function schedule(handler: NativeHandler, options: WrapScheduleOptions): ScheduleFunction {
  checkNames(options ?? undefined, names);
  const source = toSource(options);
  const { when, timeZone } = options;
  return wrapEach(scheduleKind(when, { timeZone }), handler, source, options);
}

function toSource(options: WrapScheduleOptions): Source<ScheduleEvent> {
  requireOption("schedule", options, "when", '"0 3 * * *"');
  const { when, timeZone, timer = {} } = options;
  const declared = scheduleKind(when, { timeZone }).handle(() => undefined).trigger;
  const { trigger: registration, bindings } = takeBindings({ schedule: toTimerSchedule(declared), ...timer });
  const shown = toShownTrigger(trigger.timer(registration as { schedule: string }));
  return { carrier: timerCarrier(shown, timer.useMonitor !== false), bindings };
}

function timerCarrier(shown: Carrier<ScheduleEvent>["trigger"], monitored: boolean): Carrier<ScheduleEvent> {
  return {
    trigger: shown,
    many: false,
    prepare: async (event) => ({ event, input: host.json(toTimer(event, monitored)), facts: {}, shared: {} }),
    join: (parts) => single(parts, true),
  };
}

type Upper<T> = {
  readonly [K in keyof T as Capitalize<K & string>]: T[K] extends string | boolean ? T[K] : Upper<T[K]> | null;
};

/** What the host sends; the worker's library lowers its names. When the last tick was, nobody knows: it stands as on the first. */
function toTimer({ scheduledTime, late }: ScheduleEvent, monitored: boolean): Upper<Timer> {
  const [first, next] = ["0001-01-01T00:00:00+00:00", `${fields.time(scheduledTime)}+00:00`];
  return {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: monitored ? { Last: first, Next: next, LastUpdated: first } : null,
    IsPastDue: late,
  };
}
