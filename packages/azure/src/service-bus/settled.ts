import { type Capabilities, HandlerError } from "@portico/core";
import { type Lookup, lookUp, lookUpAt, own } from "../messages/metadata.js";
import type { Cell } from "../messages.js";
import { type SettledMessage, toSettledInput } from "./actions.js";
import type { BusEvents, BusKind } from "./message.js";
import { ServiceBusSource } from "./message.js";
import { placeOf, toBusRecord } from "./plain.js";
import { createSettler } from "./settler.js";

/** Messages that the function settles one by one, as each is disposed of. */
export function settledBus<K extends BusKind>(
  kind: K,
  capabilities: Capabilities,
  entity: string,
  sessions: boolean,
  renewEveryMs: number,
): Cell<BusEvents[K]> {
  return {
    capabilities,
    read: (input, azure) => {
      const { messages } = demand(input);
      const place = placeOf(entity, own(azure.triggerMetadata, "client"));
      return messages.map((message, index) => {
        const beside = messages.length === 1 ? lookUp(azure, undefined) : () => undefined;
        const at = lookUpAt(azure, index, messages.length);
        const field: Lookup = (name) => fieldOf(message, name) ?? at(name) ?? beside(name);
        return toBusRecord(kind, new ServiceBusSource(message, bodyOf(message), field, place), sessions);
      });
    },
    settler: (input, events, context) => {
      const { messages, actions } = demand(input);
      const byEvent = new Map(events.map((event, index) => [event, messages[index] as SettledMessage]));
      return createSettler(actions, byEvent, sessions, renewEveryMs, context);
    },
  };
}

/** What the extension leaves at zero, it does not know. */
function fieldOf(message: SettledMessage, name: string): unknown {
  const value = own(message, name);
  return value === 0 || value === null ? undefined : value;
}

/** The bytes as they were sent, where the extension kept them: its own `body` is parsed, or decoded as UTF-8, by its first versions. */
function bodyOf(message: SettledMessage): unknown {
  const content = own(own(own(message, "_rawAmqpMessage"), "body"), "content");
  return content instanceof Uint8Array ? content : own(message, "body");
}

function demand(input: unknown) {
  const settled = toSettledInput(input);
  if (settled) return settled;
  throw new HandlerError(
    "EVENT_UNSUPPORTED",
    "Messages to be settled were expected, and the host delivered plain ones.",
    {
      hint: "The host does so when another binding of the function has an expression such as {id}, or when its extension bundle is too old.",
    },
  );
}
