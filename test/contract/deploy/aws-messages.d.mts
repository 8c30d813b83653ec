import type { MessageHandler } from "@portico/aws";
import type { MessageFunctions } from "../messages-functions.mjs";

export declare function deploy(
  functions: MessageFunctions,
  timeoutMs: number,
): Readonly<Record<string, MessageHandler>>;
/** The functions of the contract. */
export declare const deployed: Readonly<Record<string, MessageHandler>>;
