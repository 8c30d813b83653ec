import type { Capabilities, CloudEvent } from "@portico/core";
import { fromParsed, LazyCloudEvent, type ParsedCloudEvent, parseCloudEvents } from "@portico/core/adapter";
import type { Cell } from "../messages.js";
import { inPubSub, notHeld } from "../pubsub/carried.js";
import { eventTrace, redeliveryNeeds } from "../pubsub/cell.js";
import { messagePublished } from "../pubsub/delivery.js";
import type { PubSubSource } from "../pubsub/message.js";

export const capabilities: Capabilities = {
  kind: "event",
  source: "Eventarc and other CloudEvents",
  // In CloudEvents batch mode alone, which nobody of Google's sends.
  batch: false,
  redelivery: "declared",
  requires: redeliveryNeeds,
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://cloud.google.com/eventarc/docs/retry-events",
};

/** Any CloudEvent, but one that `toCloudEvent` made of an event of another kind. */
export const cloudEvents: Cell<CloudEvent> = {
  capabilities,
  fromEvent: (event) => {
    const neutral = toEvent(event);
    return neutral && { event: neutral, trace: () => eventTrace(event) };
  },
};

function toEvent(parsed: ParsedCloudEvent): CloudEvent | undefined {
  const neutral = fromParsed(parsed, parsed);
  return neutral.kind === "event" ? neutral : undefined;
}

/**
 * CloudEvents through a topic: attributes named `ce-*` make one of a message, or its data is one in JSON.
 *
 * @see https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md
 */
export const throughPubSub: Cell<CloudEvent> = inPubSub(
  "event",
  "CloudEvents",
  (message) => {
    const parsed = readEvent(message);
    const neutral = parsed && toEvent(parsed);
    if (!parsed || !neutral) throw notHeld("event", parsed ? `an event of the type ${parsed.type}` : "no CloudEvent");
    return { event: neutral, trace: () => eventTrace(parsed) };
  },
  standIn,
);

function readEvent(message: PubSubSource): ParsedCloudEvent | undefined {
  const attributes = new Map(Object.entries(message.attributes()).map(([name, value]) => [name.toLowerCase(), value]));
  const type = message.contentType();
  if (type !== undefined) attributes.set("content-type", type);
  const headerNames = [...attributes.keys()];
  const isBinary = headerNames.some((name) => name.startsWith("ce-"));
  // Where nothing says what the data is, it can be JSON alone.
  if (type === undefined && !isBinary) attributes.set("content-type", "application/cloudevents+json");
  return parseCloudEvents({ headers: (name) => attributes.get(name), headerNames, body: message.body() })[0];
}

function standIn(message: PubSubSource): CloudEvent {
  const { payload, message: content } = message.delivery;
  const bytes = payload ?? new Uint8Array(Buffer.from(String(content.data ?? ""), "base64"));
  const parsed: ParsedCloudEvent = {
    id: message.id(),
    source: message.source(),
    type: messagePublished,
    subject: undefined,
    time: message.time().toISOString(),
    datacontenttype: message.contentType(),
    dataschema: undefined,
    extensions: Object.create(null),
    data: { kind: "bytes", bytes },
  };
  return new LazyCloudEvent(parsed, message.native);
}
