import type { ObjectEvent } from "@portico/core";
import { type EventBridgeEnvelope, toEnvelope } from "../envelope.js";
import { defaultAccount, notLive, type Origin } from "../origin.js";
import { requireText, requireTime } from "../text.js";
import { toFacts } from "./s3.js";

/** An event of S3 on the bus. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export type S3BusEvent = EventBridgeEnvelope<string, S3BusDetail>;

/** What S3 says of an object on EventBridge. */
export interface S3BusDetail {
  version: string;
  bucket: { name: string };
  /** The key is not encoded. */
  object: { key: string; size?: number; etag?: string; "version-id"?: string; sequencer?: string };
  "request-id": string;
  requester: string;
  "source-ip-address"?: string;
  reason?: string;
  "deletion-type"?: string;
  "destination-storage-class"?: string;
}

const carrier = "An event of S3 on EventBridge";

export function toS3BusEvent(event: ObjectEvent, origin: Origin): S3BusEvent {
  const { name, arn, key, size } = toFacts(carrier, event);
  const { etag, version, sequence } = event;
  const [type, more] = toType(event);
  const detail: S3BusDetail = {
    version: "0",
    bucket: { name },
    object: {
      key,
      ...(size !== undefined && { size }),
      ...(etag !== undefined && { etag }),
      ...(version !== undefined && { "version-id": version }),
      ...(sequence !== undefined && { sequencer: sequence }),
    },
    "request-id": notLive,
    requester: origin.accountId ?? defaultAccount,
    "source-ip-address": "127.0.0.1",
    ...more,
  };
  return toEnvelope(
    {
      id: requireText(carrier, "id", event.id),
      "detail-type": type,
      source: "aws.s3",
      time: new Date(requireTime(carrier, event.time)).toISOString(),
      resources: [arn],
      detail,
    },
    origin,
  );
}

function toType({ action, permanent }: ObjectEvent): [type: string, more: Partial<S3BusDetail>] {
  switch (action) {
    case "created":
      return ["Object Created", { reason: "PutObject" }];
    case "deleted": {
      const deletion = permanent === false ? "Delete Marker Created" : "Permanently Deleted";
      return ["Object Deleted", { reason: "DeleteObject", "deletion-type": deletion }];
    }
    case "archived":
      return ["Object Storage Class Changed", { "destination-storage-class": "GLACIER" }];
    case "restored":
      return ["Object Restore Completed", {}];
    default:
      return ["Object Tags Added", {}];
  }
}
