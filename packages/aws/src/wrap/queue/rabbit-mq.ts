import type { QueueMessage } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import type { Encoder } from "../messages.js";
import type { Origin } from "../origin.js";
import { requireTime, requireWellFormed, toBase64, toSigned } from "../text.js";
import { requireNotEmpty, toBrokerQueue } from "./brokers.js";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface RabbitMqEvent {
  eventSource: string;
  eventSourceArn: string;
  /** By `queue::virtual-host`. */
  rmqMessagesByQueue: Record<string, RabbitMqEventMessage[]>;
}

/** One message as RabbitMQ has it. */
export interface RabbitMqEventMessage {
  basicProperties: {
    contentType: string | null;
    contentEncoding: string | null;
    /** Texts as signed bytes. */
    headers: Record<string, { bytes: number[] }>;
    deliveryMode: number;
    priority: number | null;
    correlationId: string | null;
    replyTo: string | null;
    expiration: string | null;
    messageId: string | null;
    /** In UTC, to the second: `Jan 1, 1970, 12:33:41 AM`. */
    timestamp: string;
    type: string | null;
    userId: string | null;
    appId: string | null;
    clusterId: string | null;
    bodySize: number;
  };
  redelivered: boolean;
  /** Base64. */
  data: string;
}

const carrier = "A message of RabbitMQ";

interface BrokerMessage {
  readonly broker: string;
  readonly queue: string;
  readonly message: RabbitMqEventMessage;
}

export function rabbitMqEncoder(queue: string, origin: Origin): Encoder<QueueMessage, BrokerMessage> {
  return {
    encode: async (message) => {
      const place = toBrokerQueue(message, queue, origin);
      if (place.queue.includes("::")) throw unencodable(carrier, "source", "its queue's name has two colons");
      return { ...place, message: await toMessage(message) };
    },
    lane: ({ broker }) => broker,
    gather: (records): RabbitMqEvent => {
      const queues = new Map<string, RabbitMqEventMessage[]>();
      for (const record of records) {
        const key = `${record.queue}::/`;
        queues.set(key, [...(queues.get(key) ?? []), record.message]);
      }
      return {
        eventSource: "aws:rmq",
        eventSourceArn: (records[0] as BrokerMessage).broker,
        rmqMessagesByQueue: Object.fromEntries(queues),
      };
    },
  };
}

async function toMessage(message: QueueMessage): Promise<RabbitMqEventMessage> {
  const bytes = await message.bytes();
  const messageId = toShort("id", message.id);
  if (messageId === null) throw unencodable(carrier, "id", "it is empty");
  return {
    basicProperties: {
      contentType: toShort("contentType", message.contentType),
      contentEncoding: null,
      headers: toHeaders(message.attributes),
      deliveryMode: 1,
      priority: null,
      correlationId: toShort("correlationId", message.correlationId),
      replyTo: toShort("replyTo", message.replyTo),
      expiration: null,
      messageId,
      timestamp: toAmericanTime(requireTime(carrier, message.time, { from: 0 })),
      type: toShort("subject", message.subject),
      userId: null,
      appId: null,
      clusterId: null,
      bodySize: bytes.byteLength,
    },
    redelivered: (message.attempt ?? 1) > 1,
    data: toBase64(bytes),
  };
}

/** AMQP's short strings: up to 255 bytes. */
function toShort(field: string, text: string | undefined): string | null {
  if (requireNotEmpty(carrier, field, text) === undefined) return null;
  if (Buffer.byteLength(requireWellFormed(carrier, field, text as string)) > 255)
    throw unencodable(carrier, field, "it is over 255 bytes");
  return text as string;
}

function toHeaders(attributes: QueueMessage["attributes"]): Record<string, { bytes: number[] }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const field = `attribute ${JSON.stringify(name)}`;
      toShort(field, name);
      return [name, { bytes: toSigned(new TextEncoder().encode(requireWellFormed(carrier, field, value))) }] as const;
    }),
  );
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** As Java writes a date for Americans. */
function toAmericanTime(ms: number): string {
  const time = new Date(ms);
  const hours = time.getUTCHours();
  const clock = [hours % 12 || 12, time.getUTCMinutes(), time.getUTCSeconds()]
    .map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, "0")))
    .join(":");
  const day = `${months[time.getUTCMonth()]} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;
  return `${day}, ${clock} ${hours < 12 ? "AM" : "PM"}`;
}
