import type { Timer } from "@azure/functions";
import { encodeSchedule, type WrapScheduleOptions } from "@portico/azure/wrap";
import type { ScheduleEvent } from "@portico/core";
import { type FakeScheduleInit, fakeSchedule } from "../fake-schedule.js";
import { type Faked, toEvent } from "../native/events.js";
import { type FakeInvocation, type FakeOptions, type InvocationOverrides, toInvocation } from "./invocation.js";

/**
 * A tick as a Timer handler gets it.
 *
 * @param overrides other values here and there for the input.
 * @throws {HandlerError} EVENT_UNENCODABLE when a timer cannot tell of it; CONFIG_INVALID when it cannot be made.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
 */
export async function schedule(
  tick: Faked<ScheduleEvent, FakeScheduleInit> = {},
  options: Partial<FakeOptions<WrapScheduleOptions>> = {},
  overrides?: InvocationOverrides<Timer>,
): Promise<FakeInvocation<Timer>> {
  const settings: WrapScheduleOptions = { when: "0 * * * *", ...options };
  return toInvocation(encodeSchedule([toEvent(fakeSchedule, tick, options)], settings), options, overrides);
}
