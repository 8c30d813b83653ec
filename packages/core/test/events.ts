import fc, { type Arbitrary } from "fast-check";
import {
  LazyCloudEvent,
  LazyHttpRequest,
  LazyMessage,
  type MessageSource,
  type ParsedCloudEvent,
} from "../src/adapter.js";
import {
  type AnyEvent,
  type ChangeItem,
  type ChangeValue,
  Decimal,
  type Message,
  type QueueMessage,
  type StreamRecord,
  type TopicMessage,
} from "../src/index.js";
import { changeFacts } from "../src/kinds/change.js";
import { objectFacts } from "../src/kinds/object.js";
import type { Buffered } from "../src/payload.js";
import { openObject } from "../src/resources/open-object.js";
import { testSource } from "./source.js";

/** Text of all sorts, the nasty ones often. */
const text: Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    "__proto__",
    "constructor",
    "a b",
    "100%",
    "%20",
    "\u0000",
    "\ud800x",
    "\ufeffa",
    "ключ",
    "😀",
    "a:b",
    "[",
    '"',
    "\\",
  ),
);
const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z\d]{0,8}$/),
  text,
  fc.constantFrom("traceparent", "attempt", "data", "porticometa"),
);
const maybe = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const bytes = fc.uint8Array({ maxLength: 40 }).map((given) => new Uint8Array(given));
const date = fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31T23:59:59.999Z") });
const anyDate = fc.oneof(date, fc.date({ noInvalidDate: false }));

function record<T>(key: Arbitrary<string>, value: Arbitrary<T>): Arbitrary<Record<string, T>> {
  return fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => {
    const made: Record<string, T> = Object.create(null);
    for (const [member, inner] of entries) made[member] = inner;
    return made;
  });
}

/** Payloads as platforms deliver them: text is well formed. */
const body: Arbitrary<Buffered> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.json(),
  fc.json().map((json) => ` ${json}\n`),
  bytes,
  fc.json().map((json) => new TextEncoder().encode(json)),
  fc.constantFrom<Buffered>(
    "",
    '{"__proto__":{"a":1}}',
    '{"a":12345678901234567890}',
    '{"a":0.10}',
    '"\\ud800"',
    "\ufeff{}",
    "null",
    "{bad",
    new Uint8Array([0xff, 0xfe]),
    new Uint8Array([0x22, 0xc3, 0x22]),
  ),
);
const contentType = maybe(
  fc.oneof(
    fc.constantFrom(
      "application/json",
      "application/vnd.x+json; charset=utf-8",
      "text/plain",
      "text/plain; charset=iso-8859-1",
    ),
    fc.constantFrom("application/xml", "application/octet-stream", "APPLICATION/JSON", "application/cloudevents+json"),
    text,
  ),
);

const origin = { id: text, source: text, time: anyDate };

class Sent<K extends string> extends LazyMessage<K> {
  constructor(kind: K, facts: Record<string, unknown>, extra: object) {
    const source = Object.fromEntries(Object.entries(facts).map(([member, value]) => [member, () => value]));
    super(kind, { ...source, native: undefined } as unknown as MessageSource);
    Object.assign(this, extra);
  }
}

const messageFacts = fc.record({
  ...origin,
  body,
  attributes: record(name, text),
  contentType,
  correlationId: maybe(text),
  subject: maybe(text),
  replyTo: maybe(text),
  attempt: maybe(fc.oneof(fc.nat(), fc.maxSafeNat())),
});
const sequence = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 60n }).map(String), text);
const grouped = fc.record({ groupId: maybe(text), sequence: maybe(sequence) });
const streamed = fc.record({
  partition: text,
  partitionKey: maybe(text),
  sequence,
  key: maybe(bytes),
  headers: fc.array(fc.tuple(name, bytes), { maxLength: 4 }),
  tombstone: fc.boolean(),
});

