import { own } from "../messages/metadata.js";

/** A message as the extension gives it; what Portico reads of it. */
export interface SettledMessage {
  readonly lockToken?: string | undefined;
  readonly sessionId?: string | undefined;
}

/**
 * What the extension settles messages with.
 *
 * @see https://github.com/Azure/azure-functions-nodejs-extensions
 */
export interface SettlementActions {
  complete(message: SettledMessage): Promise<void>;
  abandon(message: SettledMessage): Promise<void>;
  deadletter(message: SettledMessage, properties: undefined, reason: unknown, description: unknown): Promise<void>;
  renewMessageLock(message: SettledMessage): Promise<void>;
  renewSessionLock(sessionId: string): Promise<unknown>;
  releaseSession(sessionId: string): Promise<void>;
}

/** What the handler gets under settlement: one message or a list, by the extension's version. */
export interface SettledInput {
  readonly messages: readonly SettledMessage[];
  readonly actions: SettlementActions;
}

/** The input of a function that settles; undefined when the host delivered in another way. */
export function toSettledInput(input: unknown): SettledInput | undefined {
  const [messages, actions] = [own(input, "messages"), own(input, "actions")];
  if (typeof messages !== "object" || messages === null) return undefined;
  if (typeof (actions as SettlementActions | undefined)?.complete !== "function") return undefined;
  return {
    messages: (Array.isArray(messages) ? messages : [messages]) as readonly SettledMessage[],
    actions: actions as SettlementActions,
  };
}

// The service's own limit of both texts.
const longestReason = 4096;

/** Dead-letters with a reason. The first versions of the extension took texts only in the shape of their wire format. */
export async function deadLetter(actions: SettlementActions, message: SettledMessage, reason: string): Promise<void> {
  const text = reason.slice(0, longestReason);
  try {
    await actions.deadletter(message, undefined, text, text);
  } catch (error) {
    // Nothing was sent.
    if (!/object expected/i.test(String((error as Error | undefined)?.message))) throw error;
    await actions.deadletter(message, undefined, { value: text }, { value: text });
  }
}
