import type { LambdaContext } from "@portico/aws/stream";

/** Lambda's context, with the time that a history has. */
export function lambdaContext(deadlineMs: number): LambdaContext {
  return {
    awsRequestId: "invocation",
    functionName: "orders",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
    memoryLimitInMB: "128",
    logGroupName: "group",
    logStreamName: "stream",
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

/** The failures of a partial result as their platform reads it: undefined where it takes the whole delivery for failed. */
export function readFailures<I>(result: unknown, known: (item: unknown) => I | undefined): readonly I[] | undefined {
  const failures = (result as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const read = failures.map((one) => known((one as { itemIdentifier?: unknown } | null)?.itemIdentifier));
  return read.some((one) => one === undefined) ? undefined : (read as I[]);
}
