import type { ScheduleEvent } from "@portico/core";
import { type EncodeScheduleOptions, encodeSchedule, type GoogleRequest, type Signature } from "@portico/gcp/wrap";
import { type FakeScheduleInit, fakeSchedule } from "../fake-schedule.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { type GoogleEvents, toNative } from "./native.js";

type Tick = Faked<ScheduleEvent, FakeScheduleInit>;
type Options<S> = Omit<EncodeScheduleOptions, "signature" | "unwrap"> & Seeded & { readonly signature?: S | undefined };

/**
 * A tick as Cloud Scheduler sends it: a request, or with `unwrap: "pubsub"` a message of a topic, as a function of that `signature` gets it.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried; CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/scheduler/docs/creating
 */
export async function schedule(
  tick?: Tick,
  options?: Options<"http"> & { readonly unwrap?: undefined },
  overrides?: Overrides<GoogleRequest>,
): Promise<GoogleRequest>;
export async function schedule<S extends Signature = "cloudevent">(
  tick: Tick,
  options: Options<S> & { readonly unwrap: "pubsub" },
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]>;
export async function schedule(
  tick: Tick = {},
  options: Options<Signature> & Pick<EncodeScheduleOptions, "unwrap"> = {},
  overrides?: Overrides<GoogleEvents[Signature]>,
): Promise<GoogleEvents[Signature]> {
  const signature = options.unwrap === "pubsub" ? (options.signature ?? "cloudevent") : "http";
  const request = await encodeSchedule(toEvent(fakeSchedule, tick, options), { ...options, signature });
  return toNative(request, signature, overrides);
}
