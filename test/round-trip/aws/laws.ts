import * as aws from "@portico/aws";
import * as lambda from "@portico/aws/wrap";
import {
  type ChangeEvent,
  type CloudEvent,
  change,
  event,
  type NeutralEvent,
  type ObjectEvent,
  object,
  type QueueMessage,
  queue,
  type ScheduleEvent,
  type StreamRecord,
  schedule,
  stream,
  type TopicMessage,
  topic,
} from "@portico/core";
import { changeFacts, eventFacts, type Facts, groupedFacts, objectFacts, sorted, streamFacts } from "./facts.js";

/** A source of AWS, in both directions, and what it cannot carry. */
export interface Law<E = never> {
  readonly source: string;
  readonly kind: "queue" | "topic" | "stream" | "object" | "change" | "schedule" | "event";
  /** What it loses: the platform has no place for it. `source` is kept where it is an ARN of this source's own. */
  readonly lost: readonly string[];
  encode(given: E): Promise<unknown>;
  decode(native: unknown): Promise<NeutralEvent>;
  facts(given: E): Facts | Promise<Facts>;
  /** What is to come back of facts that were sent, where it is not the same. */
  expected?(sent: Facts, given: E): Facts;
}

const context = {
  awsRequestId: "invocation",
  functionName: "round-trip",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:round-trip",
  memoryLimitInMB: "128",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 10_000,
};

/** What a portable function gets of a native event. */
function capture(deploy: (look: (given: NeutralEvent) => void) => aws.MessageHandler) {
  return async (native: unknown): Promise<NeutralEvent> => {
    const seen: NeutralEvent[] = [];
    const refused: NeutralEvent[] = [];
    await deploy((given) => void seen.push(given))(JSON.parse(JSON.stringify(native)), context);
    if (seen.length !== 1 || refused.length > 0) throw new Error(`${seen.length} events came back`);
    return seen[0] as NeutralEvent;
  };
}

const sink = async (): Promise<void> => {
  throw new Error("nothing is to be dead-lettered");
};
const decodeQueue = capture((look) => aws.queue(queue("q").handle(look)));
const decodeStream = capture((look) => aws.stream(stream("s").handle(look), { sink }));
const decodeObject = capture((look) => aws.object(object("b").handle(look)));
const decodeChange = capture((look) => aws.change(change("t").handle(look), { sink }));

type Promoted = Readonly<Record<string, readonly string[]>>;
const onSqs: Promoted = {
  contentType: ["contentType", "Content-Type"],
  correlationId: ["correlationId"],
  subject: ["subject"],
  replyTo: ["replyTo"],
};
const onKafka: Promoted = {
  contentType: ["content-type", "contentType"],
  correlationId: ["correlation-id", "correlationId"],
  subject: ["subject"],
  replyTo: ["reply-to", "replyTo"],
};

/** Attributes, with the facts that had to stand among them. */
function withPromoted(sent: Facts, promoted: Promoted, more: Facts = {}): unknown {
  const all: Facts = Object.assign(
    Object.create(null),
    more,
    Object.fromEntries(sent.attributes as [string, string][]),
  );
  for (const [field, names] of Object.entries(promoted)) {
    if (sent[field] !== undefined && !names.some((name) => Object.hasOwn(all, name) && all[name] === sent[field]))
      all[names[0] as string] = sent[field];
  }
  return sorted(all);
}

const seconds = (ms: unknown): number => Math.floor((ms as number) / 1000) * 1000;
const numbered = (given: { readonly sequence?: string | undefined }, back = "~made") => given.sequence || back;

const queues: Law<QueueMessage>[] = [
  {
    source: "SQS",
    kind: "queue",
    lost: ["source"],
    encode: (message) => lambda.encodeQueue([message]),
    decode: decodeQueue,
    facts: groupedFacts,
    expected: (sent) => ({ attempt: sent.attempt ?? 1, attributes: withPromoted(sent, onSqs) }),
  },
  {
    source: "ActiveMQ",
    kind: "queue",
    lost: ["source", "attempt", "groupId", "sequence"],
    encode: (message) => lambda.encodeQueue([message], { source: "active-mq" }),
    decode: decodeQueue,
    facts: groupedFacts,
    expected: (sent) => ({ attributes: withPromoted(sent, { contentType: ["contentType"] }) }),
  },
  {
    source: "RabbitMQ",
    kind: "queue",
    lost: ["source", "attempt", "groupId", "sequence"],
    encode: (message) => lambda.encodeQueue([message], { source: "rabbit-mq" }),
    decode: decodeQueue,
    facts: groupedFacts,
    // AMQP's times have seconds.
    expected: (sent) => ({ time: seconds(sent.time) }),
  },
];

const topics: Law<TopicMessage>[] = [
  {
    source: "SNS",
    kind: "topic",
    lost: ["source", "attempt", "groupId", "sequence"],
    encode: (message) => lambda.encodeTopic(message),
    decode: capture((look) => aws.topic(topic("t").handle(look))),
    facts: groupedFacts,
    expected: (sent) => {
      const { subject: _, ...promoted } = onSqs;
      return { attributes: withPromoted(sent, promoted) };
    },
  },
];

