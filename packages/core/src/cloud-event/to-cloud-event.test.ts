import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { events } from "../../test/events.js";
import { testMessage } from "../../test/message.js";
import { cases } from "../../test/random.js";
import { fromParsed, parseCloudEvents, toHttp } from "../adapter.js";
import { type AnyEvent, type CloudEventV1, Decimal, fromCloudEvent, HandlerError, toCloudEvent } from "../index.js";

const common = ["kind", "id", "source", "time"];
const message = [...common, "attributes", "contentType", "correlationId", "subject", "replyTo", "attempt"];
const members: Readonly<Record<AnyEvent["kind"], readonly string[]>> = {
  http: [...common, "method", "url", "path", "basePath", "params", "cookies", "clientIp", "identity"],
  queue: [...message, "groupId", "sequence"],
  topic: [...message, "groupId", "sequence"],
  stream: [...message, "partition", "partitionKey", "sequence", "key", "headers", "tombstone"],
  object: [...common, "bucket", "key", "action", "permanent", "size", "etag", "version", "sequence", "contentType"],
  change: [...common, "table", "key", "action", "before", "after", "expired", "partition", "sequence"],
  schedule: [...common, "scheduledTime", "late"],
  event: [...common, "type", "subject", "datacontenttype", "dataschema", "extensions", "data"],
  invoke: [...common, "payload"],
};

/** Every public member of an event, what its readers give, and what they refuse. */
async function look(event: AnyEvent): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  const from = event as unknown as Record<string, unknown>;
  for (const name of members[event.kind]) seen[name] = await outcome(() => from[name]);
  for (const name of ["text", "json", "bytes"]) {
    const reader = from[name];
    if (typeof reader === "function") seen[`${name}()`] = await outcome(() => reader.call(event));
  }
  if (event.kind === "http") {
    seen.query = [...event.query];
    seen.headers = [...event.headers].map(([name]) => [name, event.headers.get(name), event.headers.getAll(name)]);
    seen.hasBody = event.body !== null;
  }
  // Where no time was sent, it is that of arrival.
  if (event.kind === "event" && "timestamp" in event && event.timestamp === undefined) delete seen.time;
  return seen;
}

async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return { refused: HandlerError.is(error) ? error.code : String(error) };
  }
}

function parse(cloudEvent: CloudEventV1) {
  const { headers, body } = toHttp(cloudEvent, "structured");
  return parseCloudEvents({ headers: (name) => headers[name], headerNames: Object.keys(headers), body })[0]!;
}

const attribute = /^(?:specversion|id|source|type|subject|time|datacontenttype|dataschema|data|data_base64|[a-z\d]+)$/;

describe("any event becomes a CloudEvent and comes back with every public member", () => {
  test.each(Object.keys(events) as (keyof typeof events)[])(
    "%s",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(events[kind], async (event) => {
          const cloudEvent = await toCloudEvent(event);
          const seen = await look(event);
          expect(await look(fromCloudEvent(cloudEvent))).toEqual(seen);
          // The parser holds it to the specification.
          expect(await look(fromParsed(parse(cloudEvent), undefined))).toEqual(seen);
          expect(Object.keys(cloudEvent).filter((name) => !attribute.test(name))).toEqual([]);
          // What was carried once is carried the same again.
          expect(await toCloudEvent(fromCloudEvent(cloudEvent))).toEqual(cloudEvent);
        }),
        cases(400),
      );
    },
    120_000,
  );
});

