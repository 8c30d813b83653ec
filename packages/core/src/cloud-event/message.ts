import type { QueueMessage } from "../kinds/queue.js";
import type { StreamRecord } from "../kinds/stream.js";
import type { TopicMessage } from "../kinds/topic.js";
import { toBase64 } from "./base64.js";
import { type CloudEventV1, coreNames } from "./cloud-event-v1.js";
import { Envelope, isAttributeText, metaName } from "./envelope.js";
import { toPayloadData } from "./payload-data.js";

/** Names of attributes that say something else than a sender's own. */
export const takenNames: ReadonlySet<string> = new Set([
  ...coreNames,
  metaName,
  "attempt",
  "correlationid",
  "partition",
  "partitionkey",
  "recordkey",
  "replyto",
  "sequence",
  "tombstone",
]);

/** A queue's or topic's message, or a stream's record, as a CloudEvent. Its payload is the data. */
export async function fromMessage(message: QueueMessage | TopicMessage | StreamRecord): Promise<CloudEventV1> {
  const envelope = new Envelope(
    message,
    `dev.portico.${message.kind}.${message.kind === "stream" ? "record" : "message"}`,
  );
  envelope.carryTime("time", message.time);
  envelope.carry("subject", message.subject);
  envelope.carry("correlationid", message.correlationId);
  envelope.carry("replyto", message.replyTo);
  envelope.carry("attempt", message.attempt);
  carrySequence(envelope, message.sequence);
  if (message.kind === "stream") carryRecord(envelope, message);
  else envelope.carry("partitionkey", message.groupId);
  carryAttributes(envelope, message.attributes);
  const { contentType } = message;
  const data = toPayloadData(
    await message.bytes(),
    contentType !== undefined && isAttributeText(contentType) ? contentType : undefined,
  );
  if (data.datacontenttype !== contentType) envelope.keep("contentType", contentType ?? null);
  return envelope.close(data);
}

/** `sequence` must order as text does: digits get leading zeros. */
export function carrySequence(envelope: Envelope, sequence: string | undefined): void {
  if (sequence === undefined) return;
  const ordered = /^\d+$/.test(sequence) ? sequence.padStart(sequence.length <= 40 ? 40 : 128, "0") : sequence;
  envelope.mention("sequence", ordered);
  if (ordered !== sequence || !isAttributeText(sequence)) envelope.keep("sequence", sequence);
}

function carryRecord(envelope: Envelope, record: StreamRecord): void {
  envelope.carry("partition", record.partition);
  envelope.carry("partitionkey", record.partitionKey);
  if (record.key !== undefined) {
    if (record.key.length > 0) envelope.carry("recordkey", toBase64(record.key));
    else envelope.keep("recordkey", "");
  }
  if (record.headers.length > 0) envelope.keep("headers", record.headers);
  if (record.tombstone) envelope.carry("tombstone", true);
}

function carryAttributes(envelope: Envelope, attributes: Readonly<Record<string, string>>): void {
  const rest: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(attributes)) {
    if (/^[a-z\d]+$/.test(name) && !takenNames.has(name) && isAttributeText(value)) envelope.mention(name, value);
    else rest[name] = value;
  }
  if (Object.keys(rest).length > 0) envelope.keep("attributes", rest);
}
