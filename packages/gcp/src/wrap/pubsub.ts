import type { Message } from "@portico/core";
import { encodeHeaderValue, toBytes, unencodable } from "@portico/core/adapter";
import { messagePublished, type PubSubMessage } from "../pubsub/delivery.js";
import { checkText, toTimeText } from "./carry.js";
import { type GoogleRequest, toPost } from "./google-request.js";
import { type NativeOptions, projectOf, type Signature } from "./options.js";

const carrier = "A Pub/Sub message";
const service = "//pubsub.googleapis.com/";
const limits = { data: 10_000_000, attributes: 100, name: 256, value: 1024, key: 1024 };

/** Where a message of Pub/Sub comes from. */
export interface PubSubOrigin extends NativeOptions {
  /** `projects/P/topics/T`, or the last part alone. Default: that of the event where it has one, else the name of the queue, topic or stream. */
  readonly topic?: string | undefined;
  /** `projects/P/subscriptions/S`, or the last part alone. Default: that of the event where it has one, else as for the topic. */
  readonly subscription?: string | undefined;
}

/** What a message says, whatever its kind. */
export interface PubSubFacts {
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey?: string | undefined;
  readonly attempt?: number | undefined;
}

/**
 * A message as Pub/Sub delivers it: to an HTTP function as a push, to others as the CloudEvent of an event trigger.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when Pub/Sub cannot carry it.
 */
export function encodePubSub(
  facts: PubSubFacts,
  signature: Signature,
  name: string,
  options: PubSubOrigin,
): GoogleRequest {
  const { id, source, attempt } = facts;
  const publishTime = toTimeText(carrier, "time", facts.time);
  if (attempt !== undefined && !(attempt >= 1 && attempt < 2 ** 31)) {
    throw unencodable(carrier, "attempt", "Pub/Sub counts deliveries from 1, in 32 bits");
  }
  const message: PubSubMessage = {
    attributes: checkAttributes(facts),
    ...(facts.data.length > 0 && { data: Buffer.from(facts.data).toString("base64") }),
    messageId: checkText(carrier, "id", id),
    message_id: id,
    ...(facts.orderingKey !== undefined && {
      orderingKey: checkText(carrier, "ordering key", facts.orderingKey, { maxBytes: limits.key }),
    }),
    publishTime,
    publish_time: publishTime,
  };
  const resources = toResources(source, name, options);
  const body = toBytes(
    JSON.stringify({
      message,
      subscription: resources.subscription,
      ...(attempt !== undefined && { deliveryAttempt: attempt }),
    }),
  );
  if (signature === "http") {
    return toPost(
      {
        "content-type": "application/json",
        "user-agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
      },
      body,
    );
  }
  return toPost(
    {
      "content-type": "application/json",
      "ce-id": encodeHeaderValue(id),
      "ce-source": service + resources.topic,
      "ce-specversion": "1.0",
      "ce-type": messagePublished,
      "ce-topic": encodeHeaderValue(resources.topic.split("/").at(-1) ?? ""),
      "ce-time": publishTime,
    },
    body,
  );
}

/** The names of the topic and subscription, those that the event has had before all others. */
function toResources(source: string, name: string, options: PubSubOrigin) {
  const [, told = ""] =
    /^\/\/pubsub\.googleapis\.com\/(projects\/[\w.~+%:-]+\/(?:topics|subscriptions)\/[\w.~+%-]+)$/.exec(source) ?? [];
  const full = (collection: "topics" | "subscriptions", given: string | undefined): string => {
    // A name alone does not say of which project it is; the event does, where it is that one's.
    if (given === undefined ? told.includes(`/${collection}/`) : told.endsWith(`/${collection}/${given}`)) return told;
    const chosen = given ?? options.topic?.split("/").at(-1) ?? name;
    return chosen.includes("/") ? chosen : `projects/${projectOf(options)}/${collection}/${chosen}`;
  };
  return { topic: full("topics", options.topic), subscription: full("subscriptions", options.subscription) };
}

function checkAttributes({ attributes, data }: PubSubFacts): Readonly<Record<string, string>> {
  const entries = Object.entries(attributes);
  if (data.length > limits.data) throw unencodable(carrier, "body", `it is longer than ${limits.data} bytes`);
  if (data.length === 0 && entries.length === 0) {
    throw unencodable(carrier, "body", "it is empty, and there is no attribute either");
  }
  if (entries.length > limits.attributes) {
    throw unencodable(carrier, "attributes", `they are more than ${limits.attributes}`);
  }
  for (const [name, value] of entries) {
    checkText(carrier, "name of an attribute", name, { maxBytes: limits.name });
    // Client libraries of Google's write the trace there, and other names are refused by the service.
    if (/^goog(?!client_)/.test(name))
      throw unencodable(carrier, `attribute ${name}`, 'names that begin with "goog" are Google\'s own');
    checkText(carrier, `attribute ${name}`, value, { empty: true, maxBytes: limits.value });
  }
  return attributes;
}

/** The attributes that the inbound cell reads a message's own members from, the one that is written first. */
const members: readonly (readonly [
  member: "contentType" | "correlationId" | "subject" | "replyTo",
  ...names: string[],
])[] = [
  ["contentType", "content-type", "contentType"],
  ["correlationId", "correlationId"],
  ["subject", "subject"],
  ["replyTo", "replyTo"],
];

/** The attributes of a message of whatever cloud: its own, and those that stand for what Pub/Sub has no place for. */
export function toAttributes(message: Message): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(message.attributes)) attributes[name] = value;
  for (const [member, ...names] of members) {
    const value = message[member];
    const taken = names.find((name) => name in attributes);
    if (taken === undefined && value !== undefined) attributes[names[0] as string] = value;
    else if (taken !== undefined && attributes[taken] !== value) {
      throw unencodable(carrier, member, `the attribute ${taken}, which stands for it, says something else`);
    }
  }
  return attributes;
}
