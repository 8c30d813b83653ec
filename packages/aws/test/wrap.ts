import type { NeutralEvent, Outcome, QueueMessage, StreamRecord, TopicMessage } from "@portico/core";
import { LazyMessage, type MessageSource } from "@portico/core/adapter";

interface Facts {
  readonly id?: string;
  readonly source?: string;
  readonly time?: Date;
  readonly body?: string | Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly correlationId?: string;
  readonly subject?: string;
  readonly replyTo?: string;
  readonly attempt?: number;
}

const defaults = {
  id: "m1",
  source: "https://shop.servicebus.windows.net/orders",
  time: new Date("2026-01-02T03:04:05.678Z"),
  body: "{}",
  attributes: {},
  contentType: undefined,
  correlationId: undefined,
  subject: undefined,
  replyTo: undefined,
  attempt: undefined,
};

class Sent<K extends string> extends LazyMessage<K> {
  constructor(kind: K, facts: Facts, extra: object) {
    const all = Object.entries({ ...defaults, ...facts });
    super(kind, Object.fromEntries(all.map(([name, value]) => [name, () => value])) as unknown as MessageSource);
    Object.assign(this, extra);
  }
}

/** A message as another cloud would have delivered it. */
export function queueMessage({
  groupId,
  sequence,
  ...facts
}: Facts & Partial<Pick<QueueMessage, "groupId" | "sequence">> = {}) {
  return new Sent("queue", facts, { groupId, sequence }) as unknown as QueueMessage;
}

export function topicMessage(facts: Facts = {}): TopicMessage {
  return new Sent("topic", facts, { groupId: undefined, sequence: undefined }) as unknown as TopicMessage;
}

/** A record of an ordered stream; `place` is its sequence number. */
export function streamRecord(
  place: number | string,
  over: Facts & Partial<Pick<StreamRecord, "partition" | "partitionKey" | "key" | "headers" | "tombstone">> = {},
): StreamRecord {
  const {
    partition = "0",
    partitionKey = undefined,
    key = undefined,
    headers = [],
    tombstone = false,
    ...facts
  } = over;
  const extra = { partition, partitionKey, key, headers, tombstone, sequence: String(place) };
  return new Sent("stream", { id: `r${place}`, ...facts }, extra) as unknown as StreamRecord;
}

/** A call of a function with several events of one delivery, as an adapter makes it. */
export async function deliverAll<E extends NeutralEvent>(
  fn: { readonly "~batch"?: (items: { event: E; context: never }[]) => Promise<Outcome>[] },
  events: readonly E[],
  context: unknown,
): Promise<string[]> {
  const run = fn["~batch"];
  if (!run) throw new Error("the function takes one event at a time");
  const outcomes = await Promise.all(run(events.map((event) => ({ event, context: context as never }))));
  return outcomes.map(({ outcome }) => outcome);
}
