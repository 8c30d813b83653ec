import { type AzureDelivery, type Carrier, many, type Part, single } from "../delivery.js";
import { host } from "../host-value.js";
import { type BusEntity, type BusMessage, toFacts, toLockToken, toShared, withLocks } from "./message.js";
import { type BusExtension, type ReceivedMessage, toReceived } from "./received.js";
import { Settlement } from "./settlement.js";

/** What decides on a handler that settles its messages. */
export interface SettledEntity extends BusEntity {
  readonly autoCompleteMessages?: boolean | undefined;
  readonly extension?: BusExtension | undefined;
}

interface SettledPart<E> extends Part<E> {
  readonly received: ReceivedMessage;
}

/** Messages with their settlement, as `@azure/functions-extensions-servicebus` hands them over for `sdkBinding: true`. */
export function settledBus<E extends BusMessage>(entity: SettledEntity): Carrier<E> {
  const { cardinality, extension = "0.2", autoCompleteMessages = true } = entity;
  const isMany = cardinality === "many";
  return {
    trigger: entity.trigger,
    many: isMany,
    ...(entity.isSessionsEnabled && { group: ({ groupId }: E) => groupId ?? "" }),
    prepare: async (event): Promise<SettledPart<E>> => ({
      event,
      // The message itself comes by the SDK binding; beside it, what the host always tells.
      input: host.bytes(new Uint8Array()),
      facts: toFacts(event),
      shared: toShared(event, entity),
      received: await toReceived(event, "", extension),
    }),
    join: (parts): AzureDelivery<E> => {
      const received = parts.map((part, index) => ({
        ...(part as SettledPart<E>).received,
        lockToken: toLockToken(index),
      }));
      const settlement = new Settlement(received, autoCompleteMessages);
      return {
        events: parts.map(({ event }) => event),
        input: { messages: isMany || extension === "0.5" ? received : received[0], actions: settlement.actions() },
        triggerMetadata: (isMany ? many : single)(withLocks(parts)).triggerMetadata,
        wire: undefined,
        outcomes: (failure) => settlement.outcomes(failure),
      };
    },
  };
}
