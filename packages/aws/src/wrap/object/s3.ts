import type { ObjectEvent } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { isArn, notLive, type Origin, regionOf } from "../origin.js";
import { requireTime, requireWellFormed } from "../text.js";

/** What S3 delivers: one record, as a rule. */
export interface S3Event {
  Records: S3EventRecord[];
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export interface S3EventRecord {
  eventVersion: string;
  eventSource: string;
  awsRegion: string;
  eventTime: string;
  eventName: string;
  userIdentity: { principalId: string };
  requestParameters: { sourceIPAddress: string };
  responseElements: { "x-amz-request-id": string; "x-amz-id-2": string };
  s3: {
    s3SchemaVersion: string;
    configurationId: string;
    bucket: { name: string; ownerIdentity: { principalId: string }; arn: string };
    /** Size, tag and sequencer are there as far as they are known, which the vendor's type leaves out. */
    object: { key: string; size: number; eTag: string; versionId?: string; sequencer: string };
  };
  glacierEventData?: {
    restoreEventData: { lifecycleRestorationExpiryTime: string; lifecycleRestoreStorageClass: string };
  };
  lifecycleEventData?: { transitionEventData: { destinationStorageClass: string } };
}

const carrier = "An S3 notification";

export function toS3Event(event: ObjectEvent, origin: Origin): S3Event {
  const time = requireTime(carrier, event.time);
  const { name, arn, key, size } = toFacts(carrier, event);
  const { etag, version, sequence, action } = event;
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: regionOf(arn, origin),
        eventTime: new Date(time).toISOString(),
        eventName: toEventName(event),
        userIdentity: { principalId: notLive },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        responseElements: { "x-amz-request-id": notLive, "x-amz-id-2": notLive },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "portico",
          bucket: { name, ownerIdentity: { principalId: notLive }, arn },
          object: {
            key: encodeKey(key),
            ...(size !== undefined && { size }),
            ...(etag !== undefined && { eTag: etag }),
            ...(version !== undefined && { versionId: version }),
            ...(sequence !== undefined && { sequencer: sequence }),
          } as S3EventRecord["s3"]["object"],
        },
        ...(action === "restored" && { glacierEventData: { restoreEventData: restored(time) } }),
        ...(action === "archived" && {
          lifecycleEventData: { transitionEventData: { destinationStorageClass: "GLACIER" } },
        }),
      },
    ],
  };
}

/** What both ways of S3 carry, within S3's bounds. */
export function toFacts(from: string, event: ObjectEvent): { name: string; arn: string; key: string; size?: number } {
  const { bucket, key, size, source } = event;
  if (bucket === "" || !/^[^/:\s]+$/.test(bucket)) throw unencodable(from, "bucket", "it is no name of a bucket");
  const bytes = Buffer.byteLength(requireWellFormed(from, "key", key));
  if (bytes === 0 || bytes > 1024) throw unencodable(from, "key", "it has not 1 to 1024 bytes");
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0)))
    throw unencodable(from, "size", "it is no number of bytes");
  requireWellFormed(from, "bucket", bucket);
  return {
    name: bucket,
    arn: isArn(source, "s3") ? source : `arn:aws:s3:::${bucket}`,
    key,
    ...(size !== undefined && { size }),
  };
}

/** S3 always tells whether a version stays behind: where nobody does, none does. */
function toEventName({ action, permanent }: ObjectEvent): string {
  switch (action) {
    case "created":
      return "ObjectCreated:Put";
    case "deleted":
      return permanent === false ? "ObjectRemoved:DeleteMarkerCreated" : "ObjectRemoved:Delete";
    case "archived":
      return "LifecycleTransition";
    case "restored":
      return "ObjectRestore:Completed";
    default:
      return "ObjectTagging:Put";
  }
}

function restored(time: number) {
  const dayMs = 86_400_000;
  return {
    lifecycleRestorationExpiryTime: new Date(time + dayMs).toISOString(),
    lifecycleRestoreStorageClass: "GLACIER",
  };
}

/** As S3 does it: slashes stay, and a space is a plus. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