describe("what others see", () => {
  test("a queue message's JSON is the data, its plain attributes are extensions, and nothing else is added", async () => {
    expect(await toCloudEvent(testMessage("m-1", '{"sku":"a"}'))).toEqual({
      specversion: "1.0",
      id: "m-1",
      source: "test-queue",
      type: "dev.portico.queue.message",
      time: "1970-01-01T00:00:00.000Z",
      data: { sku: "a" },
    });
  });

  test.each([
    ["text of unknown type is text/plain", "héllo", { datacontenttype: "text/plain; charset=utf-8", data: "héllo" }],
    ["JSON that would be written otherwise stays text", '{"a": 1.0}', { data: '{"a": 1.0}' }],
    ["bytes are Base64, of no type", new Uint8Array([0xff, 0x00]), { data_base64: "/wA=" }],
    ["an empty payload is no data", "", {}],
  ])("%s", async (_, body, expected) => {
    const { datacontenttype, data, data_base64 } = await toCloudEvent(testMessage("m", body));
    expect({
      datacontenttype: undefined,
      data,
      data_base64,
      ...(datacontenttype && { datacontenttype }),
    }).toMatchObject(expected);
    expect(
      await fromCloudEvent(await toCloudEvent(testMessage("m", body)))
        .json()
        .catch(() => undefined),
    ).toEqual(
      await testMessage("m", body)
        .json()
        .catch(() => undefined),
    );
  });

  test("text of another character set is bytes, so that nobody reads it by the wrong one", async () => {
    const message = Object.create(testMessage("1", "é"), { contentType: { value: "text/plain; charset=iso-8859-1" } });
    expect(await toCloudEvent(message)).toMatchObject({ data_base64: "w6k=" });
  });

  test("256 KB of bytes that are no text come back exactly", async () => {
    const body = new Uint8Array(256 * 1024).map((_, index) => (index * 31) % 256);
    const back = fromCloudEvent(JSON.parse(JSON.stringify(await toCloudEvent(testMessage("big", body)))));
    expect(Buffer.compare(await (back as ReturnType<typeof testMessage>).bytes(), body)).toBe(0);
  });

  test("exact numbers of a change are tagged, and a sequence orders as text", async () => {
    const cloudEvent = await toCloudEvent({
      kind: "change",
      id: "1",
      source: "arn:aws:dynamodb:eu-west-1:123:table/orders",
      time: new Date(0),
      native: undefined,
      table: "orders",
      key: { id: 9007199254740993n },
      action: "update",
      before: undefined,
      after: { price: new Decimal("0.1234567890123456789"), raw: new Uint8Array([1]), at: new Date(0), $ref: "x" },
      expired: undefined,
      partition: "shard-1",
      sequence: "12",
      json: async () => ({}),
    });
    expect(cloudEvent).toMatchObject({
      type: "dev.portico.change.update",
      source: "arn:aws:dynamodb:eu-west-1:123:table/orders",
      subject: "orders",
      sequence: "12".padStart(40, "0"),
      data: {
        table: "orders",
        key: { id: { $bigint: "9007199254740993" } },
        after: {
          $map: [
            ["price", { $decimal: "0.1234567890123456789" }],
            ["raw", { $bytes: "AQ==" }],
            ["at", { $date: "1970-01-01T00:00:00.000Z" }],
            ["$ref", "x"],
          ],
        },
      },
    });
  });

  test("a key that would set a prototype is carried beside its value, not as a key", async () => {
    const payload = JSON.parse('{"__proto__":1}');
    const change = { kind: "change", id: "1", source: "s", time: new Date(0), native: undefined, table: "t" } as const;
    const none = { before: undefined, after: undefined, expired: undefined, partition: undefined, sequence: undefined };
    const cloudEvent = await toCloudEvent({
      ...change,
      ...none,
      key: payload,
      action: "insert",
      json: async () => payload,
    });
    expect(cloudEvent.data).toMatchObject({ key: { $map: [["__proto__", 1]] } });
  });

  test("data of an event that JSON has no words for is tagged, and restored", async () => {
    const none = { subject: undefined, datacontenttype: undefined, dataschema: undefined, extensions: {} };
    const data = { zero: -0, big: 2n ** 64n };
    const event = {
      kind: "event",
      id: "1",
      source: "s",
      type: "t",
      time: new Date(0),
      native: undefined,
      data,
    } as const;
    const readers = { text: async () => "?", json: async () => data, bytes: async () => new Uint8Array([0x3f]) };
    const back = fromCloudEvent(JSON.parse(JSON.stringify(await toCloudEvent({ ...event, ...none, ...readers }))));
    expect(await back.json()).toEqual(data);
  });

  test("a source that is no URI-reference is encoded for others and restored for us", async () => {
    const cloudEvent = await toCloudEvent(Object.create(testMessage("1"), { source: { value: "my queue: 1" } }));
    expect(cloudEvent.source).toBe("./my%20queue:%201");
    expect(fromCloudEvent(cloudEvent).source).toBe("my queue: 1");
  });

  test("an event that no JSON holds is refused", async () => {
    const payload: Record<string, unknown> = {};
    payload.self = payload;
    const call = { kind: "invoke", id: "1", source: "s", time: new Date(0), native: undefined, payload } as const;
    await expect(toCloudEvent({ ...call, json: async () => payload })).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      permanent: true,
    });
  });

  test("a kind that does not exist is refused by name", async () => {
    await expect(toCloudEvent({ kind: "mail" } as never)).rejects.toThrow('There is no event of the kind "mail".');
  });
});
