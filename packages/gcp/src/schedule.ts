import type { AnyScheduleFunction, ScheduleEvent } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type MessageOptions, messageNames, registerMessages } from "./messages.js";
import type { GcpHandler } from "./registration.js";
import { scheduler, throughPubSub } from "./schedule/scheduler.js";

export type { MessageOptions } from "./messages.js";
export type { GcpHandler } from "./registration.js";

export interface ScheduleOptions extends MessageOptions<ScheduleEvent> {
  /** `pubsub`: for a job whose target is a topic. Nothing in the message says so: every message of the topic is taken for a tick. */
  readonly unwrap?: "pubsub" | undefined;
}

const names = { ...messageNames, unwrap: true } satisfies OptionNames<ScheduleOptions>;

/**
 * Registers a schedule function with the functions framework, under the name that is deployed as the entry point, for a job of Cloud
 * Scheduler with an HTTP target, of any method, or with a Pub/Sub target. The job's own schedule is what counts: create it from the
 * function's `trigger`. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a schedule function, the name is none that Google takes, or an option is wrong.
 * @see https://cloud.google.com/scheduler/docs/creating
 * @example
 * gcp.schedule("nightly", nightly);
 */
export function schedule(name: string, fn: AnyScheduleFunction, options: ScheduleOptions = {}): GcpHandler {
  checkNames(options, names);
  return registerMessages("schedule", name, fn, [options.unwrap === "pubsub" ? throughPubSub : scheduler], options);
}
