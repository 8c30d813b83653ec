import type { LogEntry, LogLevel, Trace } from "@portico/core";

const severities: Record<LogLevel, string> = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" };

/**
 * An entry as Cloud Logging takes it apart. The trace is linked where the project is known; an error's stack is where Error Reporting
 * finds it.
 *
 * @see https://cloud.google.com/logging/docs/structured-logging
 */
export function toGoogleEntry(
  { level, message, time, fields }: LogEntry,
  { traceId, spanId, sampled }: Trace,
  projectId: string | undefined,
  executionId: string,
): object {
  const { stack } = (fields.error ?? {}) as { readonly stack?: unknown };
  return {
    ...fields,
    severity: severities[level],
    message,
    time,
    ...(typeof stack === "string" && { stack_trace: stack }),
    ...(projectId === undefined
      ? { traceId }
      : { "logging.googleapis.com/trace": `projects/${projectId}/traces/${traceId}` }),
    "logging.googleapis.com/spanId": spanId,
    "logging.googleapis.com/trace_sampled": sampled,
    "logging.googleapis.com/labels": { execution_id: executionId },
  };
}
