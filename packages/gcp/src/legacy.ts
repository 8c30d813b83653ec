import { HandlerError } from "@portico/core";
import { type ParsedCloudEvent, parseTimestamp } from "@portico/core/adapter";
import { messagePublished } from "./pubsub/delivery.js";

/** @see https://cloud.google.com/functions/1stgendocs/writing/write-event-driven-functions#background-functions */
interface LegacyContext {
  readonly eventId?: unknown;
  readonly timestamp?: unknown;
  readonly eventType?: unknown;
  readonly resource?: unknown;
  /** What the trigger's path matched. */
  readonly params?: unknown;
  /** Who made a change of the Realtime Database. */
  readonly auth?: unknown;
  readonly authType?: unknown;
}

const storage = "google.cloud.storage.object.v1.";
const firestore = "google.cloud.firestore.document.v1.";
const database = "google.firebase.database.ref.v1.";
const user = "google.firebase.auth.user.v1.";

/** The types of background events, and those of the CloudEvents they have become; where two became one, the newer stands first. */
export const types: ReadonlyMap<unknown, string> = new Map([
  ["google.pubsub.topic.publish", messagePublished],
  ["providers/cloud.pubsub/eventTypes/topic.publish", messagePublished],
  ["google.storage.object.finalize", `${storage}finalized`],
  ["google.storage.object.delete", `${storage}deleted`],
  ["google.storage.object.archive", `${storage}archived`],
  ["google.storage.object.metadataUpdate", `${storage}metadataUpdated`],
  ["providers/cloud.storage/eventTypes/object.change", `${storage}finalized`],
  ["providers/cloud.firestore/eventTypes/document.create", `${firestore}created`],
  ["providers/cloud.firestore/eventTypes/document.update", `${firestore}updated`],
  ["providers/cloud.firestore/eventTypes/document.delete", `${firestore}deleted`],
  ["providers/cloud.firestore/eventTypes/document.write", `${firestore}written`],
  ["providers/google.firebase.database/eventTypes/ref.create", `${database}created`],
  ["providers/google.firebase.database/eventTypes/ref.update", `${database}updated`],
  ["providers/google.firebase.database/eventTypes/ref.delete", `${database}deleted`],
  ["providers/google.firebase.database/eventTypes/ref.write", `${database}written`],
  ["providers/firebase.auth/eventTypes/user.create", `${user}created`],
  ["providers/firebase.auth/eventTypes/user.delete", `${user}deleted`],
  ["providers/google.firebase.analytics/eventTypes/event.log", "google.firebase.analytics.log.v1.written"],
]);

const services: readonly (readonly [type: string, service: string])[] = [
  ["google.cloud.pubsub.", "pubsub.googleapis.com"],
  ["google.cloud.storage.", "storage.googleapis.com"],
  ["google.cloud.firestore.", "firestore.googleapis.com"],
  ["google.firebase.database.", "firebasedatabase.googleapis.com"],
  ["google.firebase.auth.", "firebaseauth.googleapis.com"],
  ["google.firebase.analytics.", "firebase.googleapis.com"],
];

/** Whether the JSON of a request is a background event of the first generation, which emulators still send. */
export function isLegacy(body: unknown): boolean {
  if (typeof body !== "object" || body === null || !("data" in body)) return false;
  const { eventType, resource } = contextOf(body);
  return types.has(eventType) && resource !== undefined;
}

function contextOf(body: object): LegacyContext {
  const { context } = body as { readonly context?: unknown };
  return typeof context === "object" && context !== null ? context : body;
}

/**
 * A background event as the CloudEvent that the second generation sends for the same cause.
 *
 * @throws {HandlerError} EVENT_MALFORMED when a part that makes it up is missing.
 */
export function fromLegacy(body: unknown): ParsedCloudEvent & { readonly background?: object } {
  const context = contextOf(body as object);
  const { eventId, timestamp } = context;
  const type = types.get(context.eventType) ?? "";
  if (typeof eventId !== "string" || eventId === "") throw malformed("eventId");
  if (typeof timestamp !== "string" || !parseTimestamp(timestamp)) throw malformed("timestamp");
  const { data } = body as { readonly data: unknown };
  const { params, auth, authType } = context;
  const told = Object.entries({ params, auth, authType }).filter(([, value]) => value !== undefined && value !== null);
  return {
    // What a CloudEvent has no place for, and a background function is told.
    ...(told.length > 0 && { background: Object.fromEntries(told) }),
    id: eventId,
    time: timestamp,
    type,
    ...toOrigin(type, context, body as object, data),
    datacontenttype: "application/json",
    dataschema: undefined,
    extensions: Object.create(null),
    data: { kind: "json", value: toData(type, eventId, timestamp, data) },
  };
}

/** The resource split in two, by service. */
function toOrigin(type: string, { resource }: LegacyContext, body: object, data: unknown) {
  const { name, service } = (typeof resource === "object" ? resource : { name: resource }) as Record<string, unknown>;
  const known = services.find(([prefix]) => type.startsWith(prefix))?.[1];
  const host = typeof service === "string" && service !== "" ? service : known;
  const path = String(name ?? "");
  const [, front, rest] = splits[known ?? ""]?.exec(path) ?? [];
  if (known !== undefined && known in splits && front === undefined) throw malformed("resource");
  switch (known) {
    case "firebasedatabase.googleapis.com":
      return { source: `//${host}/projects/_/locations/${locationOf(body)}/${front}`, subject: rest };
    case "firebaseauth.googleapis.com": {
      const { uid } = (data ?? {}) as { readonly uid?: unknown };
      return { source: `//${host}/${path}`, subject: typeof uid === "string" ? `users/${uid}` : undefined };
    }
    default:
      return { source: `//${host}/${front ?? path}`, subject: rest };
  }
}

const splits: Readonly<Record<string, RegExp>> = {
  "firebasedatabase.googleapis.com": /^projects\/_\/(instances\/[^/]+)\/(refs\/.+)$/,
  "firestore.googleapis.com": /^(projects\/[^/]+\/databases\/[^/]+)\/(documents\/.+)$/,
  // What follows the sign is the generation.
  "storage.googleapis.com": /^(projects\/[^/]+\/buckets\/[^/]+)\/(objects\/.+?)(?:#\d+)?$/,
  "firebase.googleapis.com": /^(projects\/[^/]+)\/(events\/[^/]+)$/,
};

/** The place of a Realtime Database: nothing but the domain tells it. */
function locationOf(body: object): string {
  const { domain } = body as { readonly domain?: unknown };
  if (domain === "firebaseio.com") return "us-central1";
  const [, location] = /^([\w-]+)\.firebasedatabase\.app$/.exec(String(domain)) ?? [];
  if (location === undefined) throw malformed("domain");
  return location;
}

function toData(type: string, eventId: string, timestamp: string, data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  if (type === messagePublished) return { message: { messageId: eventId, publishTime: timestamp, ...data } };
  const { metadata } = data as { readonly metadata?: unknown };
  if (!type.startsWith(user) || typeof metadata !== "object" || metadata === null) return data;
  const { createdAt, lastSignedInAt, ...rest } = metadata as Record<string, unknown>;
  const renamed = {
    ...(createdAt !== undefined && { createTime: createdAt }),
    ...(lastSignedInAt !== undefined && { lastSignInTime: lastSignedInAt }),
  };
  return { ...data, metadata: { ...rest, ...renamed } };
}

function malformed(name: string): HandlerError {
  return new HandlerError("EVENT_MALFORMED", `The background event has no ${name} that can be understood.`);
}
