import type { FunctionTrigger } from "@azure/functions";
import type { StreamRecord } from "@portico/core";
import { type Carrier, type Fact, many, single } from "../delivery.js";
import { fieldsOf, toInt64 } from "../fields.js";
import { host } from "../host-value.js";
import { type PayloadForm, toPayload } from "../payload.js";
import { namespaceOf } from "../service-bus/place.js";

/** What the carrier of an event hub is made of. */
export interface Hub extends PayloadForm {
  readonly name: string;
  readonly consumerGroup?: string | undefined;
  readonly namespace?: string | undefined;
}

const fields = fieldsOf("An event of Event Hubs");
// Of the dedicated tier.
const limit = 20 * 1024 * 1024;

/** Events of a hub; those of a batch are of one partition. */
export function eventHubs(trigger: FunctionTrigger, hub: Hub): Carrier<StreamRecord> {
  const isMany = hub.cardinality === "many";
  return {
    trigger,
    many: isMany,
    group: ({ partition }) => partition,
    prepare: async (event) => ({
      event,
      input: await toPayload(refuseForeign(event), hub, fields, limit),
      facts: toFacts(event),
      shared: { PartitionContext: host.json(toPartitionContext(event, hub)) },
    }),
    join: (parts) => (isMany ? many(parts, hub.includesEmptyEntries) : single(parts)),
  };
}

/** What Kafka knows and Event Hubs do not is carried where it says the same as what they know. */
function refuseForeign(record: StreamRecord): StreamRecord {
  const { key, partitionKey, headers, attributes, tombstone } = record;
  if (tombstone) throw fields.refuse("tombstone", "Event Hubs have no records without a value");
  if (key !== undefined && !isText(key, partitionKey))
    throw fields.refuse("key", "it is bytes, and a partition key is text");
  const names = headers.map(([name]) => name);
  if (new Set(names).size < names.length || headers.some(([name, value]) => !isText(value, attributes[name])))
    throw fields.refuse("headers", "properties are text, and one for each name");
  return record;
}

function isText(bytes: Uint8Array, text: string | undefined): boolean {
  return text !== undefined && Buffer.from(text).equals(bytes);
}

function toFacts(record: StreamRecord): Record<string, Fact> {
  const { text, time, attributes } = fields;
  const partitionKey = text("partitionKey", record.partitionKey, 128);
  const sequence = toInt64(record.sequence);
  const enqueued = time(record.time);
  // What the service counts bytes by, nobody knows here: it grows as the sequence does.
  const offset = sequence === undefined ? undefined : String(sequence);
  const number = sequence === undefined ? undefined : Number(sequence);
  const system = {
    "x-opt-sequence-number": number,
    "x-opt-offset": offset,
    "x-opt-enqueued-time": `${enqueued}Z`,
    "x-opt-partition-key": partitionKey,
    "content-type": text("contentType", record.contentType),
    "correlation-id": text("correlationId", record.correlationId),
    subject: text("subject", record.subject),
    "reply-to": text("replyTo", record.replyTo),
    SequenceNumber: number,
    Offset: offset,
    PartitionKey: partitionKey,
    EnqueuedTimeUtc: enqueued,
  };
  return {
    PartitionKey: { text: partitionKey },
    Offset: { text: offset },
    SequenceNumber: { long: sequence },
    EnqueuedTimeUtc: { json: enqueued },
    Properties: { json: attributes(record.attributes) },
    SystemProperties: { json: system },
  };
}

function toPartitionContext({ source, partition }: StreamRecord, { name, consumerGroup, namespace }: Hub): object {
  const partitionId = fields.text("partition", partition) ?? "";
  return {
    FullyQualifiedNamespace: namespaceOf(source, name, namespace),
    EventHubName: name,
    ConsumerGroup: consumerGroup ?? "$Default",
    PartitionId: partitionId,
    Owner: "portico-not-live",
    RuntimeInformation: {
      PartitionId: partitionId,
      LastSequenceNumber: 0,
      LastTimeUtc: "0001-01-01T00:00:00",
      LastOffset: null,
    },
  };
}
