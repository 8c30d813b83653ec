import type { QueueMessage } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { checkAttribute, withPromoted } from "../attributes.js";
import type { Encoder } from "../messages.js";
import { notLive, type Origin, regionOf, toArn } from "../origin.js";
import { fromUtf8, isXmlText, requireText, requireTime } from "../text.js";

/** What SQS and its event source mapping deliver. */
export interface SqsEvent {
  Records: SqsEventRecord[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsEventRecord {
  messageId: string;
  /** Not live: it deletes nothing. */
  receiptHandle: string;
  body: string;
  attributes: {
    ApproximateReceiveCount: string;
    SentTimestamp: string;
    SenderId: string;
    ApproximateFirstReceiveTimestamp: string;
    SequenceNumber?: string;
    MessageGroupId?: string;
    MessageDeduplicationId?: string;
  };
  messageAttributes: Record<string, SqsEventAttribute>;
  md5OfBody: string;
  eventSource: string;
  eventSourceARN: string;
  awsRegion: string;
}

/** An attribute as Lambda hands it over: with a value of its type, and two lists that are always empty. */
export interface SqsEventAttribute {
  stringValue?: string;
  /** Base64. */
  binaryValue?: string;
  stringListValues: never[];
  binaryListValues: never[];
  /** `String`, `Number` or `Binary`, and what the sender put behind it: `Number.int`. */
  dataType: string;
}

const carrier = "An SQS message";
/** Body and attributes together. Bytes. */
const limit = 1_048_576;
const names = {
  contentType: ["contentType", "Content-Type"],
  correlationId: ["correlationId"],
  subject: ["subject"],
  replyTo: ["replyTo"],
} as const;

/** A standard queue, or a FIFO queue where its name ends so. */
export function sqsEncoder(queue: string, origin: Origin): Encoder<QueueMessage, SqsEventRecord> {
  return {
    encode: (message) => toRecord(message, queue, origin),
    gather: (records): SqsEvent => ({ Records: [...records] }),
    failed: (identifiers, records) => {
      // Other brokers let senders choose ids: of several messages with one, nobody can say which has failed.
      const places = identifiers.map((id) => [...records.keys()].filter((place) => records[place]?.messageId === id));
      return places.some(({ length }) => length === 0) ? undefined : new Set(places.flat());
    },
  };
}

async function toRecord(message: QueueMessage, queue: string, origin: Origin): Promise<SqsEventRecord> {
  const messageId = requireText(carrier, "id", message.id);
  const sent = String(requireTime(carrier, message.time, { from: 1 }));
  const arn = toArn(message.source, "sqs", queue, origin);
  const { groupId, sequence } = message;
  if (groupId !== undefined && !/^[!-~]{1,128}$/.test(groupId))
    throw unencodable(carrier, "groupId", "it is not made of 1 to 128 letters, digits and marks");
  if (sequence !== undefined && !/^\d{1,128}$/.test(sequence))
    throw unencodable(carrier, "sequence", "it is not made of digits");
  const body = readBody(await message.bytes());
  const messageAttributes = toAttributes(message, body);
  return {
    messageId,
    receiptHandle: notLive,
    body,
    attributes: {
      ApproximateReceiveCount: toCount(message.attempt),
      SentTimestamp: sent,
      SenderId: notLive,
      ApproximateFirstReceiveTimestamp: sent,
      ...(sequence !== undefined && { SequenceNumber: sequence }),
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(arn.endsWith(".fifo") && { MessageDeduplicationId: messageId }),
    },
    messageAttributes,
    md5OfBody: md5(body),
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: regionOf(arn, origin),
  };
}

function readBody(bytes: Uint8Array): string {
  const body = fromUtf8(bytes);
  if (body === undefined) throw unencodable(carrier, "body", "it is binary", "Send it as base64 text.");
  if (body === "") throw unencodable(carrier, "body", "it is empty");
  if (!isXmlText(body)) throw unencodable(carrier, "body", "it has control characters that SQS does not allow");
  return body;
}

function toAttributes(message: QueueMessage, body: string): SqsEventRecord["messageAttributes"] {
  const attributes = withPromoted(carrier, message, names);
  if (attributes.size > 10)
    throw unencodable(carrier, "attributes", `there are ${attributes.size}, and 10 are allowed`);
  let size = Buffer.byteLength(body);
  const typed = new Map<string, SqsEventAttribute>();
  for (const [name, value] of attributes) {
    checkAttribute(carrier, name, value);
    const attribute = toAttribute(value, typeOf(message.native, name, value));
    typed.set(name, attribute);
    size += name.length + Buffer.byteLength(value) + attribute.dataType.length;
  }
  if (size > limit) throw unencodable(carrier, "body", `it is over ${limit} bytes with its attributes`);
  // Defines its members: a name may be `__proto__`.
  return Object.fromEntries(typed);
}

function toAttribute(value: string, dataType: string): SqsEventAttribute {
  const isBinary = /^Binary(?:\.|$)/.test(dataType);
  return {
    ...(isBinary ? { binaryValue: value } : { stringValue: value }),
    stringListValues: [],
    binaryListValues: [],
    dataType,
  };
}

/** The type that an attribute was sent with, where it came from SQS or SNS with this very value; else it is text. */
function typeOf(native: unknown, name: string, value: string): string {
  const { messageAttributes, MessageAttributes } = (native ?? {}) as Partial<
    Record<string, Readonly<Record<string, SentAttribute>>>
  >;
  const maps = [messageAttributes, MessageAttributes].filter((map) => map && Object.hasOwn(map, name));
  const { stringValue, binaryValue, Value, dataType, Type } = maps[0]?.[name] ?? {};
  const type = (stringValue ?? binaryValue ?? Value) === value ? (dataType ?? Type) : undefined;
  return typeof type === "string" && sqsType.test(type) ? type : "String";
}

/** As in records of SQS, and of SNS. */
interface SentAttribute {
  readonly stringValue?: unknown;
  readonly binaryValue?: unknown;
  readonly Value?: unknown;
  readonly dataType?: unknown;
  readonly Type?: unknown;
}

// Not SNS's `String.Array`, which SQS takes for a text of that custom type.
const sqsType = /^(?:String|Number|Binary)(?:\.[\w.-]+)?$/;

/** SQS always counts: what nobody has counted is taken for the first delivery. */
function toCount(attempt = 1): string {
  if (Number.isSafeInteger(attempt) && attempt > 0) return String(attempt);
  throw unencodable(carrier, "attempt", "it is no whole number from 1");
}

function md5(body: string): string {
  return process.getBuiltinModule("node:crypto").createHash("md5").update(body).digest("hex");
}
