import type {
  ChangeEvent,
  ChangeItem,
  CloudEvent,
  Message,
  ObjectEvent,
  QueueMessage,
  ScheduleEvent,
  StreamRecord,
  TopicMessage,
} from "@portico/core";
import { openObject } from "@portico/core/adapter";
import fc, { type Arbitrary } from "fast-check";

// What an everyday event looks like: Azure has to carry every one of them.
const word = fc.stringMatching(/^[a-z][a-z-]{1,15}$/);
const maybe = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const time = fc.date({ noInvalidDate: true, min: new Date("2020-01-01"), max: new Date("2035-01-01") });
const digits = fc.bigInt({ min: 0n, max: 2n ** 52n }).map(String);
const json = fc
  .record({ sku: word, quantity: fc.nat(), note: fc.string({ unit: "grapheme" }) })
  .map((value) => JSON.stringify(value));
const payload = fc.oneof(json, word, fc.constant("héllo ✓"));
const base = { id: fc.uuid(), source: word, time };
const messageFacts = {
  ...base,
  body: payload,
  attributes: fc.dictionary(fc.stringMatching(/^[a-z]{2,8}$/), word, { maxKeys: 3 }),
  contentType: maybe(fc.constantFrom("application/json", "text/plain")),
  correlationId: maybe(word),
  subject: maybe(word),
  replyTo: maybe(word),
  attempt: maybe(fc.integer({ min: 1, max: 9 })),
};

type Facts = { readonly body: string };

function toMessage<K extends string, F extends Facts>(kind: K, { body, ...facts }: F) {
  return {
    kind,
    native: undefined,
    ...facts,
    text: async () => body,
    json: async () => JSON.parse(body) as unknown,
    bytes: async () => new TextEncoder().encode(body),
  };
}

const grouped = { groupId: maybe(word), sequence: digits };

const recordFacts = {
  attempt: fc.constant(undefined),
  partition: fc.nat({ max: 31 }).map(String),
  partitionKey: maybe(word),
  sequence: digits,
  key: fc.constant(undefined),
  headers: fc.constant([]),
  tombstone: fc.constant(false),
};

/** Events that must be encodable, by kind. */
export const tame = {
  queue: fc
    .record({ ...messageFacts, ...grouped })
    .map((facts) => toMessage("queue", facts) as Message<"queue"> as QueueMessage),
  topic: fc
    .record({ ...messageFacts, ...grouped })
    .map((facts) => toMessage("topic", facts) as Message<"topic"> as TopicMessage),
  "json topic": fc
    .record({ ...messageFacts, ...grouped, body: json })
    .map((facts) => toMessage("topic", facts) as Message<"topic"> as TopicMessage),
  stream: fc
    .record({ ...messageFacts, ...recordFacts })
    .map((facts) => toMessage("stream", facts) as Message<"stream"> as StreamRecord),
  "compacted stream": fc
    .record({ ...messageFacts, ...recordFacts, tombstone: fc.boolean() })
    .map((facts) => toMessage("stream", facts.tombstone ? { ...facts, body: "" } : facts) as StreamRecord),
  object: fc
    .record({
      ...base,
      bucket: word,
      key: fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
      action: fc.constant("created" as const),
      permanent: fc.constant(undefined),
      size: maybe(fc.nat()),
      etag: maybe(fc.stringMatching(/^0x[A-F\d]{8,15}$/)),
      version: maybe(word),
      sequence: maybe(fc.stringMatching(/^[a-f\d]{32}$/)),
      contentType: maybe(fc.constant("image/png")),
    })
    .map(
      (facts): ObjectEvent => ({
        kind: "object",
        native: undefined,
        ...facts,
        json: async () => facts,
        open: (store) => openObject(facts, store),
      }),
    ),
  change: fc
    .record({
      ...base,
      id: word,
      total: fc.integer(),
      price: fc.double({ noNaN: true, noDefaultInfinity: true }),
      note: fc.string({ unit: "grapheme" }),
      sequence: digits,
    })
    .map(({ total, price, note, ...facts }): ChangeEvent => {
      const item: ChangeItem = { id: facts.id, total, price: price + 0, note };
      return {
        ...{ kind: "change", native: undefined, ...facts, table: "orders", key: { id: facts.id }, action: "insert" },
        ...{ before: undefined, after: item, expired: undefined, partition: undefined, json: async () => item },
      };
    }),
  schedule: fc
    .record({ ...base, scheduledTime: time, late: fc.boolean() })
    .map((facts): ScheduleEvent => ({ kind: "schedule", native: undefined, ...facts, json: async () => null })),
  event: fc
    .record({
      ...base,
      type: word,
      subject: maybe(word),
      data: fc.oneof(fc.record({ sku: word, quantity: fc.nat() }), fc.constant(undefined)),
    })
    .map(
      ({ data, ...facts }): CloudEvent => ({
        ...{ kind: "event", native: undefined, ...facts, data, dataschema: undefined, extensions: {} },
        ...{
          datacontenttype: data === undefined ? undefined : "application/json",
          timestamp: facts.time.toISOString(),
        },
        text: async () => JSON.stringify(data) ?? "",
        json: async () => data,
        bytes: async () => new TextEncoder().encode(JSON.stringify(data) ?? ""),
      }),
    ),
};
