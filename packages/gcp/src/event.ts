import type { AnyEventFunction, CloudEvent } from "@portico/core";
import { checkNames, type OptionNames, type WebhookPermission } from "@portico/core/adapter";
import { cloudEvents, throughPubSub } from "./event/cloud-events.js";
import { type MessageOptions, messageNames, registerMessages } from "./messages.js";
import type { GcpHandler } from "./registration.js";

export type { MessageOptions } from "./messages.js";
export type { GcpHandler } from "./registration.js";

export interface EventOptions extends MessageOptions<CloudEvent> {
  /** `pubsub`: for CloudEvents that are sent through a topic, with their attributes as the message's, or as JSON. */
  readonly unwrap?: "pubsub" | undefined;
  /** Who may send CloudEvents, for senders that ask first with OPTIONS, as Azure Event Grid does. Default: nobody, they are refused. */
  readonly webhook?: WebhookPermission | undefined;
}

const names = { ...messageNames, unwrap: true, webhook: true } satisfies OptionNames<EventOptions>;

/**
 * Registers an event function with the functions framework, under the name that is deployed as the entry point, for any CloudEvent: of
 * Eventarc, audit logs among them, of your own, in binary, structured and batch mode; and for the background events of the first
 * generation, as the CloudEvents they have become. Of a batch all must succeed. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an event function, the name is none that Google takes, or an option is wrong.
 * @see https://cloud.google.com/eventarc/docs/cloudevents
 * @example
 * gcp.event("onAudit", onAudit, { redelivery: true });
 */
export function event(name: string, fn: AnyEventFunction, options: EventOptions = {}): GcpHandler {
  checkNames(options, names);
  return registerMessages("event", name, fn, [options.unwrap === "pubsub" ? throughPubSub : cloudEvents], options);
}
