import { type ChangeEvent, change, Decimal, deadLetter, retry } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { lambdaContext } from "../../test/events.js";
import {
  changeInKinesis,
  dynamoDbEvent,
  dynamoDbRecord,
  kinesisEvent,
  kinesisRecord,
  sequenceOf,
  tableArn,
} from "../../test/stream-events.js";
import { type ChangeOptions, change as deploy } from "../change.js";

const sink = async () => undefined;
const never = () => new Promise<undefined>(() => undefined);

type Handler = Parameters<ReturnType<typeof change>["handle"]>[0];

function start(handler: Handler, options: ChangeOptions = {}) {
  const entry = deploy(change("Orders").handle(handler), { sink, ...options });
  return (event: unknown) => entry(event, lambdaContext());
}

async function read(event: unknown, options: ChangeOptions = {}): Promise<ChangeEvent[]> {
  const seen: ChangeEvent[] = [];
  await start((one) => void seen.push(one), options)(event);
  return seen;
}

async function readImage(image: Record<string, unknown>) {
  const [event] = await read(dynamoDbEvent(dynamoDbRecord(1, {}, { NewImage: image })));
  return event?.after;
}

const declared = { batchItemFailures: true };
const from = (place: number) => ({
  batchItemFailures: [{ itemIdentifier: `140540000000000206328${String(place).padStart(4, "0")}` }],
});

describe("a change", () => {
  test("has its table, its key and its images", async () => {
    const [event] = await read(
      dynamoDbEvent(dynamoDbRecord(7, { eventName: "MODIFY" }, { OldImage: { id: { S: "order-7" }, at: { N: "1" } } })),
    );
    expect(event).toMatchObject({
      kind: "change",
      id: "event-7",
      source: tableArn,
      table: "Orders",
      action: "update",
      key: { id: "order-7" },
      before: { id: "order-7", at: 1 },
      after: { id: "order-7" },
      expired: undefined,
      partition: undefined,
      sequence: "1405400000000002063280007",
    });
    expect(event?.time.toISOString()).toBe("2016-12-02T01:27:00.000Z");
    expect(await event?.json()).toMatchObject({ table: "Orders", action: "update", after: { id: "order-7" } });
  });

  test.each([
    ["INSERT", "insert"],
    ["MODIFY", "update"],
    ["REMOVE", "delete"],
  ])("%s is %s", async (eventName, action) => {
    expect((await read(dynamoDbEvent(dynamoDbRecord(1, { eventName }))))[0]?.action).toBe(action);
  });

  test.each([
    ["KEYS_ONLY", {}, undefined, undefined],
    ["NEW_IMAGE", { NewImage: { a: { S: "n" } } }, undefined, { a: "n" }],
    ["OLD_IMAGE", { OldImage: { a: { S: "o" } } }, { a: "o" }, undefined],
    ["NEW_AND_OLD_IMAGES", { NewImage: { a: { S: "n" } }, OldImage: { a: { S: "o" } } }, { a: "o" }, { a: "n" }],
  ])("has the images of its view type: %s", async (StreamViewType, images, before, after) => {
    const facts = { NewImage: undefined, ...images, StreamViewType };
    const [event] = await read(dynamoDbEvent(dynamoDbRecord(1, { eventName: "MODIFY" }, facts)));
    expect(event?.before).toEqual(before === undefined ? undefined : Object.assign(Object.create(null), before));
    expect(event?.after).toEqual(after === undefined ? undefined : Object.assign(Object.create(null), after));
    expect(event?.key).toEqual(Object.assign(Object.create(null), { id: "order-1" }));
  });

  const service = { type: "Service", principalId: "dynamodb.amazonaws.com" };
  test.each([
    ["a deletion by time to live", "REMOVE", service, true],
    ["a deletion by a user", "REMOVE", undefined, false],
    ["a deletion with null for an identity", "REMOVE", null, false],
    ["a deletion by another service", "REMOVE", { ...service, principalId: "x" }, false],
    ["a deletion by a user of that name", "REMOVE", { ...service, type: "User" }, false],
    ["an insertion, whoever made it", "INSERT", service, undefined],
  ])("says whether it expired: %s", async (_, eventName, userIdentity, expired) => {
    expect((await read(dynamoDbEvent(dynamoDbRecord(1, { eventName, userIdentity }))))[0]?.expired).toBe(expired);
  });

  test.each([
    [tableArn, "Orders"],
    ["arn:aws:dynamodb:us-east-1:0000000000:mytable", "mytable"],
    ["stream-ARN", "stream-ARN"],
    ["", ""],
    [undefined, ""],
  ])("has a table, whatever its ARN: %s", async (eventSourceARN, table) => {
    expect((await read(dynamoDbEvent(dynamoDbRecord(1, { eventSourceARN }))))[0]?.table).toBe(table);
  });

  test.each([
    ["seconds", 1480642020, "2016-12-02T01:27:00.000Z"],
    ["seconds with a fraction", 1480642020.25, "2016-12-02T01:27:00.250Z"],
    ["milliseconds", 1480642020123, "2016-12-02T01:27:00.123Z"],
    ["microseconds", 1480642020123456, "2016-12-02T01:27:00.123Z"],
  ])("has its time, in %s", async (_, ApproximateCreationDateTime, time) => {
    const [event] = await read(dynamoDbEvent(dynamoDbRecord(1, {}, { ApproximateCreationDateTime })));
    expect(event?.time.toISOString()).toBe(time);
  });

  test("without a time has the one at which it came, and without an id its sequence number", async () => {
    const before = Date.now();
    const record = dynamoDbRecord(1, { eventID: undefined }, { ApproximateCreationDateTime: undefined });
    const [event] = await read(dynamoDbEvent(record));
    expect(event?.time.getTime()).toBeGreaterThanOrEqual(before);
    expect(event?.id).toBe(event?.sequence);
  });
});