const streams: Law<StreamRecord>[] = [
  {
    source: "Kinesis",
    kind: "stream",
    // The id is made of shard and sequence number.
    lost: "id source attributes contentType correlationId subject replyTo attempt key headers".split(" "),
    encode: (record) => lambda.encodeStream([record]),
    decode: decodeStream,
    facts: streamFacts,
    expected: (sent, given) => {
      const partition = sent.partition || "shardId-000000000000";
      return { partition, partitionKey: sent.partitionKey ?? partition, sequence: numbered(given) };
    },
  },
  ...(["msk", "kafka"] as const).map(
    (source): Law<StreamRecord> => ({
      source: source === "msk" ? "Kafka on Amazon MSK" : "self-managed Kafka",
      kind: "stream",
      lost: ["id", "source", "attempt"],
      encode: (record) => lambda.encodeStream([record], { source, stream: "orders" }),
      decode: decodeStream,
      facts: streamFacts,
      expected: (sent, given) => {
        const texts = given.headers.map(([name, value]) => [name, toText(value)] as const);
        const told = Object.fromEntries(texts.filter(([, text]) => text !== undefined));
        const attributes = withPromoted(sent, onKafka, told) as [string, string][];
        const names = given.headers.map(([name]) => name);
        const added = attributes.filter(([name]) => !names.includes(name));
        const { key = given.partitionKey === undefined ? undefined : Buffer.from(given.partitionKey) } = given;
        const prefix = (sent.headers as unknown[]).length;
        return {
          partition: `orders-${/\d+$/.exec(String(sent.partition))?.[0] ?? "0"}`,
          sequence: numbered(given),
          key: key && Buffer.from(key).toString("hex"),
          partitionKey: key && toText(key),
          attributes,
          headers: [(sent.headers as unknown[]).slice(0, prefix), new Set(added.map(([name]) => name))],
        };
      },
    }),
  ),
];

function toText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** S3 always tells whether a version stays behind, and only of what was deleted. */
const permanent = ({ action, permanent: told }: ObjectEvent) => (action === "deleted" ? (told ?? true) : undefined);

const objects: Law<ObjectEvent>[] = [
  {
    source: "S3",
    kind: "object",
    // The id is made of the rest.
    lost: ["id", "source", "contentType"],
    encode: async (given) => lambda.encodeObject(given),
    decode: decodeObject,
    facts: objectFacts,
    expected: (_sent, given) => ({ permanent: permanent(given) }),
  },
  {
    source: "S3 via EventBridge",
    kind: "object",
    lost: ["source", "contentType"],
    encode: async (given) => lambda.encodeObject(given, { source: "event-bridge" }),
    decode: decodeObject,
    facts: objectFacts,
    expected: (_sent, given) => ({ permanent: permanent(given) }),
  },
];

const changes: Law<ChangeEvent>[] = [
  {
    source: "DynamoDB",
    kind: "change",
    lost: ["source", "partition"],
    encode: (given) => lambda.encodeChange([given]),
    decode: decodeChange,
    facts: changeFacts,
    expected: (_sent, given) => ({
      expired: given.action === "delete" ? (given.expired ?? false) : undefined,
      sequence: numbered(given),
    }),
  },
  {
    source: "DocumentDB",
    kind: "change",
    // The sequence is the id.
    lost: ["source", "partition", "expired", "sequence"],
    encode: (given) => lambda.encodeChange([given], { source: "document-db" }),
    decode: decodeChange,
    facts: changeFacts,
    expected: (sent) => ({ time: seconds(sent.time) }),
  },
];

const scheduleFacts = async (tick: ScheduleEvent): Promise<Facts> => ({
  id: tick.id,
  source: tick.source,
  scheduledTime: tick.scheduledTime.getTime(),
  payload: JSON.stringify((await tick.json()) ?? null),
});

const schedules: Law<ScheduleEvent>[] = [
  ...(["rule", "scheduler"] as const).map(
    (source): Law<ScheduleEvent> => ({
      source: source === "rule" ? "EventBridge rule" : "EventBridge Scheduler",
      kind: "schedule",
      lost: ["source"],
      encode: (tick) => lambda.encodeSchedule(tick, { source }),
      decode: capture((look) => aws.schedule(schedule("0 3 * * *").handle(look))),
      facts: scheduleFacts,
    }),
  ),
  {
    source: "EventBridge Scheduler with an input of its own",
    kind: "schedule",
    lost: ["source", "id", "scheduledTime"],
    encode: (tick) => lambda.encodeSchedule(tick, { customInput: true }),
    decode: capture((look) => aws.schedule(schedule("0 3 * * *").handle(look), { customInput: true })),
    facts: scheduleFacts,
  },
];

const decodeEvent = capture((look) => aws.event(event().handle(look)));

const cloudEvents: Law<CloudEvent>[] = [
  {
    source: "EventBridge",
    kind: "event",
    // Account, region and the like are told; others have no place. What is JSON is always said to be.
    lost: ["extensions", "datacontenttype", "dataschema"],
    encode: (given) => lambda.encodeEvent(given),
    decode: decodeEvent,
    facts: eventFacts,
    expected: (sent, given) => ({ time: sent.time ?? given.time.toISOString() }),
  },
  {
    source: "CloudEvent by direct invoke",
    kind: "event",
    lost: [],
    encode: (given) => lambda.encodeEvent(given, { source: "cloud-event" }),
    decode: decodeEvent,
    facts: eventFacts,
  },
  {
    source: "JSON by direct invoke",
    kind: "event",
    lost: ["id", "source", "type", "subject", "time", "extensions", "datacontenttype", "dataschema"],
    encode: (given) => lambda.encodeEvent(given, { source: "json" }),
    decode: capture((look) => aws.event(event().handle(look), { raw: {} })),
    facts: eventFacts,
  },
];

export const laws = [...queues, ...topics, ...streams, ...objects, ...changes, ...schedules, ...cloudEvents] as Law[];
