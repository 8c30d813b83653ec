import type { Trace } from "@portico/core";
import { newTrace, parseTraceparent, trimWhiteSpace } from "@portico/core/adapter";

const pattern = /^([\da-fA-F]{32})(?:\/(\d{1,20}))?(?:;o=(\d+))?$/;

/** The caller's trace: from `traceparent`, else from Google's own `X-Cloud-Trace-Context`, whose span id is a decimal number. */
export function readTrace(header: (name: string) => string | undefined): Trace | undefined {
  return (
    parseTraceparent(header("traceparent"), header("tracestate")) ?? parseCloudTrace(header("x-cloud-trace-context"))
  );
}

/** @see https://cloud.google.com/trace/docs/trace-context#legacy-http-header */
function parseCloudTrace(text: string | undefined): Trace | undefined {
  const match = text === undefined ? null : pattern.exec(trimWhiteSpace(text));
  if (!match) return undefined;
  const [, traceId = "", span = "0", options = "0"] = match;
  const spanId = BigInt(span).toString(16).padStart(16, "0");
  if (/^0+$/.test(traceId) || spanId.length > 16) return undefined;
  return {
    traceId: traceId.toLowerCase(),
    // A trace without a span is legal here, and not in W3C's form.
    spanId: /^0+$/.test(spanId) ? newTrace().spanId : spanId,
    sampled: (Number(options) & 1) === 1,
  };
}
