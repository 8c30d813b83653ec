import type { TopicMessage } from "@portico/core";
import { type EncodeTopicOptions, encodeTopic, type Signature } from "@portico/gcp/wrap";
import { type FakeQueueInit, fakeTopic } from "../fake-message.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import type { Overrides } from "../native/merge.js";
import { type GoogleEvents, toNative } from "./native.js";

/**
 * A message of a Pub/Sub topic as a function gets it: the CloudEvent of an event trigger or, by `signature`, the parts of a background function or
 * the push.
 *
 * @param overrides other values here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when Google cannot carry it, or the framework would not call a function of that signature;
 *   CONFIG_INVALID when it cannot be made.
 * @see https://cloud.google.com/functions/docs/calling/pubsub
 */
export async function topic<S extends Signature = "cloudevent">(
  message: Faked<TopicMessage, FakeQueueInit> = {},
  options: EncodeTopicOptions & { readonly signature?: S | undefined } & Seeded = {},
  overrides?: Overrides<GoogleEvents[S]>,
): Promise<GoogleEvents[S]> {
  const signature = options.signature ?? ("cloudevent" as S);
  const neutral = toEvent(fakeTopic, message, options);
  return toNative(await encodeTopic(neutral, { ...options, signature }), signature, overrides);
}
