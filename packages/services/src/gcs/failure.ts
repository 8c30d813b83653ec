import { fromStatus, fromStoreFailure, isConnectionFailure } from "../failure.js";
import type { FailureCode } from "../provider.js";

interface GcsFailure {
  readonly message?: string | undefined;
  /** A status, as a number or text; or one of Node's codes. */
  readonly code?: unknown;
  readonly status?: unknown;
  readonly response?: { readonly status?: unknown } | undefined;
}

/** What an error of the SDK means. */
export function classify(error: unknown): FailureCode | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { message = "", code, status, response } = error as GcsFailure;
  const known = [code, status, response?.status].map(Number).find((value) => value >= 300 && value < 600);
  if (known === 404 && message.includes("bucket does not exist")) return "NO_BUCKET";
  if (/could not load the default credentials/i.test(message)) return "FORBIDDEN";
  if (/^(Retry limit exceeded|Exceeded maximum)|timeout|CONTENT_DOWNLOAD_MISMATCH/i.test(message)) return "UNAVAILABLE";
  return fromStoreFailure(error) ?? fromStatus(known) ?? (isConnectionFailure(error) ? "UNAVAILABLE" : undefined);
}
