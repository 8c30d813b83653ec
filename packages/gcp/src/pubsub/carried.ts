import type { NeutralEvent } from "@portico/core";
import { HandlerError } from "@portico/core";
import type { ParsedCloudEvent } from "@portico/core/adapter";
import type { Arrival } from "../arrival.js";
import type { Cell, NativeRecord } from "../messages.js";
import { capabilitiesOf, eventTrace } from "./cell.js";
import { fromMessagePublished, type PubSubDelivery } from "./delivery.js";
import { groupOf, PubSubSource, traceOf } from "./message.js";

/**
 * A source whose events come within messages of Pub/Sub, and are acknowledged as these are. A message that holds no such event is
 * dead-lettered: the sink gets an event that stands in for it.
 */
export function inPubSub<E extends NeutralEvent>(
  kind: "object" | "schedule" | "event",
  source: string,
  /** @throws {HandlerError} when the message does not hold an event of the source */
  open: (message: PubSubSource) => NativeRecord<E>,
  standIn: (message: PubSubSource) => E,
): Cell<E> {
  const read = (delivery: PubSubDelivery, { time }: Arrival, event?: ParsedCloudEvent): NativeRecord<E> => {
    const message = new PubSubSource(delivery, time);
    const carrier = { group: groupOf(message), trace: () => traceOf(message) ?? (event && eventTrace(event)) };
    try {
      return { ...carrier, ...open(message) };
    } catch (error) {
      const rejected = HandlerError.is(error) ? error : notHeld(kind, "not readable", error);
      return { ...carrier, event: standIn(message), rejected };
    }
  };
  return {
    capabilities: { ...capabilitiesOf("queue"), kind, source: `${source} in Pub/Sub`, attempt: false },
    fromRequest: (arrival) => arrival.push && read(arrival.push, arrival),
    fromEvent: (event, arrival) => {
      const delivery = fromMessagePublished(event);
      return delivery && read(delivery, arrival, event);
    },
  };
}

/** The error for a message that holds something else than its binding says. */
export function notHeld(kind: string, what: string, cause?: unknown): HandlerError {
  const message = `A Pub/Sub message was to hold an event of kind ${kind}, and what it holds is: ${what}.`;
  return new HandlerError("EVENT_UNSUPPORTED", message, { permanent: true, cause });
}
