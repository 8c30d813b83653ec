import {
  type Capabilities,
  HandlerError,
  type ObjectAction,
  type ObjectEvent,
  type OpenedObject,
  type ReadStore,
} from "@portico/core";
import { describe, objectFacts, openObject, parseTimestamp, ShownEvent, toRawJson } from "@portico/core/adapter";
import type { Cell } from "../messages.js";
import { inPubSub, notHeld } from "../pubsub/carried.js";
import { eventTrace, redeliveryNeeds } from "../pubsub/cell.js";
import type { PubSubSource } from "../pubsub/message.js";

/**
 * The resource of an object, as far as it is read. Numbers of 64 bits are texts, in some examples numbers.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects#resource
 */
export interface StorageObject {
  readonly bucket?: string | undefined;
  readonly name?: string | undefined;
  readonly size?: string | number | undefined;
  readonly etag?: string | undefined;
  readonly generation?: string | number | undefined;
  readonly metageneration?: string | number | undefined;
  readonly contentType?: string | undefined;
}

export const capabilities: Capabilities = {
  kind: "object",
  source: "Cloud Storage",
  batch: false,
  redelivery: "declared",
  requires: redeliveryNeeds,
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://cloud.google.com/functions/docs/calling/storage",
};

const actions: Readonly<Record<string, ObjectAction>> = {
  finalized: "created",
  deleted: "deleted",
  archived: "archived",
  metadataUpdated: "updated",
  OBJECT_FINALIZE: "created",
  OBJECT_DELETE: "deleted",
  OBJECT_ARCHIVE: "archived",
  OBJECT_METADATA_UPDATE: "updated",
};

const service = "//storage.googleapis.com/projects/_/buckets/";

/** Events of Cloud Storage. */
export const storage: Cell<ObjectEvent> = {
  capabilities,
  fromEvent: (event) => {
    const [, name = ""] = /^google\.cloud\.storage\.object\.v1\.(\w+)$/.exec(event.type) ?? [];
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) return undefined;
    const { id, source, extensions, subject } = event;
    const data = event.data.kind === "json" ? event.data.value : undefined;
    const resource = toResource(data);
    const object = new StorageEvent(action, resource, {
      id,
      source,
      time: parseTimestamp(event.time ?? "") ?? new Date(),
      native: event,
      // The data says it with certainty; these only where it does not.
      bucket: String(extensions.bucket ?? source.split("/buckets/")[1] ?? ""),
      key: subject?.replace(/^objects\//, "") ?? "",
    });
    return { event: object, trace: () => eventTrace(event), rejected: refusal(resource, data) };
  },
};

/** Notifications of Cloud Storage, which Pub/Sub carries: the facts are attributes, and the resource is the data where it is asked for. */
export const notification: Cell<ObjectEvent> = inPubSub(
  "object",
  "Cloud Storage notifications",
  (message) => {
    const type = message.attribute("eventType") ?? "none";
    const action = Object.hasOwn(actions, type) ? actions[type] : undefined;
    if (!action || !message.attribute("bucketId") || !message.attribute("objectId"))
      throw notHeld("object", `a message with the event type ${type}`);
    return { event: toNotification(message, action, readPayload(message)) };
  },
  (message) => toNotification(message, "created", undefined),
);

function readPayload(message: PubSubSource): StorageObject | undefined {
  return message.attribute("payloadFormat") === "JSON_API_V1" ? toResource(toRawJson(message.body())) : undefined;
}

function toNotification(message: PubSubSource, action: ObjectAction, resource: StorageObject | undefined): ObjectEvent {
  const bucket = message.attribute("bucketId") ?? "";
  const generation = message.attribute("objectGeneration");
  return new StorageEvent(action, resource ?? { generation }, {
    id: message.id(),
    source: service + bucket,
    time: parseTimestamp(message.attribute("eventTime") ?? "") ?? message.time(),
    native: message.native,
    bucket,
    key: message.attribute("objectId") ?? "",
  });
}

function toResource(data: unknown): StorageObject {
  return typeof data === "object" && data !== null ? data : {};
}

function refusal({ name, bucket }: StorageObject, data: unknown): HandlerError | undefined {
  if (typeof name === "string" && name !== "" && typeof bucket === "string") return undefined;
  return new HandlerError(
    "EVENT_MALFORMED",
    `The data of the Cloud Storage event, ${describe(data)}, names no object.`,
  );
}

interface StorageFacts extends Pick<ObjectEvent, "id" | "source" | "time" | "native" | "bucket" | "key"> {}

class StorageEvent extends ShownEvent implements ObjectEvent {
  readonly kind = "object";
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly native: unknown;
  readonly bucket: string;
  readonly key: string;
  readonly action: ObjectAction;
  private readonly "~resource": StorageObject;

  constructor(action: ObjectAction, resource: StorageObject, { id, source, time, native, bucket, key }: StorageFacts) {
    super();
    this.action = action;
    this.id = id;
    this.source = source;
    this.time = time;
    this.native = native;
    this.bucket = typeof resource.bucket === "string" ? resource.bucket : bucket;
    this.key = typeof resource.name === "string" ? resource.name : key;
    this["~resource"] = resource;
  }

  /** A deleted generation is gone, but for what soft delete keeps; where a version stays behind the event is `archived`. */
  get permanent(): boolean | undefined {
    return this.action === "deleted" ? true : undefined;
  }

  get size(): number | undefined {
    const size = toInteger(this["~resource"].size);
    return size !== undefined && Number.isSafeInteger(Number(size)) ? Number(size) : undefined;
  }

  get etag(): string | undefined {
    return this["~resource"].etag;
  }

  /** The generation. */
  get version(): string | undefined {
    return toInteger(this["~resource"].generation);
  }

  /** The generation, then the metageneration. */
  get sequence(): string | undefined {
    const { generation, metageneration } = this["~resource"];
    const [version, meta] = [toInteger(generation), toInteger(metageneration)];
    return version && meta ? `${version.padStart(20, "0")}.${meta.padStart(20, "0")}` : undefined;
  }

  get contentType(): string | undefined {
    return this["~resource"].contentType;
  }

  async json(): Promise<unknown> {
    return objectFacts(this);
  }

  open(store: ReadStore): OpenedObject {
    return openObject(this, store);
  }
}

/** A whole number as text; undefined where JSON has rounded it. */
function toInteger(value: string | number | undefined): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === "string" && /^\d+$/.test(value) ? value : undefined;
}
