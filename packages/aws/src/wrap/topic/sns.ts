import type { TopicMessage } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { checkAttribute, withPromoted } from "../attributes.js";
import { notLive, type Origin, toArn } from "../origin.js";
import { fromUtf8, requireText, requireTime } from "../text.js";

/** What SNS delivers: always one message. */
export interface SnsEvent {
  Records: SnsEventRecord[];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export interface SnsEventRecord {
  EventVersion: string;
  EventSubscriptionArn: string;
  EventSource: string;
  Sns: {
    Type: string;
    MessageId: string;
    TopicArn: string;
    /** Null where there is none; the vendor's type says only that it may be absent. */
    Subject?: string;
    Message: string;
    Timestamp: string;
    SignatureVersion: string;
    /** Not live: it verifies nothing. */
    Signature: string;
    SigningCertUrl: string;
    UnsubscribeUrl: string;
    MessageAttributes: Record<string, { Type: string; Value: string }>;
  };
}

const carrier = "An SNS message";
/** Message and attributes together. Bytes. */
const limit = 262_144;
const names = {
  contentType: ["contentType", "Content-Type"],
  correlationId: ["correlationId"],
  replyTo: ["replyTo"],
} as const;

export async function toSnsEvent(message: TopicMessage, topic: string, origin: Origin): Promise<SnsEvent> {
  const MessageId = requireText(carrier, "id", message.id);
  const Timestamp = new Date(requireTime(carrier, message.time)).toISOString();
  const TopicArn = toArn(message.source, "sns", topic, origin);
  const Message = readMessage(await message.bytes());
  return {
    Records: [
      {
        EventVersion: "1.0",
        EventSubscriptionArn: `${TopicArn}:00000000-0000-0000-0000-000000000000`,
        EventSource: "aws:sns",
        Sns: {
          Type: "Notification",
          MessageId,
          TopicArn,
          Subject: toSubject(message.subject) as string,
          Message,
          Timestamp,
          SignatureVersion: "1",
          Signature: notLive,
          SigningCertUrl: `https://${notLive}.invalid/certificate.pem`,
          UnsubscribeUrl: `https://${notLive}.invalid/unsubscribe`,
          MessageAttributes: toAttributes(message, Message),
        },
      },
    ],
  };
}

function readMessage(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw unencodable(carrier, "body", "it is binary", "Send it as base64 text.");
  if (text === "") throw unencodable(carrier, "body", "it is empty");
  return text;
}

function toSubject(subject: string | undefined): string | null {
  if (subject === undefined) return null;
  if (/^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{1,100}$/u.test(subject)) return subject;
  throw unencodable(carrier, "subject", "it is not one line of 1 to 100 characters");
}

function toAttributes(message: TopicMessage, text: string): SnsEventRecord["Sns"]["MessageAttributes"] {
  const attributes = withPromoted(carrier, message, names);
  let size = Buffer.byteLength(text);
  for (const [name, value] of attributes) {
    checkAttribute(carrier, name, value);
    size += name.length + Buffer.byteLength(value) + "String".length;
  }
  if (size > limit) throw unencodable(carrier, "body", `it is over ${limit} bytes with its attributes`);
  return Object.fromEntries([...attributes].map(([name, Value]) => [name, { Type: "String", Value }] as const));
}
