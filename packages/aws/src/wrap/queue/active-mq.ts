import type { QueueMessage } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { withPromoted } from "../attributes.js";
import type { Encoder } from "../messages.js";
import type { Origin } from "../origin.js";
import { fromUtf8, requireText, requireTime, toBase64 } from "../text.js";
import { requireNotEmpty, toBrokerQueue } from "./brokers.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface ActiveMqEvent {
  eventSource: string;
  eventSourceArn: string;
  messages: ActiveMqEventMessage[];
}

/** One message as ActiveMQ has it. */
export interface ActiveMqEventMessage {
  messageID: string;
  messageType: string;
  deliveryMode: number;
  /** The text `null` where there is none. */
  replyTo: string;
  type: string;
  expiration: number;
  priority: number;
  correlationID: string;
  redelivered: boolean;
  destination: { physicalName: string };
  /** Base64. */
  data: string;
  timestamp: number;
  brokerInTime: number;
  brokerOutTime: number;
  properties: Record<string, string>;
}

const carrier = "A message of ActiveMQ";

interface BrokerMessage {
  readonly broker: string;
  readonly message: ActiveMqEventMessage;
}

export function activeMqEncoder(queue: string, origin: Origin): Encoder<QueueMessage, BrokerMessage> {
  return {
    encode: async (message) => {
      const { broker, queue: physicalName } = toBrokerQueue(message, queue, origin);
      return { broker, message: await toMessage(message, physicalName) };
    },
    lane: ({ broker }) => broker,
    gather: (records): ActiveMqEvent => ({
      eventSource: "aws:amq",
      eventSourceArn: (records[0] as BrokerMessage).broker,
      messages: records.map(({ message }) => message),
    }),
  };
}

async function toMessage(message: QueueMessage, physicalName: string): Promise<ActiveMqEventMessage> {
  const timestamp = requireTime(carrier, message.time);
  if (message.replyTo === "null") throw unencodable(carrier, "replyTo", "the text null stands for none");
  const bytes = await message.bytes();
  return {
    messageID: requireText(carrier, "id", message.id),
    messageType: fromUtf8(bytes) === undefined ? "jms/bytes-message" : "jms/text-message",
    deliveryMode: 1,
    replyTo: requireNotEmpty(carrier, "replyTo", message.replyTo) ?? "null",
    type: requireNotEmpty(carrier, "subject", message.subject) ?? "",
    expiration: 0,
    priority: 4,
    correlationID: requireNotEmpty(carrier, "correlationId", message.correlationId) ?? "",
    redelivered: (message.attempt ?? 1) > 1,
    destination: { physicalName },
    data: toBase64(bytes),
    timestamp,
    brokerInTime: timestamp,
    brokerOutTime: timestamp,
    properties: toProperties(message),
  };
}

function toProperties(message: QueueMessage): Record<string, string> {
  const properties = withPromoted(carrier, message, { contentType: ["contentType"] });
  for (const name of properties.keys()) requireText(carrier, "attribute", name);
  return Object.fromEntries(properties);
}
