import { fromStatus, isConnectionFailure } from "../failure.js";
import type { FailureCode } from "../provider.js";

interface BlobFailure {
  readonly name?: string | undefined;
  readonly message?: string | undefined;
  readonly code?: unknown;
  readonly statusCode?: number | undefined;
  readonly details?: { readonly errorCode?: string | undefined } | undefined;
}

const codes: Readonly<Record<string, FailureCode>> = {
  ContainerNotFound: "NO_BUCKET",
  ContainerBeingDeleted: "NO_BUCKET",
  BlobNotFound: "NOT_FOUND",
  BlobAlreadyExists: "ALREADY_EXISTS",
  UnauthorizedBlobOverwrite: "ALREADY_EXISTS",
  ConditionNotMet: "PRECONDITION_FAILED",
  TargetConditionNotMet: "PRECONDITION_FAILED",
  // Another writer has committed its own, which discards the blocks that were waiting.
  InvalidBlockList: "PRECONDITION_FAILED",
  InvalidRange: "RANGE",
  RequestBodyTooLarge: "TOO_LARGE",
  BlockCountExceedsLimit: "TOO_LARGE",
  ServerBusy: "UNAVAILABLE",
  OperationTimedOut: "UNAVAILABLE",
  REQUEST_SEND_ERROR: "UNAVAILABLE",
};

const credentials =
  /^(CredentialUnavailableError|AggregateAuthenticationError|AuthenticationError|AuthenticationRequiredError)$/;

/** What an error of the SDK means. */
export function classify(error: unknown): FailureCode | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { name = "", message = "", code, statusCode, details } = error as BlobFailure;
  for (const known of [details?.errorCode, code]) {
    if (typeof known === "string" && Object.hasOwn(codes, known)) return codes[known];
  }
  if (credentials.test(name)) return "FORBIDDEN";
  // What the SDK says when its own retries of a broken download have come to their end.
  if (message.startsWith("Data corruption failure")) return "UNAVAILABLE";
  // One try took too long: its own timer has aborted it.
  if (name === "AbortError") return "UNAVAILABLE";
  return fromStatus(statusCode) ?? (isConnectionFailure(error) ? "UNAVAILABLE" : undefined);
}
