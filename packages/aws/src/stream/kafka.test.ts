import { deadLetter, retry, type StreamRecord, stream, toTraceparent } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { lambdaContext, logged } from "../../test/events.js";
import { base64, kafkaRecord, mskEvent, selfManagedKafkaEvent } from "../../test/stream-events.js";
import { stream as deploy, type StreamOptions } from "../stream.js";

const sink = async () => undefined;
const never = () => new Promise<undefined>(() => undefined);

type Handler = Parameters<ReturnType<typeof stream>["handle"]>[0];

function start(handler: Handler, options: StreamOptions = {}) {
  const entry = deploy(stream("orders").handle(handler), { sink, ...options });
  return (event: unknown) => entry(event, lambdaContext());
}

async function read(event: unknown, options: StreamOptions = {}): Promise<StreamRecord[]> {
  const seen: StreamRecord[] = [];
  await start((record) => void seen.push(record), options)(event);
  return seen;
}

const one = (over: Record<string, unknown>, offset = 15) => mskEvent({ "orders-0": [kafkaRecord(offset, over)] });
const declared = { batchItemFailures: true };
const from = (...ids: readonly (readonly [partition: string, offset: number])[]) => ({
  batchItemFailures: ids.map(([partition, offset]) => ({ itemIdentifier: { partition, offset } })),
});

