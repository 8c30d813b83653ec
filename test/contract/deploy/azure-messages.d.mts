import type { AzureMessageHandler } from "@portico/azure";

export declare const settling: Readonly<
  Record<"busSettled" | "busSettledOne" | "busSettledTopic" | "busSettledSessions", AzureMessageHandler>
>;
