import {
  type CloudEvent,
  type CloudEventV1,
  event as declare,
  type EventFilter,
  type EventFunction,
  toCloudEvent,
} from "@portico/core";
import { checkNames, type OptionNames, toBytes, toHttp, unencodable } from "@portico/core/adapter";
import { anySuccess, createCall, pubSubAcknowledges } from "./call.js";
import { toBackgroundArguments, toBody, toCloudEventArgument } from "./event-call.js";
import { type GoogleRequest, toPost } from "./google-request.js";
import type { NativeHandler, NativeOptions, Signature } from "./options.js";
import { encodePubSub, type PubSubOrigin } from "./pubsub.js";

export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

/** As what request a CloudEvent is sent. */
export interface EncodeEventOptions extends NativeOptions {
  /** How the event is sent. Default: `binary`, as Eventarc does, and `structured` where binary mode cannot carry it. */
  readonly mode?: "binary" | "structured" | undefined;
  /** `pubsub`: for a function that takes CloudEvents from a topic, each as the JSON of a message. */
  readonly unwrap?: "pubsub" | undefined;
  /** With `unwrap`: the topic, in full or its last part. Default: `events`. */
  readonly topic?: string | undefined;
  /** With `unwrap`: the subscription, in full or its last part. Default: as for the topic. */
  readonly subscription?: string | undefined;
}

/** How a Google function for CloudEvents is wrapped. */
export interface WrapEventOptions extends EncodeEventOptions, EventFilter {}

const names = {
  signature: true,
  projectId: true,
  mode: true,
  unwrap: true,
  topic: true,
  subscription: true,
  types: true,
  sources: true,
} satisfies OptionNames<WrapEventOptions>;

/**
 * Makes a portable event function of one for CloudEvents: of Eventarc, audit logs among them, or of anybody. As a background function
 * (`signature: "event"`) it gets Google's own events in the form of the first generation. What it throws is `retry`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const onAudit = google.event(handler, { types: "google.cloud.audit.log.v1.written" });
 */
export function event(handler: NativeHandler, options: WrapEventOptions = {}): EventFunction {
  checkNames(options, names);
  const { types, sources, unwrap } = options;
  const call = createCall(handler, options.signature ?? "cloudevent", unwrap ? pubSubAcknowledges : anySuccess);
  return declare({ types, sources }).handle(async (one, context) => call(await encodeEvent(one, options), context));
}

/**
 * A CloudEvent as Eventarc would send it. What no attribute can carry stands in the extension `porticometa`, as `toCloudEvent` has it.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried.
 */
export async function encodeEvent(event: CloudEvent, options: EncodeEventOptions = {}): Promise<GoogleRequest> {
  if (ofOtherKind.test(event.type)) {
    throw unencodable("A CloudEvent", "type", "it is that of an event of another kind");
  }
  const sent = await toCloudEvent(event);
  const { signature = "cloudevent", mode } = options;
  if (options.unwrap) {
    const facts = { id: event.id, source: "", time: event.time, attributes: { "content-type": structured } };
    const data = toBytes(JSON.stringify(sent));
    return encodePubSub({ ...facts, data }, signature, "events", options as PubSubOrigin);
  }
  // Header fields make text of numbers and booleans.
  const isText = Object.values(event.extensions).every((value) => typeof value === "string");
  if (mode === "binary" && !isText) {
    throw unencodable("A CloudEvent in binary mode", "extensions", "they are text there, and one of these is not");
  }
  const binary = mode !== "structured" && isText ? inBinary(sent, signature, mode) : undefined;
  return binary ?? toRequest(sent, "structured");
}

// Of `toCloudEvent`: read back, it would be that event.
const ofOtherKind = /^dev\.portico\.(?:queue|topic|stream|object|change|schedule|invoke|http)\.[a-z]+$/;
const structured = "application/cloudevents+json";

function toRequest(sent: CloudEventV1, mode: "binary" | "structured"): GoogleRequest {
  const { headers, body } = toHttp(sent, mode);
  return toPost(headers, body);
}

/** Undefined where binary mode, or the framework in front of the function, does not take the event, and no mode is asked for. */
function inBinary(sent: CloudEventV1, signature: Signature, mode: "binary" | undefined): GoogleRequest | undefined {
  // Of JSON that is not there the framework makes an empty object.
  const isEmpty = !("data" in sent) && !("data_base64" in sent);
  if (isEmpty && signature !== "http" && mode === undefined) return undefined;
  try {
    const request = toRequest(sent, "binary");
    const read = { cloudevent: toCloudEventArgument, event: toBackgroundArguments, http: toBody }[signature];
    read(request);
    return request;
  } catch (error) {
    if (mode === "binary") throw error;
    return undefined;
  }
}
