import type { Capabilities } from "@portico/core";
import { checkNumbers } from "@portico/core/adapter";
import type { Cell } from "../messages.js";
import { loadExtension } from "./extension.js";
import type { BusEvents, BusKind } from "./message.js";
import { plainBus } from "./plain.js";
import { settledBus } from "./settled.js";

/** What Portico can do with Service Bus, beside what Azure's own options say. */
export interface BusOptions {
  /**
   * Whether each message is settled on its own, as it is disposed of: completed, abandoned, or dead-lettered with its reason. Needs
   * `@azure/functions-extensions-servicebus`, which is loaded; say `imported` where your bundle imports it. Default: the host settles by
   * how the invocation ends, a whole batch alike.
   */
  readonly settlement?: boolean | "imported" | undefined;
  /** With settlement: how often the locks of messages that wait are renewed; well below the entity's lock duration. Default: 15. */
  readonly renewEverySeconds?: number | undefined;
}

interface Own {
  readonly isSessionsEnabled?: boolean | undefined;
  readonly cardinality?: "one" | "many" | undefined;
}

const facts = {
  order: "group",
  retryDelay: false,
  attempt: true,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#peeklock-behavior",
} as const;

/** The rows of `capabilities` for one of the two kinds of entity. */
export function busCapabilities(kind: BusKind): {
  readonly one: Capabilities;
  readonly many: Capabilities;
  readonly settled: Capabilities;
} {
  const source = `Service Bus ${kind}`;
  return {
    one: { ...facts, kind, source, batch: false, redelivery: "message", deadLetter: "sink-or-redelivery" },
    many: {
      ...facts,
      kind,
      source: `${source}, \`cardinality: "many"\``,
      batch: true,
      redelivery: "delivery",
      deadLetter: "sink-or-redelivery",
    },
    settled: {
      ...facts,
      kind,
      source: `${source}, with settlement`,
      batch: true,
      redelivery: "message",
      requires: "`settlement: true`, and the package `@azure/functions-extensions-servicebus`",
      deadLetter: "native",
    },
  };
}

/**
 * What Azure is to be told about a Service Bus entity, and what reads and settles its messages.
 *
 * @throws {HandlerError} CONFIG_INVALID when the settlement cannot be had.
 */
export function prepareBus<K extends BusKind, T extends Own>(
  kind: K,
  given: T,
  entity: string,
  { settlement = false, renewEverySeconds = 15 }: BusOptions,
): { readonly own: T; readonly cell: Cell<BusEvents[K]> } {
  const { one, many, settled } = busCapabilities(kind);
  checkNumbers({ renewEverySeconds }, { renewEverySeconds: { is: "a number of seconds", from: 0.001, to: 300 } });
  const sessions = given.isSessionsEnabled === true;
  if (settlement === false) {
    const capabilities = given.cardinality === "many" ? many : one;
    return { own: { dataType: "binary", ...given }, cell: plainBus(kind, capabilities, entity, sessions) };
  }
  if (settlement === true) loadExtension();
  return {
    // Without the second the host completes what is not settled, or not settled yet.
    own: { ...given, sdkBinding: true, autoCompleteMessages: false },
    cell: settledBus(kind, settled, entity, sessions, renewEverySeconds * 1000),
  };
}
