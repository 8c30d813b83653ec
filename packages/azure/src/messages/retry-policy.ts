import type { RetryContext, RetryOptions } from "@azure/functions";
import { HandlerError } from "@portico/core";

/**
 * Refuses a source whose checkpoint moves past what failed, unless the host is told to try again first.
 *
 * @throws {HandlerError} CONFIG_INVALID when there is no retry policy, or it does not say how often.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
 */
export function requireRetry(source: string, retry: RetryOptions | undefined): RetryOptions {
  if (Number.isInteger(retry?.maxRetryCount) && (retry as RetryOptions).maxRetryCount >= -1)
    return retry as RetryOptions;
  throw new HandlerError(
    "CONFIG_INVALID",
    `${source} goes on behind what failed, and there is no retry policy to hold it.`,
    {
      hint: 'Pass `retry: { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 5000 }` with the source\'s options; with a finite count the sink takes what is left on the last attempt.',
    },
  );
}

/**
 * Whether the host gives up after this attempt. `maxRetryCount` is the policy's as it was registered; undefined where there is none, and
 * the platform redelivers in its own way.
 */
export function isLastAttempt(retry: RetryContext | undefined, maxRetryCount: number | undefined): boolean {
  if (maxRetryCount === undefined) return false;
  const most = retry?.maxRetryCount ?? maxRetryCount;
  return most >= 0 && (retry?.retryCount ?? 0) >= most;
}
