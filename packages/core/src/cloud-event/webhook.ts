import type { HttpReply } from "../kinds/http/http-reply.js";
import { empty } from "../kinds/http/reply.js";

/** Who may send CloudEvents here, for senders that ask first. */
export interface WebhookPermission {
  /** Hosts of senders, such as `eventemitter.example.com`; `*` for everybody. */
  readonly origins: "*" | readonly string[];
  /** Requests a minute. Default: as many as they like. */
  readonly ratePerMinute?: number | undefined;
}

/**
 * Answers the question that a sender of CloudEvents asks with OPTIONS before it sends any: whether they are wanted. Undefined when the
 * request is no such question, or who asks is not wanted.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
 */
export function answerWebhook(
  method: string,
  header: (name: string) => string | undefined,
  { origins, ratePerMinute }: WebhookPermission,
): HttpReply | undefined {
  const origin = header("webhook-request-origin");
  if (method !== "OPTIONS" || origin === undefined || !/^[\x21-\x7e]+$/.test(origin)) return undefined;
  if (origins !== "*" && !origins.includes(origin)) return undefined;
  // A rate is granted where one is asked for, or there is a limit to tell.
  const isRated = ratePerMinute !== undefined || header("webhook-request-rate") !== undefined;
  const headers = { allow: "POST", "webhook-allowed-origin": origin };
  return empty({
    status: 200,
    headers: isRated ? { ...headers, "webhook-allowed-rate": String(ratePerMinute ?? "*") } : headers,
  });
}
