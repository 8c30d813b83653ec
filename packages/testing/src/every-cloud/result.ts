import type { Bytes, HttpReply, HttpRequest, Invocation, NeutralEvent, Outcome } from "@portico/core";
import type { FakeLogEntry } from "../record-log.js";

/** The clouds, as their adapters are named. */
export type Cloud = "aws" | "azure" | "gcp";

/** What one cloud made of an event, whatever its kind. */
export interface CloudResult<E extends NeutralEvent = NeutralEvent> {
  readonly cloud: Cloud;
  /** What the cloud delivers for the event; undefined where it cannot carry it. */
  readonly nativeEvent: unknown;
  /** What the platform was answered; undefined where the handler rejected. */
  readonly nativeResult: unknown;
  /** The event as the function got it; undefined where it did not come so far. */
  readonly received: E | undefined;
  /** What was logged while the function had the event. */
  readonly logs: readonly FakeLogEntry[];
  /** What the handler rejected with; EVENT_UNENCODABLE where the cloud cannot carry the event. */
  readonly error: unknown;
}

/**
 * What becomes of a message: the platform forgets it (`acknowledged`), keeps it aside or has seen a sink take it (`set aside`), delivers it
 * again (`comes again`), forgets it though nothing was done (`lost`), or could not have carried it (`unencodable`).
 */
export type Fate = "acknowledged" | "set aside" | "comes again" | "lost" | "unencodable";

/** What one cloud made of a message. */
export interface MessageResult<E extends NeutralEvent = NeutralEvent> extends CloudResult<E> {
  readonly fate: Fate;
  /** Why it is set aside. */
  readonly reason: string | undefined;
  /** What the function said; undefined where it was not asked. */
  readonly outcome: Outcome | undefined;
}

/** What one cloud made of a request. */
export interface HttpResult extends CloudResult<HttpRequest> {
  /** What the client gets, its body collected. Where the cloud cannot carry the request its status is 0, and `error` says why. */
  readonly reply: HttpReply & { readonly body: Bytes };
}

/** What one cloud made of a call. */
export interface InvokeResult extends CloudResult<Invocation> {
  /** What the caller gets: JSON, and null for nothing. Undefined where the call failed: `error` is what the caller then gets. */
  readonly answer: unknown;
}

/** What every cloud made of one event. */
export type EveryCloud<R> = Readonly<Record<Cloud, R>> & {
  /** Where the clouds differ in what becomes of the event, or in what a caller gets: a sentence each. */
  readonly differences: readonly string[];
};
