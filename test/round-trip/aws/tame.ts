import {
  type ChangeEvent,
  type CloudEvent,
  Decimal,
  type Message,
  type ObjectEvent,
  type QueueMessage,
  type ScheduleEvent,
  type StreamRecord,
  type TopicMessage,
} from "@portico/core";
import { LazyMessage, type MessageSource } from "@portico/core/adapter";
import fc, { type Arbitrary } from "fast-check";

// Events as they come in real life: every source of AWS must be able to carry them.

const maybe = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const word = fc.stringMatching(/^[A-Za-z][\w.-]{0,18}\w$/).filter((text) => !/\.\.|^(?:aws|amazon)\./i.test(text));
const line = fc.stringMatching(/^[\p{L}\p{N}\p{P} ]{1,30}$/u).map((text) => `x${text}`);
const time = fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
const id = fc.uuid();
const body = fc.oneof(
  fc.constant("\ufeff{}"),
  fc.json(),
  line,
  line.map((text) => new TextEncoder().encode(text)),
);
const contentType = maybe(fc.constantFrom("application/json", "text/plain; charset=utf-8"));
const taken = /^(?:content-?type|correlation-?id|subject|reply-?to)$/i;
const attributes = fc.dictionary(
  word.filter((name) => !taken.test(name)),
  line,
  { maxKeys: 5 },
);

const message = {
  id,
  source: fc.constantFrom("orders", "https://shop.servicebus.windows.net/orders", "projects/p/topics/t"),
  time,
  body,
  attributes,
  contentType,
  correlationId: maybe(word),
  subject: maybe(word),
  replyTo: maybe(word),
  attempt: maybe(fc.integer({ min: 1, max: 100 })),
};

class Tame<K extends string> extends LazyMessage<K> {
  constructor(kind: K, facts: Record<string, unknown>, extra: object) {
    const source = Object.fromEntries(Object.entries(facts).map(([member, value]) => [member, () => value]));
    super(kind, { ...source, native: undefined } as unknown as MessageSource);
    Object.assign(this, extra);
  }
}

const digits = fc.bigInt({ min: 0n, max: 2n ** 50n }).map(String);
const grouped = fc.record({ groupId: maybe(word), sequence: maybe(digits) });

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    line,
    fc.integer(),
    fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((one) => Math.round(one * 100) / 100),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }),
    fc.constantFrom(2 ** 60, 1e20),
    fc.boolean(),
    fc.constant(null),
    fc.constant(new Decimal("0.1234567890123456789")),
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(word, tie("any"), { maxKeys: 3 }),
  ),
})).any as Arbitrary<ChangeEvent["key"][string]>;
const item = fc.dictionary(word, value, { maxKeys: 4 }) as Arbitrary<ChangeEvent["key"]>;

const event = { native: fc.constant(undefined), id, time };

const readers = (data: unknown) => ({
  json: async () => data,
  text: async () => JSON.stringify(data),
  bytes: async () => new TextEncoder().encode(JSON.stringify(data)),
});

/** Tame events of each kind. */
export const tame = {
  queue: fc
    .tuple(fc.record(message), grouped)
    .map(([facts, extra]) => new Tame("queue", facts, extra) as Message<"queue"> as QueueMessage),
  topic: fc
    .tuple(fc.record(message), grouped)
    .map(([facts, extra]) => new Tame("topic", facts, extra) as Message<"topic"> as TopicMessage),
  stream: fc
    .tuple(
      fc.record(message),
      fc.record({
        partition: fc.constantFrom("", "0", "7"),
        partitionKey: maybe(word),
        sequence: fc.oneof(fc.constant(""), digits),
      }),
    )
    .map(([facts, extra]) => {
      const kafka = { key: undefined, headers: [], tombstone: false };
      return new Tame("stream", facts, { ...kafka, ...extra }) as Message<"stream"> as StreamRecord;
    }),
  object: fc
    .record({
      ...event,
      source: fc.constant("projects/_/buckets/uploads"),
      bucket: fc.stringMatching(/^[a-z\d][a-z\d-]{1,20}[a-z\d]$/),
      key: fc.array(line, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
      action: fc.constantFrom("created", "deleted", "updated", "archived", "restored"),
      permanent: maybe(fc.boolean()),
      size: maybe(fc.nat()),
      etag: maybe(word),
      version: maybe(word),
      sequence: maybe(word),
      contentType: maybe(fc.constant("image/png")),
    })
    .map((facts) => ({ ...facts, kind: "object", json: async () => facts }) as ObjectEvent),
  change: fc
    .record({
      ...event,
      source: fc.constant("//firestore.googleapis.com/projects/p/databases/d"),
      table: fc.stringMatching(/^[A-Za-z][\w-]{2,12}$/),
      key: fc.record({ id: fc.oneof(word, fc.integer()) }) as Arbitrary<ChangeEvent["key"]>,
      action: fc.constantFrom("insert", "update", "delete"),
      before: maybe(item),
      after: maybe(item),
      expired: maybe(fc.boolean()),
      partition: fc.constant(undefined),
      sequence: maybe(digits),
    })
    .map((facts) => ({ ...facts, kind: "change", json: async () => facts }) as ChangeEvent),
  schedule: fc
    .record({ ...event, source: fc.constant("nightly"), scheduledTime: time, late: fc.boolean() })
    .map((facts) => ({ ...facts, kind: "schedule", json: async () => null }) as ScheduleEvent),
  event: fc
    .record({
      ...event,
      source: fc.constantFrom("/shop", "//pubsub.googleapis.com/projects/p"),
      type: fc.constantFrom("OrderPlaced", "com.example.order.placed"),
      subject: maybe(word),
      datacontenttype: fc.constantFrom("application/json", undefined),
      dataschema: fc.constant(undefined),
      extensions: fc.constant({}),
      data: fc.dictionary(word, fc.oneof(line, fc.integer(), fc.boolean())),
    })
    .map((facts) => ({ ...facts, ...readers(facts.data), kind: "event" }) as CloudEvent),
} as const;
