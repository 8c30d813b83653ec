import type { StreamRecord } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { fromLowest } from "../checkpoint.js";
import type { Encoder } from "../messages.js";
import { makeArn, type Origin, regionOf, toArn } from "../origin.js";
import { requireSequence, requireTime, requireWellFormed, toBase64 } from "../text.js";

/** What Kinesis delivers: records of one shard. */
export interface KinesisEvent {
  Records: KinesisRecord[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export interface KinesisRecord {
  kinesis: {
    kinesisSchemaVersion: string;
    partitionKey: string;
    sequenceNumber: string;
    /** Base64. */
    data: string;
    /** Seconds. */
    approximateArrivalTimestamp: number;
  };
  eventSource: string;
  eventVersion: string;
  /** The shard and the sequence number. */
  eventID: string;
  eventName: string;
  invokeIdentityArn: string;
  awsRegion: string;
  eventSourceARN: string;
}

const carrier = "A Kinesis record";
/** Of the data. Bytes. */
const limit = 10 * 2 ** 20;

export function kinesisEncoder(
  stream: string,
  shardOf: ((record: StreamRecord) => string | number) | undefined,
  origin: Origin,
): Encoder<StreamRecord, KinesisRecord> {
  return {
    encode: (record, index) => toRecord(record, index, String(shardOf?.(record) ?? record.partition), stream, origin),
    lane: ({ eventSourceARN, eventID }) => `${eventSourceARN}/${eventID.slice(0, eventID.indexOf(":"))}`,
    gather: (records): KinesisEvent => ({ Records: [...records] }),
    failed: (identifiers, records) =>
      fromLowest(
        identifiers,
        records.map(({ kinesis }) => kinesis.sequenceNumber),
      ),
  };
}

async function toRecord(
  record: StreamRecord,
  index: number,
  partition: string,
  stream: string,
  origin: Origin,
): Promise<KinesisRecord> {
  const time = requireTime(carrier, record.time);
  const sequenceNumber = requireSequence(carrier, record.sequence, time, index);
  const shard = partition === "" ? "shardId-000000000000" : partition;
  if (!/^[\w.-]{1,128}$/.test(shard)) {
    const hint = "Name the shard of a record with the option `partition`.";
    throw unencodable(carrier, "partition", "it is no name of a shard: letters, digits, _, - and .", hint);
  }
  if (record.tombstone) throw unencodable(carrier, "tombstone", "there is none in Kinesis");
  const partitionKey = requireWellFormed(carrier, "partitionKey", record.partitionKey ?? shard);
  if (partitionKey === "" || partitionKey.length > 256)
    throw unencodable(carrier, "partitionKey", "it has not 1 to 256 characters");
  const data = await record.bytes();
  if (data.byteLength > limit) throw unencodable(carrier, "body", `it is over ${limit} bytes`);
  const eventSourceARN = toArn(record.source, "kinesis", `stream/${stream}`, origin);
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey,
      sequenceNumber,
      data: toBase64(data),
      approximateArrivalTimestamp: time / 1000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shard}:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: makeArn("iam", "role/portico", { ...origin, region: "" }),
    awsRegion: regionOf(eventSourceARN, origin),
    eventSourceARN,
  };
}
