import { type ChangeAction, type ChangeEvent, type ChangeFunction, change as declare } from "@portico/core";
import {
  actionOfChange,
  checkNames,
  keyHint,
  type OptionNames,
  requireOption,
  textKeyOfChange,
  unencodable,
} from "@portico/core/adapter";
import { anySuccess, createCall } from "./call.js";
import { backgroundFacts } from "./change/auth-context.js";
import { encodeFirestore } from "./change/firestore.js";
import type { EncodeChangeOptions } from "./change/options.js";
import { encodeRealtimeDatabase } from "./change/realtime-database.js";
import type { GoogleRequest } from "./google-request.js";
import type { NativeHandler } from "./options.js";

export type { ChangeAuth } from "./change/auth-context.js";
export type { EncodeChangeOptions } from "./change/options.js";
export type { GoogleRequest } from "./google-request.js";
export type { NativeHandler, Signature } from "./options.js";

const carrier = "A change of Google's";

/** How a Google function for a database is wrapped. */
export interface WrapChangeOptions extends EncodeChangeOptions {
  /** The collection that the function is declared for, or the path above the reference. */
  readonly table: string;
  /** Only these, as a trigger of one type brings them. Default: all. */
  readonly actions?: readonly ChangeAction[] | undefined;
}

const names = {
  signature: true,
  projectId: true,
  keys: true,
  upsertAs: true,
  from: true,
  written: true,
  pattern: true,
  authContext: true,
  encoding: true,
  database: true,
  instance: true,
  location: true,
  table: true,
  actions: true,
} satisfies OptionNames<WrapChangeOptions>;

/**
 * Makes a portable change function of one for Firestore or the Realtime Database. A document comes as protobuf, as Eventarc delivers it, with
 * what the event tells of it. What it throws is `retry`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function.
 * @example
 * export const index = google.change(handler, { table: "orders", keys: ["sku"] });
 */
export function change(handler: NativeHandler, options: WrapChangeOptions): ChangeFunction {
  checkNames(options, names);
  requireOption("change", options, "table", '"orders"');
  const call = createCall(handler, options.signature ?? "cloudevent", anySuccess);
  return declare(options.table, { actions: options.actions }).handle(async (event, context) =>
    call(encodeChange(event, options), context, backgroundFacts(event, pathOf(event, options), options)),
  );
}

/**
 * A change as Eventarc would send it. `expired`, `partition` and `sequence` are left out: neither database has them.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when it cannot be carried: such as an `upsert` without the option `upsertAs`, a key without
 *   `keys`, a Decimal.
 */
export function encodeChange(event: ChangeEvent, options: EncodeChangeOptions = {}): GoogleRequest {
  const { from = "firestore" } = options;
  const known = actionOfChange(carrier, event, options);
  const path = pathOf(event, options);
  return (from === "firestore" ? encodeFirestore : encodeRealtimeDatabase)(event, known, path, options);
}

function pathOf(event: ChangeEvent, options: EncodeChangeOptions): string {
  return `${event.table}/${toId(event, options)}`;
}

function toId(event: ChangeEvent, { keys }: EncodeChangeOptions): string {
  const { id, ...more } = event.key;
  if (!keys && (typeof id !== "string" || Object.keys(more).length > 0))
    throw unencodable(carrier, "key", "it is one text, `id`", keyHint);
  const chosen = textKeyOfChange(carrier, event, { keys });
  if (chosen.includes("/")) throw unencodable(carrier, "key", "it has a slash");
  return chosen;
}
