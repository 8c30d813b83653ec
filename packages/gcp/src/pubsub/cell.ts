import type { Capabilities, Message } from "@portico/core";
import { messageFromParsed, type ParsedCloudEvent, parseTraceparent } from "@portico/core/adapter";
import type { Arrival } from "../arrival.js";
import type { Cell, NativeRecord } from "../messages.js";
import { fromMessagePublished, type PubSubDelivery, withMetadata } from "./delivery.js";
import { groupOf, PubSubSource, refusal, traceOf } from "./message.js";

export interface PubSubOptions {
  /**
   * Whether the subscription has payload unwrapping (`pushConfig.noWrapper`) without write metadata: every request is then a message, and
   * has an id of its own, another one when it is delivered again. With write metadata it is known by its header fields. Default: false.
   */
  readonly noWrapper?: boolean | undefined;
}

export function capabilitiesOf(kind: "queue" | "topic" | "stream"): Capabilities {
  return {
    kind,
    source: "Pub/Sub",
    batch: false,
    redelivery: "declared",
    requires: redeliveryNeeds,
    order: kind === "stream" ? "partition" : "group",
    retryDelay: false,
    deadLetter: "sink-or-redelivery",
    // Where the subscription has a dead-letter policy.
    attempt: true,
    deadline: false,
    see: "https://cloud.google.com/pubsub/docs/push",
  };
}

/** What Eventarc and Pub/Sub need to deliver again. */
export const redeliveryNeeds =
  "a push subscription, or the retry policy of an event trigger, and `redelivery: true`; else a failure drops the event";

type Kind = "queue" | "topic" | "stream";

/** Pub/Sub as a source of messages of one kind: as a push, as a CloudEvent, and with its attributes being a CloudEvent's. */
export function createPubSub<E extends Message<Kind>>(
  kind: E["kind"],
  make: (source: PubSubSource) => E,
  { noWrapper = false }: PubSubOptions,
): Cell<E> {
  return {
    capabilities: capabilitiesOf(kind),
    fromRequest: (arrival) => {
      const { isCloudEvent, isTask, isTick } = arrival;
      // Pub/Sub pushes with POST alone; anything else is somebody's look at the function.
      if (noWrapper && arrival.source.method() === "POST" && !isCloudEvent && !isTask && !isTick)
        return toRecord(withMetadata(arrival), arrival, make);
      return arrival.push && toRecord(arrival.push, arrival, make);
    },
    fromEvent: (event, arrival) => {
      const delivery = fromMessagePublished(event);
      if (delivery) return toRecord(delivery, arrival, make, event);
      if (!noWrapper && arrival.header("x-goog-pubsub-message-id") === undefined) return undefined;
      const key = arrival.header("x-goog-pubsub-ordering-key");
      const message = messageFromParsed(kind, event, event) as Message<Kind> as E;
      return { event: message, trace: () => eventTrace(event), group: key && `${event.source}#${key}` };
    },
  };
}

function toRecord<E extends Message<Kind>>(
  delivery: PubSubDelivery,
  { time }: Arrival,
  make: (source: PubSubSource) => E,
  event?: ParsedCloudEvent,
): NativeRecord<E> {
  const source = new PubSubSource(delivery, time);
  return {
    event: make(source),
    group: groupOf(source),
    trace: () => traceOf(source) ?? (event && eventTrace(event)),
    rejected: refusal(delivery),
  };
}

/** The trace of the producer of a CloudEvent. */
export function eventTrace({ extensions }: ParsedCloudEvent) {
  const { traceparent, tracestate } = extensions;
  return parseTraceparent(
    traceparent === undefined ? undefined : String(traceparent),
    tracestate === undefined ? undefined : String(tracestate),
  );
}