const value: Arbitrary<ChangeValue> = fc.letrec<{ value: ChangeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(new Decimal("0.1234567890123456789"), new Decimal("-1e-400")),
    bytes,
    anyDate,
    fc.array(tie("value"), { maxLength: 4 }),
    record(fc.oneof(name, fc.constantFrom("$map", "$bigint", "$", "prototype")), tie("value")),
    fc.constant({ $decimal: "1" }),
    // What somebody may store to be taken for a Decimal.
    fc.constant({ constructor: { name: "Decimal" }, text: "1", toNumber: "2" }),
  ),
})).value;
const item = record(name, value) as Arbitrary<ChangeItem>;

const httpRequest = fc
  .record({
    method: fc.constantFrom("GET", "POST"),
    path: fc
      .array(fc.stringMatching(/^[\w%éß ]{0,6}$/))
      .map((segments) => `/${segments.map(encodeURIComponent).join("/")}`),
    query: fc.webQueryParameters(),
    headers: fc.array(fc.tuple(fc.constantFrom("cookie", "x-a", "accept", "set-cookie", "__proto__"), fc.string()), {
      maxLength: 5,
    }),
    body: fc.oneof(fc.constant(null), body),
    host: fc.constantFrom("example.test", "[::1]:3000", "127.0.0.1:80", "no host", undefined),
  })
  .chain((init) =>
    fc
      .record({
        ...origin,
        params: record(name, text),
        basePath: fc.constantFrom("", "/api"),
        clientIp: maybe(fc.ipV4()),
        scheme: fc.constantFrom("http", "https"),
        identity: maybe(
          fc.record({
            provider: text,
            id: text,
            name: maybe(text),
            issuer: maybe(text),
            scopes: fc.array(text, { maxLength: 2 }),
            roles: fc.array(text, { maxLength: 2 }),
            claims: record(name, fc.jsonValue()),
          }),
        ),
      })
      .map(({ source, params, ...facts }) => {
        const told = Object.fromEntries(Object.entries(facts).map(([member, fact]) => [member, () => fact]));
        return new LazyHttpRequest({ ...testSource(init), ...told, origin: () => source }, params);
      }),
  );

const foreignType = fc.constantFrom("com.example.a", "EC2 Instance", "dev.portico.other.made", "dev.portico", "x");
const extensionName = fc
  .stringMatching(/^[a-z\d]{1,8}$/)
  .filter((made) => made !== "data" && made !== "id" && made !== "type");
const extension = fc.oneof(text, fc.boolean(), fc.integer());
const json = fc.jsonValue();

/** A timestamp with digits that no Date holds, or none. */
const timestamp = maybe(
  fc.constantFrom("2020-06-30T16:14:47.593398572Z", "2018-04-05t17:31:00.123+02:00", "2016-12-31T23:59:60Z"),
);

const parsedData: Arbitrary<Pick<ParsedCloudEvent, "data" | "datacontenttype">> = fc.oneof(
  fc.record({ datacontenttype: contentTypes("text/plain", undefined), data: fc.constant({ kind: "none" as const }) }),
  fc.record({
    datacontenttype: contentTypes("application/json", undefined),
    data: json.map((made) => ({ kind: "json" as const, value: made })),
  }),
  fc.record({
    datacontenttype: contentTypes("application/json"),
    data: fc
      .oneof(
        json.map((made) => JSON.stringify(made, null, 2)),
        fc.constantFrom('{"a":12345678901234567890}', '{"__proto__":1}'),
      )
      .map((sent) => ({ kind: "json" as const, value: JSON.parse(sent), bytes: new TextEncoder().encode(sent) })),
  }),
  fc.record({
    datacontenttype: contentTypes("text/plain"),
    data: text.map((made) => ({ kind: "text" as const, text: made })),
  }),
  fc.record({
    datacontenttype: contentTypes("text/plain; charset=iso-8859-1"),
    data: fc.constant({ kind: "text" as const, text: "é", bytes: new Uint8Array([0xe9]) }),
  }),
  fc.record({
    datacontenttype: contentTypes("application/json", "application/octet-stream", undefined),
    data: bytes.map((made) => ({ kind: "bytes" as const, bytes: made })),
  }),
);

