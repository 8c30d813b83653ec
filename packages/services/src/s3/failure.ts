import { fromStatus, isConnectionFailure } from "../failure.js";
import type { FailureCode } from "../provider.js";

interface S3Failure {
  readonly name?: string | undefined;
  readonly message?: string | undefined;
  readonly $metadata?: { readonly httpStatusCode?: number | undefined } | undefined;
  /** Of a failed header condition: which one. */
  readonly Condition?: string | undefined;
}

const codes: Readonly<Record<string, FailureCode>> = {
  NoSuchBucket: "NO_BUCKET",
  NoSuchKey: "NOT_FOUND",
  NotFound: "NOT_FOUND",
  // Keys are held to S3's length where they are created.
  KeyTooLongError: "NOT_FOUND",
  AccessDenied: "FORBIDDEN",
  SignatureDoesNotMatch: "FORBIDDEN",
  InvalidAccessKeyId: "FORBIDDEN",
  ExpiredToken: "FORBIDDEN",
  CredentialsProviderError: "FORBIDDEN",
  EntityTooLarge: "TOO_LARGE",
  InvalidRange: "RANGE",
  SlowDown: "UNAVAILABLE",
  InternalError: "UNAVAILABLE",
  RequestTimeout: "UNAVAILABLE",
  TimeoutError: "UNAVAILABLE",
  ConditionalRequestConflict: "UNAVAILABLE",
  OperationAborted: "UNAVAILABLE",
};

/** What an error of the SDK means. */
export function classify(error: unknown): FailureCode | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { name = "", message = "", $metadata } = error as S3Failure;
  if (Object.hasOwn(codes, name)) return codes[name];
  // The name is that of many other mistakes.
  if (name === "InvalidRequest" && message.includes("copy source is larger")) return "TOO_LARGE";
  return fromStatus($metadata?.httpStatusCode) ?? (isConnectionFailure(error) ? "UNAVAILABLE" : undefined);
}

/** Whether another conditional write of the same key was going on. */
export function isConflict(error: unknown): boolean {
  return (error as S3Failure | undefined)?.name === "ConditionalRequestConflict";
}
