import type { Trigger } from "../function.js";
import type { Bytes } from "../payload.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { NeutralEvent } from "./neutral-event.js";

/**
 * A CloudEvent, under the names of the specification.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface CloudEvent extends NeutralEvent<"event"> {
  readonly type: string;
  /** `time` as it was sent, every digit of it. Undefined when it was not: then `time` is that of arrival. Absent where only a Date is known. */
  readonly timestamp?: string | undefined;
  readonly subject: string | undefined;
  readonly datacontenttype: string | undefined;
  readonly dataschema: string | undefined;
  /** Further attributes by name; no prototype. */
  readonly extensions: Readonly<Record<string, string | number | boolean>>;
  /**
   * The data: a JSON value, text, bytes, or undefined when there is none.
   *
   * @throws {HandlerError} BAD_REQUEST when it is JSON with a key that would set a prototype when copied.
   */
  readonly data: unknown;
  text(): Promise<string>;
  /**
   * The data as JSON: as it is, or parsed where it is text or bytes.
   *
   * @throws {HandlerError} BAD_REQUEST when there is no data, or it is not JSON.
   */
  json(): Promise<unknown>;
  bytes(): Promise<Bytes>;
}

export interface EventTrigger extends Trigger<"event"> {
  readonly types?: readonly string[] | undefined;
  readonly sources?: readonly string[] | undefined;
}

export type EventFunction = MessageFunction<EventTrigger, CloudEvent>;
export type AnyEventFunction = AnyMessageFunction<EventTrigger>;

export interface EventFilter {
  /** Only these types; a final `*` stands for any ending. */
  readonly types?: string | readonly string[] | undefined;
  /** Only these sources; a final `*` stands for any ending. */
  readonly sources?: string | readonly string[] | undefined;
}

/** Declares a function for CloudEvents. Events outside the filter are dropped, with a log entry. */
export function event(filter: EventFilter = {}): MessagePipeline<EventTrigger, CloudEvent> {
  const types = toList(filter.types);
  const sources = toList(filter.sources);
  const trigger: EventTrigger = { kind: "event", ...(types && { types }), ...(sources && { sources }) };
  return messagePipeline<EventTrigger, CloudEvent>(trigger, (one) => passesFilter(trigger, one));
}

/** Whether an event is one that a function is declared for. */
export function passesFilter({ types, sources }: EventTrigger, { type, source }: CloudEvent): boolean {
  return fits(type, types) && fits(source, sources);
}

function toList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value;
}

function fits(text: string, patterns: readonly string[] | undefined): boolean {
  return (
    patterns === undefined ||
    patterns.some((pattern) => (pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern))
  );
}
