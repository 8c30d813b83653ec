import type { ObjectEvent } from "@portico/core";
import { asyncInvoke } from "../async-invoke.js";
import { type EventBridgeEvent, isEnvelope } from "../event/envelope.js";
import { type Cell, malformed } from "../messages.js";
import { toDate } from "../time.js";
import { fromDetailType } from "./actions.js";
import { S3Object } from "./s3-object.js";

interface S3Detail {
  readonly bucket?: { readonly name?: unknown } | undefined;
  readonly object?:
    | {
        /** As it is, not encoded. */
        readonly key?: unknown;
        readonly size?: number | undefined;
        readonly etag?: string | undefined;
        readonly "version-id"?: string | undefined;
        readonly sequencer?: string | undefined;
      }
    | undefined;
  readonly "deletion-type"?: string | undefined;
  readonly "destination-storage-class"?: string | undefined;
}

/** S3 by way of EventBridge: other names, and keys that are not encoded. */
export const eventBridge: Cell<ObjectEvent> = {
  capabilities: { ...asyncInvoke, kind: "object", source: "S3 via EventBridge" },
  matches: isS3Object,
  read: (event, { awsRequestId }) => {
    const envelope = event as EventBridgeEvent;
    const detail = (envelope.detail ?? {}) as S3Detail;
    const { bucket, object } = detail;
    if (typeof bucket?.name !== "string") throw malformed("S3", "bucket", bucket?.name);
    if (typeof object?.key !== "string") throw malformed("S3", "key", object?.key);
    const id = envelope.id || awsRequestId;
    const facts = new S3Object({
      id,
      source: envelope.resources?.[0] ?? bucket.name,
      time: toDate(envelope.time),
      native: event,
      bucket: bucket.name,
      key: object.key,
      ...fromDetailType(envelope["detail-type"], detail["deletion-type"], detail["destination-storage-class"]),
      size: object.size,
      etag: object.etag,
      version: object["version-id"],
      sequence: object.sequencer,
      contentType: undefined,
    });
    return [{ events: [facts], id, native: event }];
  },
};

/** Whether it is of an object. API calls that CloudTrail tells of have the same source. */
function isS3Object(event: unknown): boolean {
  return isEnvelope(event) && event.source === "aws.s3" && event["detail-type"].startsWith("Object ");
}
