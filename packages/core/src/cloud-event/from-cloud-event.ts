import { Carried } from "./carried.js";
import { toMessage } from "./carried-message.js";
import { toEvent } from "./event.js";
import { toChange, toInvocation, toObject, toSchedule } from "./facts.js";
import { toHttpRequest } from "./http-request.js";
import { malformed, type ParsedCloudEvent } from "./parsed.js";
import { fromStructured } from "./structured.js";
import type { AnyEvent } from "./to-cloud-event.js";

/**
 * The neutral event that a CloudEvent in the JSON format carries: of its own kind when `toCloudEvent` made it, which its type tells, else
 * of the kind `event`. `native` is the object itself. Whoever sent it chose all of it, a request's `identity` included.
 *
 * @throws {HandlerError} EVENT_MALFORMED when it breaks the specification, or does not hold what its type promises.
 */
export function fromCloudEvent(cloudEvent: unknown): AnyEvent {
  return fromParsed(fromStructured(cloudEvent), cloudEvent);
}

/**
 * The neutral event that a parsed CloudEvent carries.
 *
 * @throws {HandlerError} EVENT_MALFORMED when it does not hold what its type promises.
 */
export function fromParsed(parsed: ParsedCloudEvent, native: unknown): AnyEvent {
  try {
    return decode(parsed, native);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw malformed("It is nested too deeply.", cause);
  }
}

function decode(parsed: ParsedCloudEvent, native: unknown): AnyEvent {
  const [, kind] = /^dev\.portico\.([a-z]+)\.[a-z]+$/.exec(parsed.type) ?? [];
  switch (kind) {
    case "queue":
    case "topic":
    case "stream":
      return toMessage(kind, new Carried(parsed, native));
    case "object":
      return toObject(new Carried(parsed, native));
    case "change":
      return toChange(new Carried(parsed, native));
    case "schedule":
      return toSchedule(new Carried(parsed, native));
    case "invoke":
      return toInvocation(new Carried(parsed, native));
    case "http":
      return toHttpRequest(new Carried(parsed, native));
    default:
      return toEvent(parsed, native);
  }
}

/**
 * Any parsed CloudEvent as a message: for functions of these kinds where the platform delivers CloudEvents. The data is the payload, the
 * extensions are attributes.
 *
 * @throws {HandlerError} EVENT_MALFORMED when a part that `toCloudEvent` writes is not as it writes it.
 */
export function messageFromParsed<K extends "queue" | "topic" | "stream">(
  kind: K,
  parsed: ParsedCloudEvent,
  native: unknown,
): Extract<AnyEvent, { readonly kind: K }> {
  return toMessage(kind, new Carried(parsed, native)) as NeutralOf<K>;
}

type NeutralOf<K> = Extract<AnyEvent, { readonly kind: K }>;
