import type { Cell } from "../messages.js";
import { capabilities, type SnsMessage, type SnsNotification, toRecord } from "./sns.js";

/**
 * A notification of SNS as the text of a queue's message: JSON, unless the subscription has raw message delivery.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
 */
export const notification: Cell<SnsMessage> = {
  capabilities,
  matches: (event) => {
    const { Type, TopicArn, MessageId } = (event ?? {}) as Partial<SnsNotification>;
    return Type === "Notification" && typeof TopicArn === "string" && typeof MessageId === "string";
  },
  read: (event, _lambda, carrier) => [toRecord(event as SnsNotification, event, carrier)],
};
