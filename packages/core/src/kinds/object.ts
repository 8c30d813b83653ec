import type { Trigger } from "../function.js";
import type { ReadStore } from "../resources/object-store.js";
import type { OpenedObject } from "../resources/open-object.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { NeutralEvent } from "./neutral-event.js";

/** What happened to an object; `created` includes overwrites, since most platforms do not tell them apart. */
export type ObjectAction = "created" | "deleted" | "updated" | "archived" | "restored";

/** Something happened to a file in object storage. */
export interface ObjectEvent extends NeutralEvent<"object"> {
  readonly bucket: string;
  /** The object's name, decoded once. */
  readonly key: string;
  readonly action: ObjectAction;
  /** With `deleted`: false when a version stays behind; undefined where the platform does not tell. */
  readonly permanent: boolean | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  readonly etag: string | undefined;
  /** The version or generation. */
  readonly version: string | undefined;
  /** Orders the events of one key, where the platform tells; compare as text of equal length, zero-padded on the right. */
  readonly sequence: string | undefined;
  readonly contentType: string | undefined;
  /**
   * The object itself, by reference, in a store that is bound to this bucket: what is there when it is read, which may be newer.
   *
   * @throws {HandlerError} CONFIG_INVALID when the store is bound to another bucket, or has a prefix that the key is not behind.
   */
  open(store: ReadStore): OpenedObject;
}

export interface ObjectTrigger extends Trigger<"object"> {
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
  readonly actions?: readonly ObjectAction[] | undefined;
}

export type ObjectFunction = MessageFunction<ObjectTrigger, ObjectEvent>;
export type AnyObjectFunction = AnyMessageFunction<ObjectTrigger>;

export interface ObjectFilter {
  /** Only keys that start with this. */
  readonly prefix?: string | undefined;
  /** Only keys that end with this. */
  readonly suffix?: string | undefined;
  /** Only these. Default: all. */
  readonly actions?: readonly ObjectAction[] | undefined;
}

/** Declares a function for what happens in a bucket. Events outside the filter are dropped, with a log entry. */
export function object(
  bucket: string,
  { prefix, suffix, actions }: ObjectFilter = {},
): MessagePipeline<ObjectTrigger, ObjectEvent> {
  const trigger: ObjectTrigger = {
    kind: "object",
    bucket,
    ...(prefix !== undefined && { prefix }),
    ...(suffix !== undefined && { suffix }),
    ...(actions !== undefined && { actions }),
  };
  return messagePipeline<ObjectTrigger, ObjectEvent>(
    trigger,
    ({ key, action }) =>
      key.startsWith(prefix ?? "") && key.endsWith(suffix ?? "") && (actions === undefined || actions.includes(action)),
  );
}

/** The facts of an object event as plain data: what `json()` gives and a CloudEvent carries. */
export function objectFacts(event: Omit<ObjectEvent, keyof NeutralEvent | "open">): Record<string, unknown> {
  const { bucket, key, action, permanent, size, etag, version, sequence, contentType } = event;
  return { bucket, key, action, permanent, size, etag, version, sequence, contentType };
}