describe("an attribute", () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    ["a text", { S: "x" }, "x"],
    ["an empty text", { S: "" }, ""],
    ["a number", { N: "35" }, 35],
    ["a fraction", { N: "-123.45" }, -123.45],
    ["a power of ten", { N: "1E+2" }, 100],
    ["an integer beyond 2^53", { N: "9007199254740993" }, 9007199254740993n],
    [
      "an integer of 38 digits",
      { N: "12345678901234567890123456789012345678" },
      12345678901234567890123456789012345678n,
    ],
    [
      "a fraction of 38 digits",
      { N: "1.2345678901234567890123456789012345678" },
      new Decimal("1.2345678901234567890123456789012345678"),
    ],
    ["bytes", { B: "AAEqQQ==" }, Uint8Array.from([0, 1, 42, 65])],
    ["no bytes", { B: "" }, new Uint8Array()],
    ["a boolean", { BOOL: false }, false],
    ["null", { NULL: true }, null],
    ["a list", { L: [{ S: "a" }, { N: "1" }, { L: [] }] }, ["a", 1, []]],
    ["a set of texts", { SS: ["a", "b"] }, ["a", "b"]],
    ["an empty set", { SS: [] }, []],
    ["a set of numbers", { NS: ["1", "9007199254740993"] }, [1, 9007199254740993n]],
    [
      "a set of bytes",
      { BS: ["AAEqQQ==", "QSoBAA=="] },
      [Uint8Array.from([0, 1, 42, 65]), Uint8Array.from([65, 42, 1, 0])],
    ],
  ])("is exact: %s", async (_, attribute, value) => {
    expect((await readImage({ attribute }))?.attribute).toEqual(value);
  });

  test("that is a map has no prototype, whatever its keys", async () => {
    const after = await readImage(
      JSON.parse('{"m":{"M":{"__proto__":{"S":"a"},"constructor":{"S":"b"}}},"__proto__":{"S":"c"}}'),
    );
    const map = after?.m as object;
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(Object.getPrototypeOf(after)).toBeNull();
    expect(Object.entries(map)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(Object.keys(after ?? {})).toEqual(["m", "__proto__"]);
  });

  test.each<[string, unknown]>([
    ["of an unknown type", { X: "1" }],
    ["of the prototype's type", JSON.parse('{"__proto__":"1"}')],
    ["without a type", {}],
    ["of two types", { S: "a", N: "1" }],
    ["that is no number", { N: "one" }],
    ["that is an empty number", { N: "" }],
    ["that is a hexadecimal number", { N: "0x10" }],
    ["that is no base64", { B: "@@" }],
    ["that is no boolean", { BOOL: "true" }],
    ["that is no list", { L: {} }],
    ["that is no map", { M: [] }],
    ["that is no text", { S: 1 }],
    ["that is null", null],
    ["that is a text", "x"],
  ])("%s makes its change a dead letter, and leaves its mates unharmed", async (_, attribute) => {
    const store = vi.fn(sink);
    const seen: unknown[] = [];
    const run = start((event) => void seen.push(event.after), { ...declared, sink: store });
    const bad = dynamoDbRecord(1, {}, { NewImage: { attribute } });
    expect(await run(dynamoDbEvent(bad, 2))).toEqual({ batchItemFailures: [] });
    expect(store).toHaveBeenCalledTimes(1);
    expect(seen).toHaveLength(1);
  });
});

