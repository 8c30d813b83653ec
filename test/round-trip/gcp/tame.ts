import type { AnyEvent, ChangeValue } from "@portico/core";
import { LazyHttpRequest, objectFacts } from "@portico/core/adapter";
import fc, { type Arbitrary } from "fast-check";

import { testSource } from "../../../packages/core/test/source.js";

/** Events as they are sent every day, which every source carries. */

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const id = fc.stringMatching(/^[1-9]\d{5,15}$/);
const time = fc.date({ noInvalidDate: true, min: new Date("2020-01-01"), max: new Date("2035-01-01") });
const maybe = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const line = fc.stringMatching(/^[!-~](?:[ -~]{0,20}[!-~])?$/);
const payload = fc.oneof(
  fc.jsonValue().map((value) => ({
    contentType: "application/json",
    body: new TextEncoder().encode(JSON.stringify({ value })),
  })),
  fc
    .uint8Array({ minLength: 1, maxLength: 50 })
    .map((bytes) => ({ contentType: undefined, body: new Uint8Array(bytes) })),
);

/** What stands for a member that Pub/Sub has no place for. */
const memberNames = {
  contentType: "content-type",
  correlationId: "correlationId",
  subject: "subject",
  replyTo: "replyTo",
};

const message = fc
  .record({
    id,
    source: word,
    time,
    payload,
    attributes: fc.dictionary(
      fc.stringMatching(/^[a-z]{3,8}$/).map((name) => `x-${name}`),
      line,
      { maxKeys: 4 },
    ),
    correlationId: maybe(word),
    subject: maybe(word),
    replyTo: maybe(word),
    attempt: maybe(fc.integer({ min: 1, max: 100 })),
  })
  .map(({ payload: { body, contentType }, ...facts }) => ({
    ...facts,
    contentType,
    native: undefined,
    bytes: async () => body,
    text: async () => new TextDecoder().decode(body),
    json: async () => JSON.parse(new TextDecoder().decode(body)),
  }));

const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
  maxKeys: 4,
});

const field = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/);
const leaf: Arbitrary<ChangeValue> = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean());
const item = fc.dictionary(field, fc.oneof(leaf, fc.dictionary(field, leaf, { minKeys: 1, maxKeys: 3 })), {
  minKeys: 1,
  maxKeys: 4,
});
const change = fc
  .record({ id, source: word, time, table: word, key: fc.record({ id: word }), before: item, after: item })
  .chain((facts) =>
    fc.constantFrom("insert" as const, "update" as const, "delete" as const).map((action) => ({
      ...facts,
      action,
      before: action === "insert" ? undefined : facts.before,
      after: action === "delete" ? undefined : facts.after,
      expired: undefined,
      partition: undefined,
      sequence: undefined,
    })),
  );

/** A request as a browser or a client sends it. */
const http = fc
  .record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
    path: fc.array(fc.stringMatching(/^[\wé ]{1,6}$/), { maxLength: 3 }),
    query: fc.webQueryParameters(),
    headers: fc.array(fc.tuple(fc.constantFrom("x-a", "accept", "cookie"), line), { maxLength: 4 }),
    body: fc.oneof(fc.constant(null), fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1, maxLength: 40 })),
    type: fc.constantFrom("application/octet-stream", "text/html", undefined),
    clientIp: fc.ipV4(),
  })
  .map(({ method, path, headers, body, type, clientIp, query }) => {
    const typed = type === undefined ? headers : [...headers, ["content-type", type] as [string, string]];
    const source = testSource({
      method,
      path: `/${path.map(encodeURIComponent).join("/")}`,
      query,
      headers: typed,
      body: method === "GET" ? null : body,
    });
    return new LazyHttpRequest({ ...source, clientIp: () => clientIp }, {});
  });

type Made = Readonly<
  Record<"queue" | "topic" | "stream" | "object" | "change" | "schedule" | "event" | "invoke", Arbitrary<unknown>>
>;

const made: Made = {
  queue: fc.tuple(message, maybe(word)).map(([facts, groupId]) => ({ ...facts, groupId, sequence: undefined })),
  topic: fc.tuple(message, maybe(word)).map(([facts, groupId]) => ({ ...facts, groupId, sequence: undefined })),
  stream: fc.tuple(message, word).map(([facts, partition]) => ({
    ...facts,
    partition,
    partitionKey: partition,
    sequence: "1",
    key: undefined,
    headers: [],
    tombstone: false,
  })),
  object: fc
    .record({
      id,
      source: word,
      time,
      bucket: word,
      key: fc.stringMatching(/^[a-zé /+%]{1,20}$/),
      action: fc.constantFrom("created" as const, "deleted" as const, "updated" as const, "archived" as const),
      permanent: fc.constant(undefined),
      size: maybe(fc.nat()),
      etag: maybe(word),
      version: maybe(fc.stringMatching(/^[1-9]\d{0,17}$/)),
      sequence: fc.constant(undefined),
      contentType: maybe(fc.constantFrom("image/png", "text/plain")),
    })
    .map((facts) => ({
      ...facts,
      json: async () => objectFacts(facts),
    })),
  change: change,
  schedule: fc
    .record({
      id,
      source: word,
      time,
      scheduledTime: time,
      late: fc.boolean(),
      payload: fc.oneof(fc.constant(null), json),
    })
    .map(({ payload: given, ...facts }) => ({ ...facts, json: async () => given })),
  event: fc
    .record({
      id,
      source: fc.constantFrom("//cloudaudit.googleapis.com/projects/p/logs/activity", "/orders"),
      time,
      type: fc.constantFrom("google.cloud.audit.log.v1.written", "com.example.order.placed"),
      subject: maybe(word),
      datacontenttype: fc.constant("application/json"),
      dataschema: fc.constant(undefined),
      extensions: fc.dictionary(fc.stringMatching(/^x[a-z0-9]{1,8}$/), line, { maxKeys: 3 }),
      data: json,
    })
    .map((facts) => ({
      ...facts,
      text: async () => JSON.stringify(facts.data),
      json: async () => facts.data,
      bytes: async () => new TextEncoder().encode(JSON.stringify(facts.data)),
    })),
  invoke: fc
    .record({ id, source: word, time, payload: json })
    .map((facts) => ({ ...facts, json: async () => facts.payload })),
};

/** By kind. */
export const tame: Readonly<Record<AnyEvent["kind"], Arbitrary<AnyEvent>>> = {
  ...(Object.fromEntries(
    Object.entries(made).map(([kind, arbitrary]) => [
      kind,
      arbitrary.map((facts) => ({ kind, native: undefined, ...(facts as object) })),
    ]),
  ) as unknown as Readonly<Record<keyof Made, Arbitrary<AnyEvent>>>),
  http,
};

/** What stands in a message's attributes for its members. */
export function withMembers(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const attributes: Record<string, unknown> = { ...(facts.attributes as object) };
  for (const [member, name] of Object.entries(memberNames)) {
    const taken = member === "contentType" && "contentType" in attributes ? "contentType" : name;
    if (facts[member] !== undefined && !(name in attributes)) attributes[taken] ??= facts[member];
  }
  return attributes;
}
