import type { Trigger } from "../function.js";
import type { Bytes } from "../payload.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { Message } from "./neutral-event.js";

/** An ordered record of a partition: Kinesis, Kafka, Event Hubs, a Pub/Sub ordering key. */
export interface StreamRecord extends Message<"stream"> {
  /** The shard, partition or ordering key within which order holds. */
  readonly partition: string;
  /** What the sender chose the partition by. */
  readonly partitionKey: string | undefined;
  /** The place within its partition; compare as a number of any length. */
  readonly sequence: string;
  /** Kafka's record key, as bytes. */
  readonly key: Bytes | undefined;
  /** Kafka's record headers in order, duplicates kept, values as bytes. */
  readonly headers: readonly (readonly [name: string, value: Bytes])[];
  /** A Kafka record without a value, which deletes its key. */
  readonly tombstone: boolean;
}

export interface StreamTrigger extends Trigger<"stream"> {
  readonly stream: string;
}

export type StreamFunction = MessageFunction<StreamTrigger, StreamRecord>;
export type AnyStreamFunction = AnyMessageFunction<StreamTrigger>;

/** Declares a function for the records of a stream. Records of one partition are handled in order. */
export function stream(name: string): MessagePipeline<StreamTrigger, StreamRecord> {
  return messagePipeline({ kind: "stream", stream: name });
}
