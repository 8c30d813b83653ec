import { type EncodeTopicOptions, encodeTopic, type SnsEvent } from "@portico/aws/wrap";
import type { TopicMessage } from "@portico/core";
import { type FakeQueueInit, fakeTopic } from "../fake-message.js";
import { type Faked, type Seeded, toEvent } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";

/**
 * A message of SNS as Lambda gets it, always by itself.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when SNS cannot carry it; CONFIG_INVALID when it cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export async function topic(
  message: Faked<TopicMessage, FakeQueueInit> = {},
  options: EncodeTopicOptions & Seeded = {},
  overrides?: Overrides<SnsEvent>,
): Promise<SnsEvent> {
  return merge(await encodeTopic(toEvent(fakeTopic, message, options), options), overrides);
}
