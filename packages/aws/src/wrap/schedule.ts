import {
  HandlerError,
  schedule as portable,
  type Rate,
  type ScheduleEvent,
  type ScheduleFunction,
} from "@portico/core";
import { checkNames, type OptionNames, requireOption, unencodable } from "@portico/core/adapter";
import { type EventBridgeEnvelope, toEnvelope } from "./envelope.js";
import { toExactJson } from "./json.js";
import type { CallOptions } from "./lambda/context.js";
import { callNames } from "./lambda/context.js";
import type { NativeHandler } from "./lambda/handler.js";
import { wrapSingle } from "./messages.js";
import { makeArn, type Origin } from "./origin.js";
import { requireTime, requireWellFormed } from "./text.js";

export type { EventBridgeEnvelope } from "./envelope.js";
export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";

/** What a schedule function of Lambda is started by: a rule of EventBridge, or EventBridge Scheduler. */
export type ScheduleSource = "rule" | "scheduler";

/** Which event a tick becomes. */
export interface EncodeScheduleOptions extends Origin {
  /** Default: `rule`. */
  readonly source?: ScheduleSource | undefined;
  /** What the rule or schedule is called at home. Default: `portico`. */
  readonly name?: string | undefined;
  /**
   * Whether the rule or schedule has an input of its own at home: the event is then that JSON alone. True for the payload of the tick; a
   * function gives it, such as one with the scheduled time in it. Default: false.
   */
  readonly customInput?: boolean | ((tick: ScheduleEvent) => unknown) | undefined;
}

/** How a Lambda function for the clock is wrapped. */
export interface WrapScheduleOptions extends EncodeScheduleOptions, CallOptions {
  /** When it is started: a cron line of five fields, or `every("5 minutes")`. */
  readonly when: string | Rate;
  /** An IANA name. Default: UTC. */
  readonly timeZone?: string | undefined;
}

const names = {
  ...callNames,
  source: true,
  name: true,
  customInput: true,
  when: true,
  timeZone: true,
} satisfies OptionNames<WrapScheduleOptions>;

/**
 * Makes a portable function of a Lambda handler for a rule of EventBridge or for EventBridge Scheduler. What it throws is `retry`, with the
 * very same error; its result means nothing.
 *
 * @example
 * export const nightly = schedule(handler, { when: "0 3 * * *" });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export function schedule(handler: NativeHandler, options: WrapScheduleOptions): ScheduleFunction {
  checkNames(options, names);
  requireOption("schedule", options, "when", '"0 3 * * *"');
  const { when, timeZone, source = "rule" } = options;
  if (source !== "rule" && source !== "scheduler")
    throw new HandlerError("CONFIG_INVALID", `No clock of Lambda is called ${JSON.stringify(source)}.`);
  return wrapSingle(portable(when, { timeZone }), (tick) => encodeSchedule(tick, options), handler, options);
}

/** What a clock sends: its envelope, or with an input of its own any JSON. */
export type ScheduledEvent = EventBridgeEnvelope<"Scheduled Event", Record<string, never> | string>;

const carrier = "An event of EventBridge's clock";

/**
 * The event in which Lambda gets this tick; inbound, it gives the same tick. With `customInput` it is that input.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the clock cannot carry it: a payload without `customInput`, say.
 */
export function encodeSchedule(
  tick: ScheduleEvent,
  options: EncodeScheduleOptions & { readonly customInput?: false | undefined },
): Promise<ScheduledEvent>;
export function encodeSchedule(tick: ScheduleEvent, options?: EncodeScheduleOptions): Promise<unknown>;
export async function encodeSchedule(tick: ScheduleEvent, options: EncodeScheduleOptions = {}): Promise<unknown> {
  const { customInput } = options;
  if (typeof customInput === "function") return toExactJson(carrier, "payload", customInput(tick));
  const payload = await tick.json();
  if (customInput) return toExactJson(carrier, "payload", payload);
  if (payload !== null && payload !== undefined) {
    const hint = "Say `customInput: true` where the rule or schedule has an input of its own at home.";
    throw unencodable(carrier, "payload", "only a rule or schedule with an input of its own has one", hint);
  }
  return toScheduled(tick, options);
}

function toScheduled(tick: ScheduleEvent, options: EncodeScheduleOptions): ScheduledEvent {
  const { source = "rule", name = "portico" } = options;
  const isRule = source === "rule";
  const time = new Date(requireTime(carrier, tick.scheduledTime)).toISOString();
  const home = isRule
    ? makeArn("events", `rule/${name}`, options)
    : makeArn("scheduler", `schedule/default/${name}`, options);
  const isHome = /^arn:[^:]*:(?:events|scheduler):/.test(tick.source);
  return toEnvelope(
    {
      id: requireWellFormed(carrier, "id", tick.id),
      "detail-type": "Scheduled Event",
      source: isRule ? "aws.events" : "aws.scheduler",
      time,
      resources: [isHome ? tick.source : home],
      // As they are: an object from the one, text from the other.
      detail: isRule ? {} : "{}",
    },
    options,
  );
}
