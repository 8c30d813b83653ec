import type { ChangeEvent } from "@portico/core";
import { actionOfChange, type ChangeFacts, keyOfChange, unencodable } from "@portico/core/adapter";
import { fromLowest } from "../checkpoint.js";
import type { Encoder } from "../messages.js";
import { isArn, makeArn, type Origin, regionOf } from "../origin.js";
import { requireSequence, requireText, requireTime } from "../text.js";
import { type AttributeValue, toAttributes } from "./attribute-value.js";

/** What a stream of DynamoDB delivers: records of one shard. */
export interface DynamoDbEvent {
  Records: DynamoDbRecord[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export interface DynamoDbRecord {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  eventVersion: string;
  eventSource: string;
  awsRegion: string;
  dynamodb: {
    /** Seconds. */
    ApproximateCreationDateTime: number;
    Keys: Record<string, AttributeValue>;
    NewImage?: Record<string, AttributeValue>;
    OldImage?: Record<string, AttributeValue>;
    SequenceNumber: string;
    /** About as many bytes as the item has. */
    SizeBytes: number;
    StreamViewType: "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";
  };
  userIdentity?: { type: string; principalId: string };
  eventSourceARN: string;
}

const carrier = "A DynamoDB record";
const names = { insert: "INSERT", update: "MODIFY", delete: "REMOVE" } as const;

/** What is not told of a change, and where its table is. */
export interface ChangeSettings extends ChangeFacts, Origin {}

interface ShardRecord {
  readonly shard: string;
  readonly record: DynamoDbRecord;
}

export function dynamoDbEncoder(settings: ChangeSettings): Encoder<ChangeEvent, ShardRecord> {
  return {
    encode: (event, index) => ({
      shard: `${event.source}/${event.partition ?? ""}`,
      record: toRecord(event, index, settings),
    }),
    lane: ({ shard }) => shard,
    gather: (given): DynamoDbEvent => ({ Records: given.map(({ record }) => record) }),
    failed: (identifiers, given) =>
      fromLowest(
        identifiers,
        given.map(({ record }) => record.dynamodb.SequenceNumber),
      ),
  };
}

function toRecord(event: ChangeEvent, index: number, settings: ChangeSettings): DynamoDbRecord {
  const time = requireTime(carrier, event.time, { to: 99_999_999_999_999 });
  const { before, after, expired } = event;
  const action = actionOfChange(carrier, event, settings);
  const arn = toStreamArn(event, settings);
  const images = {
    Keys: toKeys(event, settings),
    ...(after && { NewImage: toAttributes(after, "after") }),
    ...(before && { OldImage: toAttributes(before, "before") }),
  };
  return {
    eventID: requireText(carrier, "id", event.id),
    eventName: names[action],
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: regionOf(arn, settings),
    dynamodb: {
      ApproximateCreationDateTime: time / 1000,
      ...images,
      SequenceNumber: requireSequence(carrier, event.sequence, time, index),
      SizeBytes: Buffer.byteLength(JSON.stringify(images)),
      StreamViewType: toView(action, before !== undefined, after !== undefined),
    },
    ...(action === "delete" && expired && { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }),
    eventSourceARN: arn,
  };
}

function toStreamArn({ source, table }: ChangeEvent, origin: Origin): string {
  if (isArn(source, "dynamodb") && source.includes(`:table/${table}/stream/`)) return source;
  if (!/^[\w.-]{1,255}$/.test(table))
    throw unencodable(carrier, "table", "it is no name of a table: letters, digits, _, - and .");
  return makeArn("dynamodb", `table/${table}/stream/2026-01-01T00:00:00.000`, origin);
}

/** Keys are one or two texts, numbers or byte arrays, and not empty. */
function toKeys(event: ChangeEvent, settings: ChangeFacts): Record<string, AttributeValue> {
  const all = toAttributes(keyOfChange(carrier, event, settings), "key");
  const parts = Object.entries(all);
  if (parts.length > 2) throw unencodable(carrier, "key", "it has more than two attributes");
  for (const [name, value] of parts) {
    const [type = "", content] = Object.entries(value)[0] ?? [];
    if (!["S", "N", "B"].includes(type) || content === "")
      throw unencodable(carrier, `key.${name}`, "a key is text, a number or bytes, and not empty");
  }
  return all;
}

function toView(action: string, before: boolean, after: boolean): DynamoDbRecord["dynamodb"]["StreamViewType"] {
  const hasOld = before || action === "insert";
  const hasNew = after || action === "delete";
  if (!before && !after) return "KEYS_ONLY";
  return hasOld && hasNew ? "NEW_AND_OLD_IMAGES" : after ? "NEW_IMAGE" : "OLD_IMAGE";
}
