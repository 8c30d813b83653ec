import { trimWhiteSpace } from "./ascii.js";

/**
 * Where an invocation stands in a distributed trace.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export interface Trace {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span: 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** The caller's `tracestate`, untouched. */
  readonly traceState?: string | undefined;
}

const pattern = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Reads a W3C `traceparent`; undefined when it is missing or not valid, as the specification asks. */
export function parseTraceparent(
  traceparent: string | null | undefined,
  traceState?: string | null | undefined,
): Trace | undefined {
  const match = traceparent ? pattern.exec(trimWhiteSpace(traceparent)) : null;
  if (!match) return undefined;
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  if (version === "ff" || (version === "00" && rest) || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1, traceState: traceState || undefined };
}

/** The `traceparent` header that continues a trace. */
export function toTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? "01" : "00"}`;
}

/** A new trace with random ids, for an invocation that nobody traced. */
export function newTrace(): Trace {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32), sampled: false };
}
