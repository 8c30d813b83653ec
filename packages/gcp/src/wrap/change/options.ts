import type { ChangeAction } from "@portico/core";
import type { ChangeFacts } from "@portico/core/adapter";
import type { NativeOptions } from "../options.js";
import type { TriggerOptions } from "./auth-context.js";

/** What a change was, where it is known. */
export type KnownAction = Exclude<ChangeAction, "upsert">;

/** The last part of the types of events, for both databases. */
export const types: Readonly<Record<KnownAction, string>> = { insert: "created", update: "updated", delete: "deleted" };

/** As what request a change of a database is sent. */
export interface EncodeChangeOptions extends NativeOptions, ChangeFacts, TriggerOptions {
  /** The database that the function was for. Default: `firestore`. */
  readonly from?: "firestore" | "realtime-database" | undefined;
  /**
   * What identifies a document: names of attributes, or what makes the key of a change. The values become the last part of its path, joined by
   * `|`. Default: the change's own key, which is refused where it is not Google's own `{ id }`.
   */
  readonly keys?: ChangeFacts["keys"];
  /** Whether the trigger's type is `written`, which stands for all of them. Default: false, the type is what happened. */
  readonly written?: boolean | undefined;
  /** How a Firestore event is written. Default: `protobuf`, as Eventarc does it; `json` for background functions. */
  readonly encoding?: "protobuf" | "json" | undefined;
  /** The name of the Firestore database. Default: that of the event where it has one, else `(default)`. */
  readonly database?: string | undefined;
  /** The name of the Realtime Database. Default: that of the event where it has one, else the project with `-default-rtdb`. */
  readonly instance?: string | undefined;
  /** Where the database is. Default: `nam5` for Firestore, `us-central1` for the Realtime Database. */
  readonly location?: string | undefined;
}
