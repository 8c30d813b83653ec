import { describe, HandlerError } from "../error.js";
import type { ChangeEvent } from "../kinds/change.js";
import type { CloudEvent } from "../kinds/event.js";
import type { HttpRequest } from "../kinds/http/request.js";
import type { Invocation } from "../kinds/invoke.js";
import type { ObjectEvent } from "../kinds/object.js";
import type { QueueMessage } from "../kinds/queue.js";
import type { ScheduleEvent } from "../kinds/schedule.js";
import type { StreamRecord } from "../kinds/stream.js";
import type { TopicMessage } from "../kinds/topic.js";
import type { CloudEventV1 } from "./cloud-event-v1.js";
import { fromEvent } from "./event.js";
import { fromChange, fromInvocation, fromObject, fromSchedule } from "./facts.js";
import { fromHttpRequest } from "./http-request.js";
import { fromMessage } from "./message.js";

/** Any neutral event; `kind` tells them apart. */
export type AnyEvent =
  | HttpRequest
  | QueueMessage
  | TopicMessage
  | StreamRecord
  | ObjectEvent
  | ChangeEvent
  | ScheduleEvent
  | CloudEvent
  | Invocation;

/**
 * Any neutral event as a CloudEvent 1.0 in the JSON format: plain data. What is carried how stands in docs/cloudevents.md;
 * `fromCloudEvent` turns it back without loss, but for `native`.
 *
 * @example
 * await publish(JSON.stringify(await toCloudEvent(message)));
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the event holds what no JSON can carry, such as a cycle.
 */
export async function toCloudEvent(event: AnyEvent): Promise<CloudEventV1> {
  try {
    return await encode(event);
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof TypeError)) throw cause;
    throw new HandlerError("EVENT_UNENCODABLE", `The ${event.kind} event cannot be written as JSON.`, {
      cause,
      permanent: true,
    });
  }
}

function encode(event: AnyEvent): CloudEventV1 | Promise<CloudEventV1> {
  switch (event.kind) {
    case "queue":
    case "topic":
    case "stream":
      return fromMessage(event);
    case "object":
      return fromObject(event);
    case "change":
      return fromChange(event);
    case "schedule":
      return fromSchedule(event);
    case "invoke":
      return fromInvocation(event);
    case "event":
      return fromEvent(event);
    case "http":
      return fromHttpRequest(event);
    default: {
      const { kind } = event as { kind: unknown };
      const what = typeof kind === "string" ? JSON.stringify(kind) : describe(kind);
      throw new HandlerError("EVENT_UNENCODABLE", `There is no event of the kind ${what}.`, { permanent: true });
    }
  }
}
