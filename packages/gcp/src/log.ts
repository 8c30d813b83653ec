import type { Context, LogEntry, LogLevel, Trace } from "@portico/core";
import { toFlatEntry } from "@portico/core/adapter";

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
  { id, functionName }: Pick<Context, "id" | "functionName">,
): object {
  const { error } = fields;
  const stack = (error as { readonly stack?: unknown } | null | undefined)?.stack;
  const own = {
    severity: severities[level],
    message,
    time,
    functionName,
    stack_trace: typeof stack === "string" ? stack : undefined,
    traceId: projectId === undefined ? traceId : undefined,
    "logging.googleapis.com/trace": projectId === undefined ? undefined : `projects/${projectId}/traces/${traceId}`,
    "logging.googleapis.com/spanId": spanId,
    "logging.googleapis.com/trace_sampled": sampled,
    "logging.googleapis.com/labels": { execution_id: id },
  };
  return toFlatEntry(own, fields);
}
