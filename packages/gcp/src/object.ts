import type { AnyObjectFunction, ObjectEvent } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { type MessageOptions, messageNames, registerMessages } from "./messages.js";
import { notification, storage } from "./object/storage.js";
import type { GcpHandler } from "./registration.js";

export type { MessageOptions } from "./messages.js";
export type { StorageObject } from "./object/storage.js";
export type { GcpHandler } from "./registration.js";

export interface ObjectOptions extends MessageOptions<ObjectEvent> {
  /** `pubsub`: for the notifications that a bucket sends to a topic (`gcloud storage buckets notifications create`). */
  readonly unwrap?: "pubsub" | undefined;
}

const names = { ...messageNames, unwrap: true } satisfies OptionNames<ObjectOptions>;

/**
 * Registers an object function with the functions framework, under the name that is deployed as the entry point, for Cloud Storage: its
 * events by a trigger, or its notifications through Pub/Sub. An overwritten object is `created` and, where versions are kept, `archived`.
 * Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an object function, the name is none that Google takes, or an option is wrong.
 * @see https://cloud.google.com/functions/docs/calling/storage
 * @example
 * gcp.object("thumbnails", thumbnails, { redelivery: true });
 */
export function object(name: string, fn: AnyObjectFunction, options: ObjectOptions = {}): GcpHandler {
  checkNames(options, names);
  return registerMessages("object", name, fn, [options.unwrap === "pubsub" ? notification : storage], options);
}
