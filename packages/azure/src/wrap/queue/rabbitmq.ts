import type { FunctionTrigger } from "@azure/functions";
import type { QueueMessage } from "@portico/core";
import { type Carrier, single } from "../delivery.js";
import { fieldsOf, toInt32 } from "../fields.js";
import { type PayloadForm, toPayload } from "../payload.js";

const fields = fieldsOf("A RabbitMQ message");
const requeueCount = "x-ms-rabbitmq-requeuecount";
// RabbitMQ's own default.
const limit = 16 * 1024 * 1024;

/** Messages of a RabbitMQ queue. Strings of headers, which are bytes to the host, arrive as Base64. */
export function rabbitMQ(
  trigger: FunctionTrigger,
  queueName: string,
  { dataType }: PayloadForm,
): Carrier<QueueMessage> {
  return {
    trigger,
    many: false,
    async prepare(event) {
      const attempt = toInt32(event.attempt);
      return {
        event,
        input: await toPayload(event, { dataType }, fields, limit),
        facts: {
          ConsumerTag: { text: "portico-not-live" },
          DeliveryTag: { json: 1 },
          Redelivered: { json: attempt === undefined ? undefined : attempt > 1 },
          Exchange: { text: undefined },
          RoutingKey: { text: queueName },
          BasicProperties: { json: toProperties(event, attempt) },
        },
        shared: {},
      };
    },
    join: (parts) => single(parts),
  };
}

function toProperties(event: QueueMessage, attempt: number | undefined): object {
  const { text, attributes, refuse } = fields;
  fields.time(event.time);
  const headers: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes(event.attributes))) {
    if (name.toLowerCase() === requeueCount) throw refuse(`attribute "${name}"`, "the host counts redeliveries there");
    headers[name] = Buffer.from(value).toString("base64");
  }
  if (attempt !== undefined && attempt > 1) headers[requeueCount] = attempt - 1;
  return {
    MessageId: text("id", event.id, 255),
    ContentType: text("contentType", event.contentType, 255),
    CorrelationId: text("correlationId", event.correlationId, 255),
    Type: text("subject", event.subject, 255),
    ReplyTo: text("replyTo", event.replyTo, 255),
    // Whole seconds.
    ...(event.time.getTime() >= 1000 && { Timestamp: { UnixTime: Math.floor(event.time.getTime() / 1000) } }),
    Headers: headers,
  };
}
