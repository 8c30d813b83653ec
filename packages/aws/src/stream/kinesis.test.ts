import { deadLetter, drop, HandlerError, retry, type StreamRecord, stream } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { lambdaContext, logged } from "../../test/events.js";
import { kinesisEvent, kinesisRecord, sequenceOf, throughPipes } from "../../test/stream-events.js";
import { stream as deploy, type StreamOptions } from "../stream.js";

const sink = async () => undefined;
const never = () => new Promise<undefined>(() => undefined);

type Handler = Parameters<ReturnType<typeof stream>["handle"]>[0];

function start(handler: Handler, options: StreamOptions = {}) {
  const entry = deploy(stream("clicks").handle(handler), { sink, ...options });
  return (event: unknown) => entry(event, lambdaContext());
}

async function read(event: unknown, options: StreamOptions = {}): Promise<StreamRecord[]> {
  const seen: StreamRecord[] = [];
  await start((record) => void seen.push(record), options)(event);
  return seen;
}

const declared = { batchItemFailures: true };
const from = (place: number) => ({ batchItemFailures: [{ itemIdentifier: sequenceOf(place) }] });

describe("a record", () => {
  test("has its shard, its keys and the time to the millisecond", async () => {
    const [record] = await read(kinesisEvent(kinesisRecord(7, '{"a":1}', "6")));
    expect(record).toMatchObject({
      kind: "stream",
      id: `shardId-000000000006:${sequenceOf(7)}`,
      source: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
      partition: "shardId-000000000006",
      partitionKey: "key-7",
      sequence: sequenceOf(7),
      key: undefined,
      headers: [],
      tombstone: false,
      contentType: undefined,
      correlationId: undefined,
      subject: undefined,
      replyTo: undefined,
      attempt: undefined,
    });
    expect(record?.time.toISOString()).toBe("2016-12-02T01:18:43.477Z");
    expect(record?.attributes).toEqual({});
    expect(await record?.json()).toEqual({ a: 1 });
  });

  test.each([
    ["empty", new Uint8Array()],
    ["binary, and no UTF-8", Uint8Array.from([0, 255, 254, 128, 10])],
    ["256 KB", new Uint8Array(256 * 1024).fill(0xab)],
    ["aggregated by KPL, and left so", Uint8Array.from([0xf3, 0x89, 0x9a, 0xc2, 1, 2, 3])],
  ])("has its exact bytes: %s", async (_, bytes) => {
    const [record] = await read(kinesisEvent(kinesisRecord(1, bytes)));
    expect(await record?.bytes()).toEqual(bytes);
  });

  test("without an arrival time has the time at which it came", async () => {
    const record = kinesisRecord(1);
    const before = Date.now();
    const [seen] = await read(
      kinesisEvent({ ...record, kinesis: { ...record.kinesis, approximateArrivalTimestamp: undefined as never } }),
    );
    expect(seen?.time.getTime()).toBeGreaterThanOrEqual(before);
    expect(seen?.time).toEqual(seen?.time);
  });

  test("keeps the digits of numbers that JSON.parse would round, as text", async () => {
    const text = '{"n":12345678901234567890123456789012345678,"__proto__":{"x":1}}';
    const [record] = await read(kinesisEvent(kinesisRecord(1, text)));
    expect(await record?.text()).toBe(text);
    await expect(record?.json()).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

describe("failures", () => {
  test("with the declaration: it stops at the first, and the lowest sequence number alone is reported", async () => {
    const seen: string[] = [];
    const run = start(({ sequence }) => {
      seen.push(sequence);
      return sequence === sequenceOf(2) ? retry() : undefined;
    }, declared);
    expect(await run(kinesisEvent(1, 2, 3, 4))).toEqual(from(2));
    expect(seen).toEqual([sequenceOf(1), sequenceOf(2)]);
  });

  test("the lowest is told with all 56 digits, also where records come in another order", async () => {
    const run = start(() => retry(), declared);
    expect(await run(kinesisEvent(4, 3, 2))).toEqual(from(2));
  });

  test("without the declaration: it rejects, and the whole delivery comes again", async () => {
    const run = start(({ sequence }) => (sequence === sequenceOf(2) ? retry() : undefined));
    await expect(run(kinesisEvent(1, 2, 3))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("where nothing failed the list is empty, and without the declaration there is no result", async () => {
    expect(await start(() => undefined, declared)(kinesisEvent(1, 2))).toEqual({ batchItemFailures: [] });
    expect(await start(() => drop("old"))(kinesisEvent(1))).toBeUndefined();
    expect(await start(() => undefined, declared)({ Records: [] })).toEqual({ batchItemFailures: [] });
  });

  test("a sink is demanded when it is registered", () => {
    const fn = stream("clicks").handle(() => undefined);
    expect(() => deploy(fn)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  test("a dead letter goes to the sink, and the shard goes on", async () => {
    const store = vi.fn(sink);
    const run = start(({ sequence }) => (sequence === sequenceOf(1) ? deadLetter("bad") : undefined), {
      ...declared,
      sink: store,
    });
    expect(await run(kinesisEvent(1, 2))).toEqual({ batchItemFailures: [] });
    expect(store).toHaveBeenCalledWith(
      expect.objectContaining({ sequence: sequenceOf(1) }),
      "bad",
      expect.objectContaining({
        key: `arn:aws:kinesis:eu-west-1:123456789012:stream/clicks#shardId-000000000000:${sequenceOf(1)}`,
      }),
    );
  });

  test.each([
    ["fails", () => Promise.reject(new Error("no disk"))],
    ["hangs", never],
  ])("a sink that %s leaves the record, and what is behind it, to come again", async (_, store) => {
    const run = start(() => deadLetter("bad"), { ...declared, sink: store, timeoutMs: 60 });
    expect(await run(kinesisEvent(1, 2))).toEqual(from(1));
  });

  test.each([
    ["throws undefined", () => Promise.reject(undefined)],
    ["throws an error", () => Promise.reject(new Error("x"))],
    ["never settles", never],
  ])("a handler that %s stops the shard there", async (_, fail) => {
    const run = start(({ sequence }) => (sequence === sequenceOf(2) ? fail() : undefined), {
      ...declared,
      timeoutMs: 60,
    });
    expect(await run(kinesisEvent(1, 2, 3))).toEqual(from(2));
  });

  test("while a handler that was given up goes on, nothing of its shard begins, and other shards do", async () => {
    let free = (): void => undefined;
    const seen: string[] = [];
    const run = start(
      ({ id }) => {
        seen.push(id);
        if (seen.length === 1) return new Promise<undefined>((resolve) => (free = () => resolve(undefined)));
        return undefined;
      },
      { ...declared, timeoutMs: 60 },
    );
    expect(await run(kinesisEvent(1))).toEqual(from(1));
    expect(await run(kinesisEvent(1))).toEqual(from(1));
    expect(seen).toHaveLength(1);
    await run(kinesisEvent(kinesisRecord(5, "{}", "1")));
    expect(seen).toHaveLength(2);
    free();
    expect(await run(kinesisEvent(1))).toEqual({ batchItemFailures: [] });
    expect(seen).toHaveLength(3);
  });

  test("a batch handler's failure is reported with all behind it", async () => {
    const fn = stream("clicks").batch(async (items) =>
      items.map((_, index) => (index === 1 ? retry() : index === 2 ? deadLetter("x") : undefined)),
    );
    const store = vi.fn(sink);
    expect(await deploy(fn, { ...declared, sink: store })(kinesisEvent(1, 2, 3), lambdaContext())).toEqual(from(2));
    expect(store).not.toHaveBeenCalled();
  });

  test("retry({ afterSeconds }) is a plain retry, which is said once", async () => {
    const run = start(() => retry({ afterSeconds: 9 }), declared);
    const lines = await logged(async () => {
      expect(await run(kinesisEvent(1))).toEqual(from(1));
      expect(await run(kinesisEvent(1))).toEqual(from(1));
    });
    expect(lines.filter(({ message }) => String(message).includes("plain retry"))).toHaveLength(1);
  });
});

describe("bad input", () => {
  const bad = (facts: Record<string, unknown>) => {
    const record = kinesisRecord(1);
    return { ...record, kinesis: { ...record.kinesis, ...facts } } as typeof record;
  };

  test.each([
    ["base64 that is none", bad({ data: "@@@@" })],
    ["base64 that was cut", bad({ data: "SGVsb" })],
    ["JSON that is none", kinesisRecord(1, "{")],
    ["an empty payload", kinesisRecord(1, "")],
    ["UTF-8 that is none", kinesisRecord(1, Uint8Array.from([0x22, 0xff, 0x22]))],
    ["no data", bad({ data: undefined })],
    ["data of another type", bad({ data: 7 })],
  ])("%s is a dead letter, and its mates are unharmed", async (_, record) => {
    const store = vi.fn(sink);
    const seen: unknown[] = [];
    const run = start(async (one) => void seen.push(await one.json()), { ...declared, sink: store });
    expect(await run(kinesisEvent(record, 2))).toEqual({ batchItemFailures: [] });
    expect(store).toHaveBeenCalledTimes(1);
    expect(seen).toEqual([{}]);
  });

  test.each([
    ["no sequence number", bad({ sequenceNumber: undefined })],
    ["an empty one", bad({ sequenceNumber: "" })],
    ["no Kinesis in it", { eventSource: "aws:kinesis" }],
    ["another source", { ...kinesisRecord(2), eventSource: "aws:sqs" }],
    ["nothing", null],
  ])("a record with %s rejects the delivery, since no failure of it could be reported", async (_, record) => {
    const run = start(() => undefined, declared);
    await expect(run({ Records: [kinesisRecord(1), record] })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  });

  test.each([
    ["SQS", { Records: [{ eventSource: "aws:sqs", messageId: "1", body: "" }] }],
    ["DynamoDB", { Records: [{ eventSource: "aws:dynamodb" }] }],
    ["a list", [kinesisRecord(1)]],
    ["null", null],
    ["text", "x"],
    ["Records that are none", { Records: "x" }],
    ["a window of DynamoDB without records", { window: {}, eventSourceARN: "arn:aws:dynamodb:eu-west-1:1:table/x" }],
  ])("an event of another kind is refused: %s", async (_, event) => {
    await expect(start(() => undefined)(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  });

  test("a sequence number twice in a delivery is run twice, and reported once", async () => {
    const run = start(() => undefined, declared);
    expect(await run(kinesisEvent(1, 1))).toEqual({ batchItemFailures: [] });
    let calls = 0;
    const second = start(() => (++calls === 2 ? retry() : undefined), declared);
    expect(await second(kinesisEvent(1, 1, 2))).toEqual(from(1));
  });
});

test("what a record is not wrapped in is refused at registration", () => {
  expect(() => start(() => undefined, { unwrap: "sqs" as never })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});

describe("through EventBridge Pipes", () => {
  const pipes = { ...declared, unwrap: "pipes" } as const;
  const event = [1, 2, 3].map((place) => throughPipes(kinesisRecord(place, `{"at":${place}}`)));

  test("a bare list of flat records is read", async () => {
    const records = await read(event, pipes);
    expect(await Promise.all(records.map((record) => record.json()))).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }]);
    expect(records[2]).toMatchObject({ sequence: sequenceOf(3), partition: "shardId-000000000000" });
  });

  test("a failure, and all behind it, are reported by the ids of their events, which a pipe knows them by", async () => {
    const run = start(({ sequence }) => (sequence === sequenceOf(2) ? retry() : undefined), pipes);
    expect(await run(event)).toEqual({
      batchItemFailures: [2, 3].map((place) => ({ itemIdentifier: `shardId-000000000000:${sequenceOf(place)}` })),
    });
  });

  test("an empty list is done, and a wrapped event is refused", async () => {
    expect(await start(() => undefined, pipes)([])).toEqual({ batchItemFailures: [] });
    await expect(start(() => undefined, pipes)(kinesisEvent(1))).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  });
});

test("a permanent error is a dead letter with its code", async () => {
  const store = vi.fn(sink);
  const run = start(
    () => {
      throw new HandlerError("INPUT_INVALID", "no sku");
    },
    { ...declared, sink: store },
  );
  expect(await run(kinesisEvent(1))).toEqual({ batchItemFailures: [] });
  expect(store).toHaveBeenCalledWith(expect.anything(), "INPUT_INVALID: no sku", expect.anything());
});
