import {
  type CloudEvent,
  type CloudEventV1,
  type EventFilter,
  type EventFunction,
  HandlerError,
  event as portable,
} from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import type { EventBridgeEnvelope } from "./envelope.js";
import { toJsonData } from "./event/data.js";
import { toEventBridge } from "./event/event-bridge.js";
import { type LogsEvent, toLogsEvent } from "./event/logs.js";
import { type SesEvent, toSesEvent } from "./event/ses.js";
import { toStructured } from "./event/structured.js";
import type { CallOptions } from "./lambda/context.js";
import { callNames } from "./lambda/context.js";
import type { NativeHandler } from "./lambda/handler.js";
import { wrapSingle } from "./messages.js";
import type { Origin } from "./origin.js";

export type { EventBridgeEnvelope } from "./envelope.js";
export type { LogsEvent } from "./event/logs.js";
export type { SesEvent } from "./event/ses.js";
export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";

/**
 * What an event function of Lambda is started by: EventBridge; CloudWatch Logs and SES, whose events only those can be that once were;
 * `cloud-event`, a CloudEvent in the JSON format by a direct call; `json`, the data alone, as a rule of IoT sends it.
 */
export type EventSource = "event-bridge" | "logs" | "ses" | "cloud-event" | "json";

/** The native event of each source. */
export interface CloudEvents {
  readonly "event-bridge": EventBridgeEnvelope;
  readonly logs: LogsEvent;
  readonly ses: SesEvent;
  readonly "cloud-event": CloudEventV1;
  readonly json: unknown;
}

/** Which event a CloudEvent becomes. */
export interface EncodeEventOptions<S extends EventSource = EventSource> extends Origin {
  /** Default: `event-bridge`. */
  readonly source?: S | undefined;
}

/** How a Lambda function for events is wrapped. `types` and `sources` are as in the rule at home. */
export interface WrapEventOptions extends EncodeEventOptions, EventFilter, CallOptions {}

const names = { ...callNames, source: true, types: true, sources: true } satisfies OptionNames<WrapEventOptions>;

/**
 * Makes a portable function of a Lambda handler for EventBridge, CloudWatch Logs, SES, IoT or CloudEvents. What it throws is `retry`, with
 * the very same error; its result means nothing.
 *
 * @example
 * export const onOrderPlaced = event(handler, { types: "OrderPlaced" });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge.html
 */
export function event(handler: NativeHandler, options: WrapEventOptions = {}): EventFunction {
  checkNames(options, names);
  const { types, sources } = options;
  toEncode(options.source);
  return wrapSingle(portable({ types, sources }), (given) => encodeEvent(given, options), handler, options);
}

/**
 * The event in which Lambda gets this one; inbound, it gives the same one.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry it.
 */
export async function encodeEvent<S extends EventSource = "event-bridge">(
  given: CloudEvent,
  options: EncodeEventOptions<S> = {},
): Promise<CloudEvents[S]> {
  return (await toEncode(options.source)(given, options)) as CloudEvents[S];
}

function toEncode(source: EventSource = "event-bridge"): (event: CloudEvent, origin: Origin) => Promise<unknown> {
  switch (source) {
    case "event-bridge":
      return toEventBridge;
    case "logs":
      return toLogsEvent;
    case "ses":
      return toSesEvent;
    case "cloud-event":
      return toStructured;
    case "json":
      return (given) => toJsonData("A direct call", given);
    default:
      throw new HandlerError("CONFIG_INVALID", `No events of Lambda are called ${JSON.stringify(source)}.`);
  }
}
