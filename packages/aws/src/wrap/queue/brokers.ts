import type { QueueMessage } from "@portico/core";
import { unencodable } from "@portico/core/adapter";
import { defaultAccount, defaultRegion, type Origin } from "../origin.js";

/** A queue of an Amazon MQ broker, as events name it. */
export interface BrokerQueue {
  readonly broker: string;
  readonly queue: string;
}

/** The broker and the queue that a message's own source names, where it is of that form; else those of the options. */
export function toBrokerQueue({ source }: QueueMessage, queue: string, origin: Origin): BrokerQueue {
  const [, broker, name] = /^(arn:[^:/]*:mq:[^/]*)\/(.+)$/s.exec(source) ?? [];
  if (broker !== undefined && name !== undefined) return { broker, queue: name };
  const { region = defaultRegion, accountId = defaultAccount } = origin;
  return { broker: `arn:aws:mq:${region}:${accountId}:broker:portico:b-00000000-0000-0000-0000-000000000000`, queue };
}

/** @throws {HandlerError} EVENT_UNENCODABLE when it is empty: brokers take that for none. */
export function requireNotEmpty(carrier: string, field: string, text: string | undefined): string | undefined {
  if (text === "") throw unencodable(carrier, field, "it is empty, which stands for none");
  return text;
}
