import type { AnyStreamFunction, Bytes, StreamRecord } from "@portico/core";
import { checkNames, LazyMessage, type OptionNames } from "@portico/core/adapter";
import { type MessageOptions, messageNames, registerMessages } from "./messages.js";
import { createPubSub, type PubSubOptions } from "./pubsub/cell.js";
import { orderingKey, type PubSubSource } from "./pubsub/message.js";
import type { GcpHandler } from "./registration.js";

export type { MessageOptions } from "./messages.js";
export type { PubSubOptions } from "./pubsub/cell.js";
export type { PubSubMessage } from "./pubsub/delivery.js";
export type { GcpHandler } from "./registration.js";

export interface StreamOptions extends MessageOptions<StreamRecord>, PubSubOptions {}

const names = { ...messageNames, noWrapper: true } satisfies OptionNames<StreamOptions>;

/**
 * Registers a stream function with the functions framework, under the name that is deployed as the entry point, for a Pub/Sub subscription
 * with message ordering: the ordering key is the partition. A message without one has the partition `""`, and no order. Pub/Sub numbers
 * nothing, so `sequence` is `""`. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a stream function, the name is none that Google takes, or an option is wrong.
 * @see https://cloud.google.com/pubsub/docs/ordering
 * @example
 * gcp.stream("track", track, { redelivery: true, ackDeadlineSeconds: 60 });
 */
export function stream(name: string, fn: AnyStreamFunction, options: StreamOptions = {}): GcpHandler {
  checkNames(options, names);
  const cell = createPubSub<StreamRecord>("stream", (source) => new PubSubRecord(source), options);
  return registerMessages("stream", name, fn, [cell], options);
}

class PubSubRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly sequence: string = "";
  readonly key: Bytes | undefined = undefined;
  readonly headers: StreamRecord["headers"] = [];
  readonly tombstone: boolean = false;

  constructor(source: PubSubSource) {
    super("stream", source);
  }

  get partition(): string {
    return orderingKey((this["~source"] as PubSubSource).delivery) ?? "";
  }

  get partitionKey(): string | undefined {
    return orderingKey((this["~source"] as PubSubSource).delivery);
  }
}
