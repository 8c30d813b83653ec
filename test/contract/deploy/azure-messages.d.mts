import type { AzureMessageHandler } from "@portico/azure";
import type { MessageFunctions } from "../messages-functions.mjs";

export declare function deploy(functions: MessageFunctions, timeoutMs: number, prefix?: string): void;

export declare const settling: Readonly<
  Record<"busSettled" | "busSettledOne" | "busSettledTopic" | "busSettledSessions", AzureMessageHandler>
>;
