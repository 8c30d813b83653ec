import { schedule as declare, type Rate, type ScheduleEvent, type ScheduleFunction } from "@portico/core";
import { checkNames, type OptionNames, requireOption, toBytes } from "@portico/core/adapter";
import { anySuccess, createCall, pubSubAcknowledges } from "./call.js";
import { toHeaderText, toJsonText, toTimeText } from "./carry.js";
import { toBody } from "./event-call.js";
import { type GoogleRequest, toPost } from "./google-request.js";
import type { NativeHandler, NativeOptions, Signature } from "./options.js";
import { encodePubSub, type PubSubOrigin } from "./pubsub.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

/** As what request a tick is sent. */
export interface EncodeScheduleOptions extends NativeOptions {
  /** The name of the job. Default: that of the event where it is one of Cloud Scheduler, else `job`. */
  readonly job?: string | undefined;
  /** The path and query of the job's target. Default: `/`. */
  readonly path?: string | undefined;
  /** The `Content-Type` that the job sends a payload with. Default: `application/octet-stream`, the service's own. */
  readonly contentType?: string | undefined;
  /** `pubsub`: for a job whose target is a topic. */
  readonly unwrap?: "pubsub" | undefined;
  /** With `unwrap`: the topic, in full or its last part. Default: the name of the job. */
  readonly topic?: string | undefined;
  /** With `unwrap`: the subscription, in full or its last part. Default: as for the topic. */
  readonly subscription?: string | undefined;
}

/** How a Google function for Cloud Scheduler is wrapped. */
export interface WrapScheduleOptions extends EncodeScheduleOptions {
  /** When: a cron line of five fields, or `every("5 minutes")`. */
  readonly when: string | Rate;
  /** An IANA name. Default: UTC. */
  readonly timeZone?: string | undefined;
}

const names = {
  signature: true,
  projectId: true,
  job: true,
  path: true,
  contentType: true,
  unwrap: true,
  topic: true,
  subscription: true,
  when: true,
  timeZone: true,
} satisfies OptionNames<WrapScheduleOptions>;

/**
 * Makes a portable schedule function of one for Cloud Scheduler: `(request, response)`, or with `unwrap: "pubsub"` any signature. What it
 * throws, and a status that is no success, is `retry`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function, the cron line is not understood, or a signature is none that the job calls.
 * @example
 * export const nightly = google.schedule(handler, { when: "0 3 * * *", job: "nightly" });
 */
export function schedule(handler: NativeHandler, options: WrapScheduleOptions): ScheduleFunction {
  checkNames(options, names);
  requireOption("schedule", options, "when", '"0 3 * * *"');
  const { when, timeZone, unwrap } = options;
  const taken = unwrap ? undefined : (["http"] as const);
  const call = createCall(handler, signatureOf(options), unwrap ? pubSubAcknowledges : anySuccess, taken);
  const pipeline = typeof when === "string" ? declare(when, { timeZone }) : declare(when);
  return pipeline.handle(async (event, context) => call(await encodeSchedule(event, options), context));
}

const carrier = "A call of Cloud Scheduler";

/**
 * A tick as Cloud Scheduler would send it: its id is the job and the time.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when its time or payload cannot be carried.
 */
export async function encodeSchedule(
  event: ScheduleEvent,
  options: EncodeScheduleOptions = {},
): Promise<GoogleRequest> {
  const payload = await event.json();
  const text = payload === null || payload === undefined ? undefined : toJsonText(carrier, "payload", payload);
  const [, told = "job"] = /^\/\/cloudscheduler\.googleapis\.com\/([\w-]+)$/.exec(event.source) ?? [];
  const { job = told, path } = options;
  if (options.unwrap) return inTopic(event, text, job, options);
  const { contentType = "application/octet-stream" } = options;
  const request = toPost(
    {
      "user-agent": "Google-Cloud-Scheduler",
      "x-cloudscheduler": "true",
      "x-cloudscheduler-jobname": toHeaderText(carrier, "job", job),
      "x-cloudscheduler-scheduletime": toTimeText(carrier, "scheduledTime", event.scheduledTime).replace(".000Z", "Z"),
      ...(text !== undefined && { "content-type": contentType }),
    },
    toBytes(text ?? ""),
    path,
  );
  // What the framework refuses, the function never gets.
  toBody(request);
  return request;
}

function inTopic(
  { id, source, scheduledTime }: ScheduleEvent,
  text: string | undefined,
  job: string,
  options: EncodeScheduleOptions & PubSubOrigin,
): GoogleRequest {
  // A message has something in it.
  const facts = { id, source, time: scheduledTime, attributes: {}, data: toBytes(text ?? "null") };
  return encodePubSub(facts, signatureOf(options), job, options);
}

function signatureOf({ signature, unwrap }: EncodeScheduleOptions): Signature {
  return signature ?? (unwrap ? "cloudevent" : "http");
}
