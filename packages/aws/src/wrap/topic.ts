import { topic as portable, type TopicFunction, type TopicMessage } from "@portico/core";
import { checkNames, type OptionNames, requireOption } from "@portico/core/adapter";
import type { CallOptions } from "./lambda/context.js";
import { callNames } from "./lambda/context.js";
import type { NativeHandler } from "./lambda/handler.js";
import { wrapSingle } from "./messages.js";
import type { Origin } from "./origin.js";
import { type SnsEvent, toSnsEvent } from "./topic/sns.js";

export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";
export type { SnsEvent, SnsEventRecord } from "./topic/sns.js";

/** Which event a message of a topic becomes. */
export interface EncodeTopicOptions extends Origin {
  /** The topic at home. Default: `portico`. */
  readonly topic?: string | undefined;
}

/** How a Lambda function for SNS is wrapped. */
export interface WrapTopicOptions extends EncodeTopicOptions, CallOptions {
  readonly topic: string;
}

const names = { ...callNames, topic: true } satisfies OptionNames<WrapTopicOptions>;

/**
 * Makes a portable function of a Lambda handler for SNS, which delivers one message per event. What it throws is `retry`, with the very same
 * error; its result means nothing. Signature, certificate and the link to unsubscribe are not live.
 *
 * @example
 * export const onOrderPlaced = topic(handler, { topic: "order-placed" });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function topic(handler: NativeHandler, options: WrapTopicOptions): TopicFunction {
  checkNames(options, names);
  requireOption("topic", options, "topic", '"order-placed"');
  return wrapSingle(portable(options.topic), (message) => encodeTopic(message, options), handler, options);
}

/**
 * The event in which Lambda gets this message; inbound, it gives the same message.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when SNS cannot carry it.
 */
export function encodeTopic(
  message: TopicMessage,
  { topic: name = "portico", ...origin }: EncodeTopicOptions = {},
): Promise<SnsEvent> {
  return toSnsEvent(message, name, origin);
}