describe("failures", () => {
  test("with the declaration: it stops at the first, and the lowest sequence number alone is reported", async () => {
    const seen: unknown[] = [];
    const run = start(({ id }) => {
      seen.push(id);
      return id === "event-2" ? retry() : undefined;
    }, declared);
    expect(await run(dynamoDbEvent(1, 2, 3))).toEqual(from(2));
    expect(seen).toEqual(["event-1", "event-2"]);
  });

  test("without the declaration: it rejects", async () => {
    await expect(start(() => retry())(dynamoDbEvent(1, 2))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("a sink is demanded when it is registered, and a dead letter goes there", async () => {
    expect(() => deploy(change("Orders").handle(() => undefined))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
    const store = vi.fn(sink);
    expect(await start(() => deadLetter("x"), { ...declared, sink: store })(dynamoDbEvent(1))).toEqual({
      batchItemFailures: [],
    });
    expect(store).toHaveBeenCalledWith(expect.anything(), "x", expect.objectContaining({ key: `${tableArn}#event-1` }));
  });

  test.each([
    ["a sink that fails", () => deadLetter("x"), () => Promise.reject(new Error("no disk"))],
    ["a sink that hangs", () => deadLetter("x"), never],
    ["a handler that throws undefined", () => Promise.reject(undefined), sink],
    ["a handler that never settles", never, sink],
  ])("%s stops the shard there", async (_, handler, store) => {
    const run = start(({ id }) => (id === "event-2" ? handler() : undefined), {
      ...declared,
      sink: store,
      timeoutMs: 60,
    });
    expect(await run(dynamoDbEvent(1, 2, 3))).toEqual(from(2));
  });

  test("changes of other actions are passed over", async () => {
    const seen: unknown[] = [];
    const fn = change("Orders", { actions: ["delete"] }).handle(({ action }) => void seen.push(action));
    const event = dynamoDbEvent(1, dynamoDbRecord(2, { eventName: "REMOVE" }));
    expect(await deploy(fn, { sink, ...declared })(event, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual(["delete"]);
  });
});

describe("bad input", () => {
  test.each([
    ["another action", dynamoDbRecord(1, { eventName: "TRUNCATE" })],
    ["an action that is a property of objects", dynamoDbRecord(1, { eventName: "constructor" })],
    ["no key", dynamoDbRecord(1, {}, { Keys: undefined })],
  ])("a record with %s is no change: it is a dead letter, without the handler", async (_, record) => {
    const store = vi.fn(sink);
    const handler = vi.fn(() => undefined);
    const run = start(handler, { ...declared, sink: store });
    expect(await run(dynamoDbEvent(record, 2))).toEqual({ batchItemFailures: [] });
    expect(store).toHaveBeenCalledTimes(1);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["no sequence number", dynamoDbRecord(1, {}, { SequenceNumber: undefined })],
    ["nothing of DynamoDB", { eventSource: "aws:dynamodb" }],
    ["another source", dynamoDbRecord(1, { eventSource: "aws:sqs" })],
    ["nothing", null],
  ])("a record with %s rejects the delivery, since no failure of it could be reported", async (_, record) => {
    const event = { Records: [dynamoDbRecord(1), record] };
    await expect(start(() => undefined, declared)(event)).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  });

  test("an empty delivery is done, and an event of another kind is refused", async () => {
    expect(await start(() => undefined, declared)({ Records: [] })).toEqual({ batchItemFailures: [] });
    for (const event of [kinesisEvent(1), null, [], { Records: [{ eventSource: "aws:sqs" }] }]) {
      await expect(start(() => undefined)(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
    }
  });

  test("a sequence number twice in a delivery, as fixtures have it, loses nothing", async () => {
    let calls = 0;
    const run = start(() => (++calls === 2 ? retry() : undefined), declared);
    expect(await run(dynamoDbEvent(1, 1, 2))).toEqual(from(1));
  });
});

test("what a change is not wrapped in is refused at registration", () => {
  for (const unwrap of ["sqs", "none", "constructor"]) {
    expect(() => start(() => undefined, { unwrap: unwrap as never })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  }
});

describe("through EventBridge Pipes", () => {
  const pipes = { ...declared, unwrap: "pipes" } as const;

  test("a bare list is read, and failures are reported by the ids of their events", async () => {
    const run = start(({ id }) => (id === "event-2" ? retry() : undefined), pipes);
    expect(await run([1, 2, 3].map((place) => dynamoDbRecord(place)))).toEqual({
      batchItemFailures: [{ itemIdentifier: "event-2" }, { itemIdentifier: "event-3" }],
    });
    expect(await run([])).toEqual({ batchItemFailures: [] });
  });
});

describe("through a Kinesis data stream", () => {
  const unwrap = { ...declared, unwrap: "kinesis" } as const;

  test("a change has its table by name, the place of its record, and milliseconds", async () => {
    const [event] = await read(kinesisEvent(changeInKinesis(7)), unwrap);
    expect(event).toMatchObject({
      id: "event-7",
      source: "Orders",
      table: "Orders",
      action: "insert",
      key: { id: "order-7" },
      after: { id: "order-7" },
      partition: "shardId-000000000000",
      sequence: sequenceOf(7),
    });
    expect(event?.time.toISOString()).toBe("2016-12-02T01:27:00.123Z");
  });

  test("a failure is reported by the sequence number of its record", async () => {
    const run = start(({ id }) => (id === "event-2" ? retry() : undefined), unwrap);
    expect(await run(kinesisEvent(changeInKinesis(1), changeInKinesis(2), changeInKinesis(3)))).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceOf(2) }],
    });
  });

  test.each([
    ["no JSON", kinesisRecord(1, "{")],
    ["null", kinesisRecord(1, "null")],
    ["a list", kinesisRecord(1, "[]")],
    ["another action", changeInKinesis(1, { eventName: "X" })],
    ["no facts", changeInKinesis(1, { dynamodb: undefined })],
  ])("a record that holds %s is a dead letter, with itself to be stored", async (_, record) => {
    const store = vi.fn(async ({ id }: ChangeEvent) => expect(id).toBeTruthy());
    const run = start(() => undefined, { ...unwrap, sink: store });
    expect(await run(kinesisEvent(record, changeInKinesis(2)))).toEqual({ batchItemFailures: [] });
    expect(store).toHaveBeenCalledTimes(1);
  });

  test("the table's own stream is refused there", async () => {
    await expect(start(() => undefined, unwrap)(dynamoDbEvent(1))).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  });
});
