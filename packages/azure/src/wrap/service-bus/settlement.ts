import { HandlerError, type Outcome } from "@portico/core";
import { toError } from "@portico/core/adapter";
import type { ReceivedMessage } from "./received.js";

type Settled = Pick<ReceivedMessage, "lockToken">;

/**
 * What a handler settles its messages with: the actions of `@azure/functions-extensions-servicebus`. Each is kept as the outcome of its
 * message. What no other cloud has is refused by name: the handler sees the error, and its message comes again.
 *
 * @see https://github.com/Azure/azure-functions-nodejs-extensions
 */
export class Settlement {
  private readonly byToken: ReadonlyMap<string, Outcome | undefined>;
  private readonly set: (lockToken: string, outcome: Outcome) => void;
  private readonly autoComplete: boolean;

  /** `autoComplete`: whether the host completes what a handler leaves that returned. */
  constructor(messages: readonly Settled[], autoComplete: boolean) {
    const outcomes = new Map<string, Outcome | undefined>(messages.map(({ lockToken }) => [lockToken, undefined]));
    this.byToken = outcomes;
    this.set = (lockToken, outcome) => void outcomes.set(lockToken, outcome);
    this.autoComplete = autoComplete;
  }

  /** What became of each message, in order; of those that were left, by how the invocation ended. */
  outcomes(failure?: { readonly error: unknown }): readonly Outcome[] {
    return [...this.byToken.values()].map((outcome) => {
      if (outcome) return outcome;
      if (failure) return { outcome: "retry", error: failure.error };
      return this.autoComplete ? { outcome: "ack" } : { outcome: "retry" };
    });
  }

  /** As own members, since handlers take them apart: `({ messages, actions: { complete } })`. */
  actions() {
    return {
      complete: async (message: Settled): Promise<void> => this.settle(message, { outcome: "ack" }),
      abandon: async (message: Settled, properties?: unknown): Promise<void> => {
        if (isGiven(properties)) throw this.refused("abandon with properties to modify", message);
        this.settle(message, { outcome: "retry" });
      },
      deadletter: async (
        message: Settled,
        properties?: unknown,
        reason?: unknown,
        description?: unknown,
      ): Promise<void> => {
        if (isGiven(properties)) throw this.refused("deadletter with properties to modify", message);
        const texts = [reason, description].map(toText).filter((text) => text !== undefined);
        const words = [...new Set(texts)].join(": ");
        this.settle(message, { outcome: "deadLetter", reason: words || "the handler dead-lettered it" });
      },
      defer: async (message: Settled, _properties?: unknown): Promise<void> => {
        throw this.refused("defer", message);
      },
      // While the handler runs, whoever delivered the message holds it: there is no lock to renew.
      renewMessageLock: async (message: Settled): Promise<void> => void this.find(message),
      setSessionState: async (_sessionId: string, _state: unknown): Promise<void> => {
        throw this.refused("setSessionState");
      },
      getSessionState: async (_sessionId: string): Promise<unknown> => {
        throw this.refused("getSessionState");
      },
      releaseSession: async (_sessionId: string): Promise<void> => {
        throw this.refused("releaseSession");
      },
      renewSessionLock: async (_sessionId: string): Promise<Date> => {
        throw this.refused("renewSessionLock");
      },
    };
  }

  private settle(message: Settled, outcome: Outcome): void {
    const lockToken = this.find(message);
    if (this.byToken.get(lockToken)) throw new Error("The lock supplied is invalid: the message was settled already.");
    this.set(lockToken, outcome);
  }

  private find(message: Settled | undefined): string {
    const lockToken = message?.lockToken;
    if (!lockToken) throw new Error("ArgumentException: lockToken is required in ServiceBusReceivedMessage.");
    if (!this.byToken.has(lockToken))
      throw new Error("The lock supplied is invalid: no message of this delivery has it.");
    return lockToken;
  }

  /** A handler may bear the error and return: what it meant to keep must not be completed then. */
  private refused(action: string, message?: Settled): HandlerError {
    const error = new HandlerError("NOT_IMPLEMENTED", `A wrapped Service Bus handler cannot ${action}.`, {
      hint: "Other clouds have nothing like it. A message can be completed, abandoned and dead-lettered.",
      permanent: false,
    });
    const tokens = message ? [this.find(message)] : [...this.byToken.keys()];
    for (const token of tokens)
      if (!this.byToken.get(token)) this.set(token, { outcome: "retry", error: toError(error) });
    return error;
  }
}

function isGiven(properties: unknown): boolean {
  if (properties === undefined || properties === null) return false;
  return !(properties instanceof Uint8Array && properties.byteLength === 0);
}

/** The first versions of the extension take texts in the shape of their wire format. */
function toText(value: unknown): string | undefined {
  const text = typeof value === "object" && value !== null ? (value as { value?: unknown }).value : value;
  return typeof text === "string" && text !== "" ? text : undefined;
}
