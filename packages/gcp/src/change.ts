import type { AnyChangeFunction, ChangeEvent } from "@portico/core";
import { checkNames, type OptionNames } from "@portico/core/adapter";
import { firestore } from "./change/firestore.js";
import { realtimeDatabase } from "./change/realtime-database.js";
import { type MessageOptions, messageNames, registerMessages } from "./messages.js";
import type { GcpHandler } from "./registration.js";

export type { DocumentEventData, FirestoreDocument, FirestoreValue } from "./change/document.js";
export { documentEventData } from "./change/firestore.js";
export { FirestoreTimestamp } from "./change/timestamp.js";
export type { MessageOptions } from "./messages.js";
export type { GcpHandler } from "./registration.js";

export interface ChangeOptions extends MessageOptions<ChangeEvent> {}

const names = { ...messageNames } satisfies OptionNames<ChangeOptions>;

/**
 * Registers a change function with the functions framework, under the name that is deployed as the entry point, for Firestore and the
 * Realtime Database. `table` is the path of the collection, `key.id` the document in it. Changes come in no order, not even those of one
 * document. Returns the handler it registered.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not a change function, the name is none that Google takes, or an option is wrong.
 * @see https://cloud.google.com/functions/docs/calling/cloud-firestore
 * @example
 * gcp.change("index", index, { redelivery: true });
 */
export function change(name: string, fn: AnyChangeFunction, options: ChangeOptions = {}): GcpHandler {
  checkNames(options, names);
  return registerMessages("change", name, fn, [firestore, realtimeDatabase], options);
}
