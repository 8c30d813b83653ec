import type { CloudEventV1, ObjectEvent } from "@portico/core";
import { demand, type GridDocument, gridFields, toGridTime } from "./carrier.js";

const { refuse, text } = gridFields;

interface StorageEvent {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  readonly eventTime: string;
  readonly data: object;
}

/** Something happened to an object, as an event of a storage account in Event Grid's own schema. */
export function toStorageGridEvent(event: ObjectEvent, account: string): GridDocument {
  return { ...toStorageEvent(event, account), dataVersion: "", metadataVersion: "1" };
}

/** The same in the schema of CloudEvents. */
export function toStorageCloudEvent(event: ObjectEvent, account: string): CloudEventV1 {
  const { id, topic, subject, eventType, eventTime, data } = toStorageEvent(event, account);
  return { specversion: "1.0", id, source: topic, type: eventType, subject, time: eventTime, data } as CloudEventV1;
}

function toStorageEvent(event: ObjectEvent, account: string): StorageEvent {
  const { bucket, key, action } = event;
  if (bucket === "" || bucket.includes("/")) throw refuse("bucket", "a container's name is not empty and has no slash");
  const { eventType, api, ...tiers } = toWhat(event);
  const name = demand("key", key);
  demand("bucket", bucket);
  return {
    id: demand("id", event.id),
    topic: event.source.startsWith("/subscriptions/") ? demand("source", event.source) : topicOf(account),
    subject: `/blobServices/default/containers/${bucket}/blobs/${name}`,
    eventType,
    eventTime: toGridTime(event.time),
    data: {
      api,
      clientRequestId: "portico-not-live",
      requestId: "portico-not-live",
      ...toFacts(event),
      ...tiers,
      blobType: "BlockBlob",
      url: `https://${account}.blob.core.windows.net/${bucket}/${encodeURI(name)}`,
      ...(action !== "deleted" && sizeOf(event)),
      storageDiagnostics: { batchId: "portico-not-live" },
    },
  };
}

interface What {
  readonly eventType: string;
  readonly api: string;
  readonly accessTier?: string;
  readonly previousTier?: string;
}

function toWhat({ action }: ObjectEvent): What {
  const tierChanged = { eventType: "Microsoft.Storage.BlobTierChanged", api: "SetBlobTier" };
  switch (action) {
    case "created":
      return { eventType: "Microsoft.Storage.BlobCreated", api: "PutBlob" };
    case "deleted":
      return { eventType: "Microsoft.Storage.BlobDeleted", api: "DeleteBlob" };
    case "archived":
      return { ...tierChanged, accessTier: "Archive", previousTier: "Hot" };
    case "restored":
      return { ...tierChanged, accessTier: "Hot", previousTier: "Archive" };
    default:
      throw refuse("action", `Azure Storage has no event for an object that was ${action}`);
  }
}

function toFacts({ etag, contentType, version, sequence }: ObjectEvent): object {
  if (etag !== undefined && /^"|"$/.test(etag)) throw refuse("etag", "it has quotes of its own");
  const facts = {
    eTag: text("etag", etag),
    contentType: text("contentType", contentType),
    blobVersion: text("version", version),
    sequencer: text("sequence", sequence),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function sizeOf({ size }: ObjectEvent): object {
  if (size === undefined) return {};
  if (!Number.isSafeInteger(size) || size < 0 || Object.is(size, -0)) throw refuse("size", "it is no number of bytes");
  return { contentLength: size };
}

function topicOf(account: string): string {
  const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/portico";
  return `${subscription}/providers/Microsoft.Storage/storageAccounts/${account}`;
}
