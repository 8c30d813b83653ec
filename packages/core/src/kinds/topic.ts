import type { Trigger } from "../function.js";
import {
  type AnyMessageFunction,
  type MessageFunction,
  type MessagePipeline,
  messagePipeline,
} from "./message-function.js";
import type { Message } from "./neutral-event.js";

/** One message for many subscribers. */
export interface TopicMessage extends Message<"topic"> {
  /** The group within which order holds: an SNS FIFO group, a session, an ordering key. */
  readonly groupId: string | undefined;
  readonly sequence: string | undefined;
}

export interface TopicTrigger extends Trigger<"topic"> {
  readonly topic: string;
}

export type TopicFunction = MessageFunction<TopicTrigger, TopicMessage>;
export type AnyTopicFunction = AnyMessageFunction<TopicTrigger>;

/** Declares a function for the messages of a topic. */
export function topic(name: string): MessagePipeline<TopicTrigger, TopicMessage> {
  return messagePipeline({ kind: "topic", topic: name });
}
