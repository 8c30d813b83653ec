import { HandlerError } from "./error.js";

/** What one source of events can do, as data: one row per cell of the grid. Adapters check needs against it, and the docs print it. */
export interface Capabilities {
  /** The neutral kind. */
  readonly kind: string;
  /** The platform's own name of the source, as its docs have it. */
  readonly source: string;
  /** Whether several events come in one delivery. */
  readonly batch: boolean;
  /**
   * What a failure brings back: the failed events alone (`message`), alone when it is declared (`declared`, else the delivery), the failed
   * one and all behind it (`from-failure`), the whole delivery (`delivery`), or nothing (`none`).
   */
  readonly redelivery: "message" | "declared" | "from-failure" | "delivery" | "none";
  /** What must be declared or configured for that, in words; the event does not show it. */
  readonly requires?: string | undefined;
  /** What order holds within: a group, a partition; or nothing. */
  readonly order: "none" | "group" | "partition";
  /** Whether `retry({ afterSeconds })` is honoured; `hook` with a function of the user's. */
  readonly retryDelay: boolean | "hook";
  /**
   * Where `deadLetter` goes: the platform's own queue (`native`); the sink, else the platform ends redelivery by count (`sink-or-redelivery`);
   * or the sink, which registration demands (`sink`).
   */
  readonly deadLetter: "native" | "sink-or-redelivery" | "sink";
  /** Whether the number of the delivery attempt is known. */
  readonly attempt: boolean;
  /** Whether the platform tells when it will end an invocation. */
  readonly deadline: boolean;
  /** The vendor's page. */
  readonly see: string;
}

/**
 * Refuses a registration that needs what its source cannot do.
 *
 * @throws {HandlerError} CONFIG_INVALID when the source demands a sink and none is given.
 */
export function requireSink({ source, deadLetter }: Capabilities, sink: unknown): void {
  if (deadLetter !== "sink" || sink !== undefined) return;
  throw new HandlerError("CONFIG_INVALID", `${source} has no dead-letter queue of its own, and no sink was given.`, {
    hint: "Pass `sink: async (message, reason, context) => { ... }`, which stores what cannot be handled; without it one bad message blocks all behind it.",
  });
}

/** Says something once per adapter entry, however often it happens. */
export function once<A extends readonly unknown[]>(say: (...args: A) => void): (...args: A) => undefined {
  let said = false;
  return (...args) => {
    if (!said) say(...args);
    said = true;
    return undefined;
  };
}
