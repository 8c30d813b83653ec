import type { Bytes } from "../payload.js";

/** What every event has, whatever its kind. */
export interface NeutralEvent<K extends string = string> {
  readonly kind: K;
  /** Stable when the platform delivers the same event again. */
  readonly id: string;
  /** Where it comes from: the queue, topic, bucket or table as the platform names it. */
  readonly source: string;
  readonly time: Date;
  /** The platform's own record, untouched. */
  readonly native: unknown;
  /** What the event says, as plain data: a message's JSON payload, the facts of a change. */
  json(): Promise<unknown>;
}

/** An event that carries somebody's payload, as exact bytes. */
export interface Message<K extends string = string> extends NeutralEvent<K> {
  text(): Promise<string>;
  /** @throws {HandlerError} BAD_REQUEST when the payload is not JSON. */
  json(): Promise<unknown>;
  bytes(): Promise<Bytes>;
  /** What the sender put beside the payload, as text; no prototype. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly correlationId: string | undefined;
  readonly subject: string | undefined;
  readonly replyTo: string | undefined;
  /** 1 for the first delivery; undefined where the platform does not count, never guessed. */
  readonly attempt: number | undefined;
}
