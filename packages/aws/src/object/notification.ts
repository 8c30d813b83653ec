import type { Capabilities, ObjectEvent } from "@portico/core";
import { asyncInvoke } from "../async-invoke.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { isRecords } from "../records.js";
import { toDate } from "../time.js";
import { fromEventName } from "./actions.js";
import { decodeKey } from "./key.js";
import { S3Object } from "./s3-object.js";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export interface S3Record {
  readonly eventSource: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly s3: {
    readonly bucket: { readonly name: string; readonly arn: string };
    readonly object: {
      /** URL-encoded, with `+` for a space. */
      readonly key: string;
      readonly size?: number | undefined;
      readonly eTag?: string | undefined;
      readonly versionId?: string | undefined;
      readonly sequencer?: string | undefined;
    };
  };
  readonly lifecycleEventData?: {
    readonly transitionEventData?: { readonly destinationStorageClass?: string | undefined } | undefined;
  };
}

export const capabilities: Capabilities = { ...asyncInvoke, kind: "object", source: "S3 notification" };

export const notification: Cell<ObjectEvent> = {
  capabilities,
  matches: (event) => isRecords<S3Record>(event, "aws:s3"),
  read: (event) => (event as { Records: S3Record[] }).Records.map(toRecord),
};

interface TestEvent {
  readonly Service?: unknown;
  readonly Event?: unknown;
  readonly Bucket?: unknown;
  readonly RequestId?: unknown;
}

/** What S3 sends once, when the notification is set up, to see whether it gets through. */
export const testEvent: Cell<ObjectEvent> = {
  capabilities,
  matches: (event) => {
    const { Service, Event } = (event ?? {}) as TestEvent;
    return Event === "s3:TestEvent" && Service === "Amazon S3";
  },
  read: (event, { awsRequestId }) => {
    const { Bucket, RequestId } = event as TestEvent;
    return [{ events: [], id: String(RequestId ?? awsRequestId), note: `S3 tested the notification of ${Bucket}` }];
  },
};

function toRecord(record: S3Record): NativeRecord<ObjectEvent> {
  const { bucket, object } = record?.s3 ?? {};
  if (typeof bucket?.name !== "string") throw malformed("S3", "bucket", bucket?.name);
  if (typeof object?.key !== "string") throw malformed("S3", "key", object?.key);
  if (typeof record.eventName !== "string") throw malformed("S3", "eventName", record.eventName);
  const id = toId(record);
  const event = new S3Object({
    id,
    source: bucket.arn ?? bucket.name,
    time: toDate(record.eventTime),
    native: record,
    bucket: bucket.name,
    key: decodeKey(object.key),
    ...fromEventName(record.eventName, record.lifecycleEventData?.transitionEventData?.destinationStorageClass),
    size: object.size,
    etag: object.eTag,
    version: object.versionId,
    sequence: object.sequencer,
    contentType: undefined,
  });
  return { events: [event], id, native: record };
}

/** S3 gives no id, and what it says is the same each time it says it. */
export function toId({ eventName, eventTime, s3: { object } }: S3Record): string {
  return [eventName, object.sequencer ?? eventTime, object.versionId ?? "", object.key].join(":");
}
