import type { QueueMessage, TopicMessage } from "@portico/core";
import type { AzureDelivery, Carrier, Fact, Part } from "../delivery.js";
import { many, single } from "../delivery.js";
import { type Fields, fieldsOf, toInt32, toInt64 } from "../fields.js";
import { host } from "../host-value.js";
import { type PayloadForm, toPayload } from "../payload.js";
import { namespaceOf } from "./place.js";

export type BusMessage = QueueMessage | TopicMessage;

/** What the carrier of an entity is made of. */
export interface BusEntity extends PayloadForm {
  readonly trigger: Carrier<BusMessage>["trigger"];
  /** `orders`, `orders/subscriptions/billing`. */
  readonly place: string;
  readonly namespace?: string | undefined;
  readonly isSessionsEnabled?: boolean | undefined;
}

export const busFields: Fields = fieldsOf("A Service Bus message");

// Of the largest tier.
const limit = 100 * 1024 * 1024;
const dayMs = 86_400_000;

/** Messages as the host hands them over by itself. */
export function plainBus<E extends BusMessage>(entity: BusEntity): Carrier<E> {
  const isMany = entity.cardinality === "many";
  return {
    trigger: entity.trigger,
    many: isMany,
    ...(entity.isSessionsEnabled && { group: ({ groupId }: E) => groupId ?? "" }),
    prepare: async (event): Promise<Part<E>> => ({
      event,
      input: await toPayload(event, entity, busFields, limit),
      facts: toFacts(event),
      shared: toShared(event, entity),
    }),
    join: (parts): AzureDelivery<E> =>
      isMany ? many(withLocks(parts), entity.includesEmptyEntries) : single(withLocks(parts)),
  };
}

/** A lock token for each: of the right form, and not live. */
export function withLocks<E>(parts: readonly Part<E>[]): readonly Part<E>[] {
  return parts.map((part, index) => ({ ...part, facts: { ...part.facts, LockToken: { text: toLockToken(index) } } }));
}

/** A lock that no broker has given. */
export function toLockToken(index: number): string {
  return `00000000-0000-0000-0000-${String(index + 1).padStart(12, "0")}`;
}

/** When a message of an entity's default time to live ends, capped where .NET's dates end. */
export function expiryOf({ time }: BusMessage): Date {
  return new Date(Math.min(time.getTime() + 14 * dayMs, Date.UTC(9999, 11, 31, 23, 59, 59, 999)));
}

/** What the host tells beside a payload. */
export function toFacts(message: BusMessage): Record<string, Fact> {
  const { text, time, attributes } = busFields;
  const enqueued = time(message.time);
  const expires = time(expiryOf(message));
  const subject = text("subject", message.subject);
  const properties = attributes(message.attributes);
  return {
    DeliveryCount: { json: toInt32(message.attempt) },
    DeadLetterSource: { text: undefined },
    LockToken: { text: undefined },
    ExpiresAtUtc: { json: expires },
    ExpiresAt: { json: `${expires}+00:00` },
    EnqueuedTimeUtc: { json: enqueued },
    EnqueuedTime: { json: `${enqueued}+00:00` },
    MessageId: { text: text("id", message.id) },
    ContentType: { text: text("contentType", message.contentType) },
    ReplyTo: { text: text("replyTo", message.replyTo) },
    SequenceNumber: { long: toInt64(message.sequence) },
    To: { text: undefined },
    Subject: { text: subject },
    Label: { text: subject },
    CorrelationId: { text: text("correlationId", message.correlationId) },
    ApplicationProperties: { json: properties },
    UserProperties: { json: properties },
    SessionId: { text: text("groupId", message.groupId, 128) },
    ReplyToSessionId: { text: undefined },
    PartitionKey: { text: undefined },
    TransactionPartitionKey: { text: undefined },
  };
}

/** The host's own objects, which mean nothing to a handler, and the client, which tells the namespace. */
export function toShared({ source }: BusMessage, { place, namespace }: BusEntity): Part<BusMessage>["shared"] {
  const name = namespaceOf(source, place, namespace);
  return {
    MessageReceiver: host.json({}),
    MessageSession: host.json({}),
    MessageActions: host.json({}),
    SessionActions: host.json({}),
    ReceiveActions: host.json({}),
    Client: host.json({
      FullyQualifiedNamespace: name,
      IsClosed: false,
      TransportType: 0,
      Identifier: `${name}-portico-not-live`,
    }),
  };
}
