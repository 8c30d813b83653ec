import { type ChangeAction, type ChangeEvent, type ChangeFunction, change as declare } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { anySuccess, createCall } from "./call.js";
import { encodeFirestore } from "./change/firestore.js";
import type { EncodeChangeOptions } from "./change/options.js";
import { encodeRealtimeDatabase } from "./change/realtime-database.js";
import type { GoogleRequest } from "./google-request.js";
import type { NativeHandler } from "./options.js";

export type { EncodeChangeOptions } from "./change/options.js";
export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

export interface WrapChangeOptions extends EncodeChangeOptions {
  /** The collection that the function is declared for, or the path above the reference. */
  readonly table: string;
  /** Only these, as a trigger of one type brings them. Default: all. */
  readonly actions?: readonly ChangeAction[] | undefined;
}

/**
 * Makes a portable change function of one for Firestore or the Realtime Database. A document comes as protobuf, as Eventarc delivers it, with
 * what the event tells of it. What it throws is `retry`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const index = google.change(handler, { table: "orders", documentId: ({ key }) => String(key.sku) });
 */
export function change(handler: NativeHandler, options: WrapChangeOptions): ChangeFunction {
  const call = createCall(handler, options.signature ?? "cloudevent", anySuccess);
  return declare(options.table, { actions: options.actions }).handle(async (event, context) =>
    call(encodeChange(event, options), context),
  );
}

/**
 * A change as Eventarc would send it. `expired`, `partition` and `sequence` are left out: neither database has them.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried: such as an `upsert` without the option `upsertAs`, a key without
 *   `documentId`, a Decimal.
 */
export function encodeChange(event: ChangeEvent, options: EncodeChangeOptions = {}): GoogleRequest {
  const { upsertAs, from = "firestore" } = options;
  const known =
    event.action === "upsert" ? (typeof upsertAs === "function" ? upsertAs(event) : upsertAs) : event.action;
  if (known === undefined) {
    throw unencodable(
      "A change of Google's",
      "action",
      "it tells an insert from an update",
      "Give the option `upsertAs`.",
    );
  }
  const path = `${event.table}/${toId(event, options)}`;
  return (from === "firestore" ? encodeFirestore : encodeRealtimeDatabase)(event, known, path, options);
}

function toId(event: ChangeEvent, { documentId }: EncodeChangeOptions): string {
  const { id, ...more } = event.key;
  const own = typeof id === "string" && Object.keys(more).length === 0 ? id : undefined;
  const chosen = own ?? documentId?.(event);
  if (chosen === undefined) {
    throw unencodable("A change of Google's", "key", "it is one text, `id`", "Give the option `documentId`.");
  }
  if (chosen === "" || chosen.includes("/"))
    throw unencodable("A change of Google's", "key", "it is empty, or has a slash");
  return chosen;
}