function contentTypes(...types: (string | undefined)[]): Arbitrary<string | undefined> {
  return fc.constantFrom(...types);
}

const parsedAttributes = {
  id: text.filter((made) => made !== ""),
  source: text.filter((made) => made !== ""),
  type: foreignType,
  subject: maybe(text.filter((made) => made !== "")),
  time: timestamp,
  dataschema: maybe(fc.constantFrom("https://example.test/schema", "urn:a")),
  extensions: record(extensionName, extension),
};

/** A CloudEvent as the parser gives it. */
export const parsedCloudEvent: Arbitrary<ParsedCloudEvent> = fc
  .tuple(fc.record(parsedAttributes), parsedData)
  .map(([attributes, data]) => ({ ...attributes, ...data }));

/** A CloudEvent as an adapter makes it from a platform that keeps fewer rules. */
const looseCloudEvent = fc
  .record({
    kind: fc.constant("event" as const),
    ...origin,
    time: date,
    native: fc.constant(undefined),
    type: fc.oneof(foreignType, text),
    subject: maybe(text),
    datacontenttype: contentTypes("application/json", undefined),
    dataschema: maybe(text),
    extensions: record(name, fc.oneof(extension, fc.double())),
    // No event hands out a key that would set a prototype.
    data: json.filter((made) => !/__proto__|prototype/.test(JSON.stringify(made))),
  })
  .map((event) => ({
    ...event,
    text: async () => JSON.stringify(event.data),
    json: async () => event.data,
    bytes: async () => new TextEncoder().encode(JSON.stringify(event.data)),
  }));

/** Events of every kind, by kind. */
export const events: Readonly<Record<AnyEvent["kind"] | "loose event", Arbitrary<AnyEvent>>> = {
  http: httpRequest,
  queue: fc
    .tuple(messageFacts, grouped)
    .map(([facts, extra]) => new Sent("queue", facts, extra) as Message<"queue"> as QueueMessage),
  topic: fc
    .tuple(messageFacts, grouped)
    .map(([facts, extra]) => new Sent("topic", facts, extra) as Message<"topic"> as TopicMessage),
  stream: fc
    .tuple(messageFacts, streamed)
    .map(([facts, extra]) => new Sent("stream", facts, extra) as Message<"stream"> as StreamRecord),
  object: fc
    .record({
      ...origin,
      bucket: text,
      key: text,
      action: fc.constantFrom("created", "deleted", "updated", "archived", "restored"),
      permanent: maybe(fc.boolean()),
      size: maybe(fc.oneof(fc.nat(), fc.double())),
      etag: maybe(text),
      version: maybe(text),
      sequence: maybe(text),
      contentType: maybe(text),
    })
    .map((facts) => ({
      ...facts,
      kind: "object",
      native: undefined,
      json: async () => objectFacts(facts),
      open: (store) => openObject(facts, store),
    })),
  change: fc
    .record({
      ...origin,
      table: text,
      key: item,
      action: fc.constantFrom("insert", "update", "delete", "upsert"),
      before: maybe(item),
      after: maybe(item),
      expired: maybe(fc.boolean()),
      partition: maybe(text),
      sequence: maybe(sequence),
    })
    .map((facts) => ({ ...facts, kind: "change", native: undefined, json: async () => changeFacts(facts) })),
  schedule: fc
    .record({ ...origin, scheduledTime: anyDate, late: fc.boolean(), payload: fc.oneof(json, value) })
    .map(({ payload, ...facts }) => ({ ...facts, kind: "schedule", native: undefined, json: async () => payload })),
  invoke: fc
    .record({ ...origin, payload: maybe(fc.oneof(json, value)) })
    .map((facts) => ({ ...facts, kind: "invoke", native: undefined, json: async () => facts.payload })),
  event: parsedCloudEvent.map((parsed) => new LazyCloudEvent(parsed, undefined)),
  "loose event": looseCloudEvent,
};
