import { type EncodeScheduleOptions, encodeSchedule, type ScheduledEvent } from "@portico/aws/wrap";
import type { ScheduleEvent } from "@portico/core";
import { type FakeScheduleInit, fakeSchedule } from "../fake-schedule.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";

/**
 * A tick of a rule as Lambda gets it, or of EventBridge Scheduler by `source`. A schedule with an input of its own sends that alone, which
 * a test writes down as it is.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the clock cannot carry it, such as a payload; CONFIG_INVALID when it cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export async function schedule(
  tick: Faked<ScheduleEvent, FakeScheduleInit> = {},
  options: Omit<EncodeScheduleOptions, "customInput"> & Seeded = {},
  overrides?: Overrides<ScheduledEvent>,
): Promise<ScheduledEvent> {
  return merge(
    await encodeSchedule(toEvent(fakeSchedule, tick, options), { ...options, customInput: false }),
    overrides,
  );
}
