import type { Trigger } from "../function.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { Message } from "./neutral-event.js";

/** One message for one consumer. */
export interface QueueMessage extends Message<"queue"> {
  /** The group within which order holds: a FIFO group, a session. */
  readonly groupId: string | undefined;
  /** The place within its group, where the platform tells; compare as a number of any length. */
  readonly sequence: string | undefined;
}

export interface QueueTrigger extends Trigger<"queue"> {
  readonly queue: string;
}

export type QueueFunction = MessageFunction<QueueTrigger, QueueMessage>;
export type AnyQueueFunction = AnyMessageFunction<QueueTrigger>;

/**
 * Declares a function for the messages of a queue.
 *
 * @example
 * export const fulfil = queue("orders").use(validate(Order)).handle(async (message, { input }) => {
 *   if (!(await inStock(input.sku))) return retry();
 * });
 */
export function queue(name: string): MessagePipeline<QueueTrigger, QueueMessage> {
  return messagePipeline({ kind: "queue", queue: name });
}
