import { unencodable } from "@portico/core/adapter";
import { toInt32, toInt64 } from "../fields.js";
import { type BusMessage, busFields, expiryOf } from "./message.js";

/** The versions of the extension that differ in what they give a handler. */
export type BusExtension = "0.2" | "0.5";

/** What the extension gives of a message, under the names of `@azure/service-bus`' `ServiceBusReceivedMessage`. */
export interface ReceivedMessage {
  readonly body: unknown;
  readonly messageId: string | undefined;
  readonly correlationId: string | undefined;
  readonly contentType: string | undefined;
  readonly subject: string | undefined;
  readonly to: undefined;
  readonly replyTo: string | undefined;
  readonly replyToSessionId: undefined;
  readonly sessionId: string | undefined;
  readonly timeToLive: number;
  readonly applicationProperties: Readonly<Record<string, string>>;
  readonly deliveryCount: number;
  readonly lockToken: string;
  readonly enqueuedTimeUtc: Date;
  readonly expiresAtUtc: Date;
  /** The halves of an integer of 64 bits, and how it is written and counted with. */
  readonly sequenceNumber: { readonly low: number; readonly high: number; readonly unsigned: boolean } | undefined;
  readonly state: "active";
  readonly deadLetterReason: undefined;
  readonly deadLetterErrorDescription: undefined;
  readonly _rawAmqpMessage: object;
}

/** A message as the extension of this version makes it. Names of properties keep their case here. */
export async function toReceived(
  message: BusMessage,
  lockToken: string,
  version: BusExtension,
): Promise<ReceivedMessage> {
  const { text } = busFields;
  busFields.time(message.time);
  const content = Buffer.from(await message.bytes());
  const contentType = text("contentType", message.contentType);
  const applicationProperties = toProperties(message.attributes);
  const deliveryCount = toInt32(message.attempt) ?? 0;
  const messageId = text("id", message.id);
  const correlationId = text("correlationId", message.correlationId);
  const subject = text("subject", message.subject);
  const replyTo = text("replyTo", message.replyTo);
  const sessionId = text("groupId", message.groupId, 128);
  const expiresAtUtc = expiryOf(message);
  const properties = { messageId, correlationId, contentType, subject, replyTo, groupId: sessionId };
  return {
    body: version === "0.5" ? content : toBody(content, contentType),
    messageId,
    correlationId,
    contentType,
    subject,
    to: undefined,
    replyTo,
    replyToSessionId: undefined,
    sessionId,
    timeToLive: expiresAtUtc.getTime() - message.time.getTime(),
    applicationProperties,
    deliveryCount,
    lockToken,
    enqueuedTimeUtc: message.time,
    expiresAtUtc,
    sequenceNumber: toLongLike(message.sequence),
    state: "active",
    deadLetterReason: undefined,
    deadLetterErrorDescription: undefined,
    _rawAmqpMessage: {
      body: { typecode: 117, content },
      header: { deliveryCount },
      properties,
      applicationProperties,
    },
  };
}

/** Text, whatever was sent; JSON is parsed where the content type says so. */
function toBody(content: Buffer, contentType: string | undefined): unknown {
  const text = content.toString("utf8");
  if (contentType !== "application/json") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toProperties(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "__proto__" || !name.isWellFormed() || !value.isWellFormed())
      throw unencodable("A Service Bus message", `attribute ${JSON.stringify(name)}`, "AMQP has no such property");
    properties[name] = value;
  }
  return properties;
}

/** Reads like a `Long` of the `long` package, as far as handlers take it. */
function toLongLike(sequence: string | undefined): ReceivedMessage["sequenceNumber"] {
  const value = toInt64(sequence);
  if (value === undefined) return undefined;
  const [low, high] = [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
  const methods = { toString: () => String(value), toNumber: () => Number(value), toJSON: () => String(value) };
  return Object.assign(Object.create(methods), { low, high, unsigned: false });
}
