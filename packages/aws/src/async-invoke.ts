import type { Capabilities } from "@portico/core";

/** What all sources can do that invoke a function asynchronously. */
export const asyncInvoke = {
  batch: false,
  redelivery: "delivery",
  requires: "asynchronous invocation: two retries, then the failure destination or dead-letter queue of the function",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: true,
  see: "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
} as const satisfies Omit<Capabilities, "kind" | "source">;
