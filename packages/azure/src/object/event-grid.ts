import { type Capabilities, HandlerError, type ObjectAction, type ObjectEvent, type ReadStore } from "@portico/core";
import { LazyCloudEvent, objectFacts, openObject, plainEvent } from "@portico/core/adapter";
import { eventGridFacts, type GridEvent, readEventGrid } from "../event-grid/read.js";
import { own, toText } from "../messages/metadata.js";
import type { Cell } from "../messages.js";

export const capabilities: Capabilities = { ...eventGridFacts, kind: "object", source: "Event Grid, storage events" };

/** Events of a storage account, in either schema. */
export const eventGrid: Cell<ObjectEvent> = {
  capabilities,
  read: (input) =>
    readEventGrid(input).map((one) => ({
      event: toObjectEvent(one),
      trace: one.trace,
    })),
};

function toObjectEvent({ parsed, native }: GridEvent): ObjectEvent {
  const { id, source, type, subject = "" } = parsed;
  const data = parsed.data.kind === "json" ? parsed.data.value : undefined;
  const action = toAction(type, data);
  // The blob's own name, which the address has encoded.
  const [, bucket, key] = /^\/blobServices\/[^/]+\/containers\/([^/]+)\/blobs\/(.+)$/s.exec(subject) ?? [];
  if (action === undefined) {
    throw new HandlerError("EVENT_UNSUPPORTED", `An event of a blob was expected, and ${type} arrived.`, {
      hint: "Subscribe the function to BlobCreated, BlobDeleted and BlobTierChanged; for other events register it with azure.event.",
    });
  }
  if (bucket === undefined || key === undefined)
    throw new HandlerError("EVENT_MALFORMED", `The subject of a ${type} event names no blob: ${subject}.`);
  const size = own(data, "contentLength");
  const facts = {
    bucket,
    key,
    action,
    permanent: undefined,
    size: typeof size === "number" && action !== "deleted" ? size : undefined,
    etag: toText(own(data, "eTag"))?.replace(/^"|"$/g, ""),
    version: toText(own(data, "blobVersion")),
    sequence: toText(own(data, "sequencer")),
    contentType: toText(own(data, "contentType")),
  };
  const { time } = new LazyCloudEvent(parsed, native);
  const json = async () => objectFacts(facts);
  const open = (store: ReadStore) => openObject(facts, store);
  return plainEvent({ kind: "object", id, source, time, native, ...facts, json, open });
}

function toAction(type: string, data: unknown): ObjectAction | undefined {
  if (type === "Microsoft.Storage.BlobCreated") return "created";
  if (type === "Microsoft.Storage.BlobDeleted") return "deleted";
  if (type !== "Microsoft.Storage.BlobTierChanged") return undefined;
  if (own(data, "accessTier") === "Archive") return "archived";
  return own(data, "previousTier") === "Archive" ? "restored" : "updated";
}
