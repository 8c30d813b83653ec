import type { Capabilities, CloudEvent } from "@portico/core";
import { asyncInvoke } from "../async-invoke.js";
import { type Cell, malformed, type NativeRecord } from "../messages.js";
import { decodeKey } from "../object/key.js";
import { type S3Record, toId } from "../object/notification.js";
import { isRecords } from "../records.js";
import { toDate } from "../time.js";
import { type SimpleEvent, toEvent } from "./simple.js";

type Parts = Omit<SimpleEvent, "data" | "native"> & { readonly value: unknown };

/** An e-mail that SES received: `data` is its `ses`. */
export const ses = create<SesRecord>("SES", "aws:ses", ({ ses: value }) => ({
  id: value?.mail?.messageId as string,
  source: "aws.ses",
  type: "aws.ses.received",
  time: toDate(value?.mail?.timestamp),
  value,
}));

/** A notification of S3 for a function that is declared as `event`: `data` is the record, `subject` the key, decoded. */
export const s3 = create<S3Record>("S3 notification", "aws:s3", (record) => {
  if (typeof record.s3?.object?.key !== "string") throw malformed("S3", "key", record.s3?.object?.key);
  return {
    id: toId(record),
    source: record.s3.bucket.arn,
    type: `aws.s3.${String(record.eventName).replace(/^s3:/, "")}`,
    subject: decodeKey(record.s3.object.key),
    time: toDate(record.eventTime),
    value: record,
  };
});

/** A trigger of CodeCommit: `data` is the record. */
export const codeCommit = create<CodeCommitRecord>("CodeCommit", "aws:codecommit", (record) => ({
  id: record.eventId,
  source: record.eventSourceARN,
  type: `aws.codecommit.${record.eventName}`,
  time: toDate(record.eventTime),
  value: record,
}));

interface SesRecord {
  readonly ses?: { readonly mail?: { readonly messageId?: unknown; readonly timestamp?: unknown } };
}

interface CodeCommitRecord {
  readonly eventId: string;
  readonly eventSourceARN: string;
  readonly eventName: string;
  readonly eventTime: string;
}

function create<R>(source: string, eventSource: string, toParts: (record: R) => Parts): Cell<CloudEvent> {
  const capabilities: Capabilities = { ...asyncInvoke, kind: "event", source };
  return {
    capabilities,
    matches: (event) => isRecords<R>(event, eventSource),
    read: (event) =>
      (event as { Records: R[] }).Records.map((record): NativeRecord<CloudEvent> => {
        if (typeof record !== "object" || record === null) throw malformed(source, "record", record);
        const { value, ...parts } = toParts(record);
        if (typeof parts.id !== "string" || parts.id === "") throw malformed(source, "id", parts.id);
        const event = toEvent({ ...parts, data: { kind: "json", value }, native: record });
        return { events: [event], id: parts.id, native: record };
      }),
  };
}