describe("a record", () => {
  test("has its place, its time and its payload", async () => {
    const [record] = await read(one({ value: base64('{"a":1}') }));
    expect(record).toMatchObject({
      kind: "stream",
      id: "orders-0/15",
      source: "arn:aws:kafka:eu-west-1:123456789012:topic/shop/e9f754c6-d29a-4430-a7db-958a19fd2c54-4/orders",
      partition: "orders-0",
      partitionKey: "key",
      sequence: "15",
      tombstone: false,
      attempt: undefined,
    });
    expect(record?.time.getTime()).toBe(1595035749700);
    expect(record?.key).toEqual(new TextEncoder().encode("key"));
    expect(await record?.json()).toEqual({ a: 1 });
  });

  test("of a self-managed cluster has a source that does not depend on the order of its servers", async () => {
    const record = kafkaRecord(0);
    const [here] = await read(selfManagedKafkaEvent({ "orders-0": [record] }));
    expect(here?.source).toBe("b-1:9092,b-2:9092/orders");
    const [there] = await read({
      ...selfManagedKafkaEvent({ "orders-0": [record] }),
      bootstrapServers: "b-1:9092,b-2:9092",
    });
    expect(there?.source).toBe(here?.source);
  });

  test.each([
    ["absent", undefined],
    ["null", null],
  ])("whose value is %s is a tombstone, with an empty payload", async (_, value) => {
    const [record] = await read(one({ value }));
    expect(record?.tombstone).toBe(true);
    expect(await record?.bytes()).toEqual(new Uint8Array());
    await expect(record?.json()).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("whose value is empty is none", async () => {
    const [record] = await read(one({ value: "" }));
    expect(record?.tombstone).toBe(false);
    expect(await record?.text()).toBe("");
  });

  test.each([
    ["no key", undefined, undefined, undefined],
    ["null for a key", null, undefined, undefined],
    ["an empty key", "", new Uint8Array(), ""],
    ["a key that is no text", base64(Uint8Array.from([255, 0])), Uint8Array.from([255, 0]), undefined],
  ])("may have %s", async (_, given, key, partitionKey) => {
    const [record] = await read(one({ key: given }));
    expect(record?.key).toEqual(key);
    expect(record?.partitionKey).toBe(partitionKey);
  });

  test("has its headers as bytes, which come signed, in order and with their duplicates", async () => {
    const headers = [{ mark: [118, -36, 0, 127, -128] }, { name: [97] }, { name: [98] }, { empty: null }];
    const [record] = await read(one({ headers }));
    expect(record?.headers).toEqual([
      ["mark", Uint8Array.from([118, 220, 0, 127, 128])],
      ["name", Uint8Array.from([97])],
      ["name", Uint8Array.from([98])],
      ["empty", new Uint8Array()],
    ]);
    // What is no text is not among the attributes; of duplicates the last one is.
    expect(record?.attributes).toEqual({ name: "b", empty: "" });
  });

  test("has what its headers say about it, and their trace", async () => {
    const bytes = (text: string) => [...Buffer.from(text)];
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = [
      { "content-type": bytes("application/json") },
      { correlationId: bytes("c") },
      { subject: bytes("s") },
      { "reply-to": bytes("r") },
      { traceparent: bytes(traceparent) },
    ];
    let seen: unknown;
    await start((record, { trace }) => {
      const { contentType, correlationId, subject, replyTo } = record;
      seen = { contentType, correlationId, subject, replyTo, trace: toTraceparent(trace).slice(0, 35) };
    })(one({ headers }));
    expect(seen).toEqual({
      contentType: "application/json",
      correlationId: "c",
      subject: "s",
      replyTo: "r",
      trace: traceparent.slice(0, 35),
    });
  });

  test("has attributes of any name, which set no prototype", async () => {
    const [record] = await read(one({ headers: JSON.parse('[{"__proto__":[97]},{"constructor":[98]}]') }));
    expect(Object.entries(record?.attributes ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test("without a time stamp has the time at which it came", async () => {
    const before = Date.now();
    const [record] = await read(one({ timestamp: -1 }));
    expect(record?.time.getTime()).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ["binary", Uint8Array.from([0, 255, 128])],
    ["256 KB", new Uint8Array(256 * 1024).fill(7)],
  ])("has its exact bytes: %s", async (_, bytes) => {
    const [record] = await read(one({ value: base64(bytes) }));
    expect(Buffer.compare((await record?.bytes()) ?? new Uint8Array(), bytes)).toBe(0);
  });
});

describe("failures", () => {
  const event = () =>
    mskEvent({
      "orders-0": [15, 16, 17].map((offset) => kafkaRecord(offset)),
      "orders-1": [7, 8].map((offset) => kafkaRecord(offset, { partition: 1 })),
      "refunds-0": [3].map((offset) => kafkaRecord(offset, { topic: "refunds" })),
    });

  test("with the declaration: the lowest of each topic and partition, as an object", async () => {
    const seen: string[] = [];
    const run = start(({ id }) => {
      seen.push(id);
      return id === "orders-0/16" || id === "orders-1/7" ? retry() : undefined;
    }, declared);
    expect(await run(event())).toEqual(from(["orders-0", 16], ["orders-1", 7]));
    expect(seen.sort()).toEqual(["orders-0/15", "orders-0/16", "orders-1/7", "refunds-0/3"]);
  });

  test("offsets are compared as numbers", async () => {
    const run = start(() => retry(), declared);
    const backwards = mskEvent({ "orders-0": [10, 9, 100].map((offset) => kafkaRecord(offset)) });
    expect(await run(backwards)).toEqual(from(["orders-0", 9]));
  });

  test("without the declaration: it rejects", async () => {
    await expect(start(() => retry())(event())).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await start(() => undefined)(event())).toBeUndefined();
    expect(await start(() => undefined, declared)(event())).toEqual(from());
  });

  test("a sink is demanded when it is registered, and a dead letter goes there", async () => {
    expect(() => deploy(stream("orders").handle(() => undefined))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
    const store = vi.fn(sink);
    expect(await start(() => deadLetter("x"), { ...declared, sink: store })(one({}))).toEqual(from());
    expect(store).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["a sink that fails", () => deadLetter("x"), () => Promise.reject(new Error("no disk"))],
    ["a sink that hangs", () => deadLetter("x"), never],
    ["a handler that throws undefined", () => Promise.reject(undefined), sink],
    ["a handler that never settles", never, sink],
  ])("%s stops its partition, and no other", async (_, handler, store) => {
    const run = start(({ id }) => (id === "orders-0/16" ? handler() : undefined), {
      ...declared,
      sink: store,
      timeoutMs: 60,
    });
    expect(await run(event())).toEqual(from(["orders-0", 16]));
  });

  test("the same topic of two clusters is two groups", async () => {
    let hang = true;
    const run = start(() => (hang ? never() : undefined), { ...declared, timeoutMs: 60 });
    expect(await run(one({}))).toEqual(from(["orders-0", 15]));
    hang = false;
    expect(await run(selfManagedKafkaEvent({ "orders-0": [kafkaRecord(15)] }))).toEqual(from());
    expect(await run(one({}))).toEqual(from(["orders-0", 15]));
  });
});

describe("bad input", () => {
  test.each([
    ["a value that is no base64", { value: "@@" }],
    ["a value that is no JSON", { value: base64("{") }],
    ["a value that is no UTF-8", { value: base64(Uint8Array.from([0x22, 0xff, 0x22])) }],
    ["a value of another type", { value: 7 }],
  ])("%s is a dead letter, and its mates are unharmed", async (_, over) => {
    const store = vi.fn(sink);
    const seen: unknown[] = [];
    const run = start(async (record) => void seen.push(await record.json()), { ...declared, sink: store });
    expect(await run(mskEvent({ "orders-0": [kafkaRecord(1, over), kafkaRecord(2)] }))).toEqual(from());
    expect(store).toHaveBeenCalledTimes(1);
    expect(seen).toEqual([{}]);
  });

  test("headers that are none, and a key that is no base64, are the handler's to meet", async () => {
    const store = vi.fn(sink);
    const run = start((record) => void record.key, { ...declared, sink: store });
    expect(await run(one({ key: "@@", headers: undefined }))).toEqual(from());
    expect(store).toHaveBeenCalledTimes(1);
    for (const headers of [null, 7, [], [null]]) expect((await read(one({ headers })))[0]?.headers).toEqual([]);
  });

  test.each([
    ["no offset", kafkaRecord(1, { offset: undefined })],
    ["an offset beyond 2^53", kafkaRecord(2 ** 53)],
    ["a text for an offset", kafkaRecord(1, { offset: "first" })],
    ["nothing in it", null],
  ])("a record with %s rejects the delivery, since no failure of it could be reported", async (_, record) => {
    const run = start(() => undefined, declared);
    await expect(run(mskEvent({ "orders-0": [record as never] }))).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  });

  test("an empty delivery is done, and a partition that is no list is malformed", async () => {
    expect(await start(() => undefined, declared)(mskEvent({}))).toEqual(from());
    expect(await start(() => undefined, declared)(mskEvent({ "orders-0": [] }))).toEqual(from());
    await expect(start(() => undefined)(mskEvent({ "orders-0": "x" as never }))).rejects.toMatchObject({
      code: "EVENT_MALFORMED",
    });
  });

  test.each([
    ["RabbitMQ", { eventSource: "aws:rmq", rmqMessagesByQueue: {} }],
    ["a Kafka event without records", { eventSource: "aws:kafka" }],
    ["an empty object", {}],
  ])("an event of another kind is refused: %s", async (_, event) => {
    await logged(async () => {
      await expect(start(() => undefined)(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
    });
  });

  test("a partition named __proto__ is one like any other", async () => {
    const event = JSON.parse(
      JSON.stringify(mskEvent({ swap: [kafkaRecord(1, { topic: "__proto__" })] })).replace("swap", "__proto__"),
    );
    expect(await start(() => retry(), declared)(event)).toEqual(from(["__proto__", 1]));
  });
});

describe("through EventBridge Pipes", () => {
  const list = [kafkaRecord(1), kafkaRecord(2), kafkaRecord(1, { partition: "1" })].map((record) => ({
    ...record,
    eventSource: "SelfManagedKafka",
    bootstrapServers: "b-2:9092,b-1:9092",
    eventSourceKey: "orders-0",
  }));

  test("a bare list is read, each record with its cluster", async () => {
    const records = await read(list, { unwrap: "pipes" });
    expect(records.map(({ id, source }) => `${source} ${id}`).sort()).toEqual([
      "b-1:9092,b-2:9092/orders orders-0/1",
      "b-1:9092,b-2:9092/orders orders-0/2",
      "b-1:9092,b-2:9092/orders orders-1/1",
    ]);
  });

  test("a record of another source among them rejects the delivery", async () => {
    for (const other of [null, { eventSource: "aws:sqs" }]) {
      await expect(start(() => undefined, { unwrap: "pipes" })([...list, other])).rejects.toMatchObject({
        code: "EVENT_MALFORMED",
      });
    }
  });

  test("a failure brings back the whole delivery: a pipe takes no partial result for Kafka", async () => {
    await expect(start(() => retry(), { ...declared, unwrap: "pipes" })(list)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });
});
