import type { ChangeAction, ChangeEvent } from "@portico/core";
import type { NativeOptions } from "../options.js";

/** What a change was, where it is known. */
export type KnownAction = Exclude<ChangeAction, "upsert">;

/** The last part of the types of events, for both databases. */
export const types: Readonly<Record<KnownAction, string>> = { insert: "created", update: "updated", delete: "deleted" };

export interface EncodeChangeOptions extends NativeOptions {
  /** The database that the function was for. Default: `firestore`. */
  readonly from?: "firestore" | "realtime-database" | undefined;
  /** What an `upsert` is taken for, from platforms that cannot tell. Default: it is refused. */
  readonly upsertAs?: "insert" | "update" | ((event: ChangeEvent) => "insert" | "update") | undefined;
  /** The last part of the path, made of an event whose `key` is not Google's own `{ id }`. Default: such an event is refused. */
  readonly documentId?: ((event: ChangeEvent) => string) | undefined;
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
