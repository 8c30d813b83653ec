import type { Capabilities, NeutralEvent } from "@portico/core";
import { checkCount, type Lookup, lookUp, lookUpAt, own } from "../messages/metadata.js";
import type { Cell, NativeRecord } from "../messages.js";
import { type BusEvents, type BusKind, ServiceBusMessage, ServiceBusSource } from "./message.js";

/** Messages as the host hands them over by itself: it settles them all by how the invocation ends. */
export function plainBus<K extends BusKind>(
  kind: K,
  capabilities: Capabilities,
  entity: string,
  sessions: boolean,
): Cell<BusEvents[K]> {
  return {
    capabilities,
    read: (input, azure) => {
      const counted = own(azure.triggerMetadata, "deliveryCountArray") ?? own(azure.triggerMetadata, "lockTokenArray");
      const single = lookUp(azure, input);
      const place = placeOf(entity, single("client"));
      if (!Array.isArray(counted)) return [toRecord(kind, input, single, place, sessions)];
      const bodies = Array.isArray(input) ? input : [];
      checkCount("Service Bus", bodies, counted);
      return bodies.map((body, index) => toRecord(kind, body, lookUpAt(azure, index, bodies.length), place, sessions));
    },
  };
}

function toRecord<K extends BusKind>(
  kind: K,
  body: unknown,
  field: Lookup,
  place: string,
  sessions: boolean,
): NativeRecord<BusEvents[K]> {
  return toBusRecord(kind, new ServiceBusSource(body, body, field, place), sessions);
}

/** A message with what the delivery needs to know; its order holds within a session where the function has sessions. */
export function toBusRecord<K extends BusKind>(
  kind: K,
  source: ServiceBusSource,
  sessions: boolean,
): NativeRecord<BusEvents[K]> {
  const message: ServiceBusMessage<BusKind> = new ServiceBusMessage(kind, source);
  const event: NeutralEvent = message;
  return {
    event: event as BusEvents[K],
    group: sessions ? message.groupId : undefined,
    trace: () => source.trace(),
  };
}

/** The entity behind its namespace, where the host tells it. */
export function placeOf(entity: string, client: unknown): string {
  const namespace = own(client, "fullyQualifiedNamespace");
  return typeof namespace === "string" && namespace !== "" ? `${namespace}/${entity}` : entity;
}
