import type { EventHubFunctionOptions } from "@azure/functions";
import { deadLetter, type NeutralEvent, type Sink, type StreamRecord, stream } from "@portico/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { byteList, bytes, json, longs, strings, text } from "../test/rpc.js";
import { retryForEver } from "../test/sources.js";
import { bindingOf, type Firing, fire, worker } from "../test/worker.js";
import { type AzureStreamOptions, stream as register } from "./stream.js";

const sink: Sink = async () => undefined;
const eventHub = { connection: "Hub", retry: retryForEver } satisfies Omit<
  EventHubFunctionOptions,
  "eventHubName" | "handler"
>;
const kafka = { brokerList: "Broker", consumerGroup: "$Default", retry: retryForEver };
let count = 0;
beforeEach(() => void worker.logs.splice(0));

async function receive(firing: Firing, options: AzureStreamOptions) {
  count += 1;
  const records: StreamRecord[] = [];
  const traces: string[] = [];
  const fn = stream("clicks").handle((record, { trace }) => {
    records.push(record);
    traces.push(trace.traceId);
  });
  register(`stream${count}`, fn, options);
  await fire(`stream${count}`, firing);
  return { records, traces, record: records[0] as StreamRecord };
}

const fn = stream("clicks").handle(() => undefined);

test("the host is told of the hub: batches, as bytes, with the retry policy; Azure's own options pass through", () => {
  register("hub-told", fn, {
    eventHub: { ...eventHub, consumerGroup: "mine", cardinality: "one" } as typeof eventHub,
    sink,
  });
  expect(bindingOf("hub-told")).toMatchObject({
    type: "eventHubTrigger",
    eventHubName: "clicks",
    connection: "Hub",
    consumerGroup: "mine",
    cardinality: "many",
    dataType: "binary",
  });
  expect(worker.functions.get("hub-told")?.metadata.retryOptions).toMatchObject({ maxRetryCount: -1 });
  register("kafka-told", fn, { kafka, sink });
  expect(bindingOf("kafka-told")).toMatchObject({
    type: "kafkaTrigger",
    topic: "clicks",
    brokerList: "Broker",
    dataType: "binary",
  });
  expect(worker.functions.get("kafka-told")?.metadata.retryOptions).toMatchObject({ maxRetryCount: -1 });
});

test.each([undefined, {}, { ...retryForEver, maxRetryCount: -2 }, { ...retryForEver, maxRetryCount: 1.5 }])(
  "without a retry policy (%o) it is not registered: the checkpoint would move past what failed",
  (retry) => {
    for (const source of [{ eventHub: { ...eventHub, retry } }, { kafka: { ...kafka, retry } }]) {
      expect(() => register("unsafe", fn, { ...source, sink } as never)).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining("maxRetryCount: -1") }),
      );
    }
  },
);

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const hubBatch = (payloads: readonly (string | Uint8Array)[], more: Firing["metadata"] = {}): Firing => ({
  input: byteList(payloads),
  metadata: {
    PartitionContext: json({
      PartitionId: "3",
      EventHubName: "clicks",
      FullyQualifiedNamespace: "contoso.servicebus.windows.net",
    }),
    PartitionKeyArray: strings(payloads.map((_, index) => (index === 0 ? null : "user-7"))),
    SequenceNumberArray: longs(payloads.map((_, index) => 2n ** 60n + BigInt(index))),
    PropertiesArray: json(payloads.map((_, index) => ({ n: index, "Diagnostic-Id": traceparent }))),
    SystemPropertiesArray: json(
      payloads.map((_, index) => ({
        "x-opt-offset": "42",
        "content-type": "application/json",
        SequenceNumber: 900 + index,
        PartitionKey: index === 0 ? null : "user-7",
        EnqueuedTimeUtc: "2026-03-05T10:15:30.123",
      })),
    ),
    ...more,
  },
});

describe("Event Hubs", () => {
  test("each event has its own bytes and facts, and nobody else's key", async () => {
    const { records, traces } = await receive(hubBatch(["1.0", "", Buffer.from([0xff])]), { eventHub, sink });
    expect(records.map(({ id, partition, sequence, partitionKey }) => [id, partition, sequence, partitionKey])).toEqual(
      [
        ["3:1152921504606846976", "3", "1152921504606846976", undefined],
        ["3:1152921504606846977", "3", "1152921504606846977", "user-7"],
        ["3:1152921504606846978", "3", "1152921504606846978", "user-7"],
      ],
    );
    const payloads = await Promise.all(records.map((record) => record.bytes()));
    expect(payloads.map((payload) => Buffer.from(payload).toString("latin1"))).toEqual(["1.0", "", "\xff"]);
    expect(records[1]).toMatchObject({
      source: "contoso.servicebus.windows.net/clicks",
      contentType: "application/json",
      attempt: undefined,
      key: undefined,
      headers: [],
      tombstone: false,
    });
    expect(records[1]?.attributes.n).toBe("1");
    expect(records[1]?.time.toISOString()).toBe("2026-03-05T10:15:30.123Z");
    expect(traces[0]).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
  });

  test("one event that comes alone, from an older extension or IoT Hub", async () => {
    const metadata = {
      PartitionContext: json({ PartitionId: "0", EventHubPath: "clicks" }),
      SequenceNumber: json(47),
      Offset: text("3696"),
      EnqueuedTimeUtc: json("2020-07-14T01:27:55.627Z"),
      Properties: json({}),
      SystemProperties: json({ SequenceNumber: 47, PartitionKey: null, "iothub-connection-device-id": "awesome" }),
    };
    const { record } = await receive({ input: bytes("[1]"), metadata }, { eventHub, sink });
    expect(record).toMatchObject({ id: "0:47", partition: "0", sequence: "47", source: "clicks" });
    expect(record.time.toISOString()).toBe("2020-07-14T01:27:55.627Z");
  });

  test("a batch as text without its empty event is refused", async () => {
    const firing = { ...hubBatch(["a", "", "c"]), input: strings(["a", "", "c"]) };
    await expect(receive(firing, { eventHub, sink })).rejects.toMatchObject({
      code: "EVENT_MALFORMED",
      permanent: false,
    });
  });

  test("an empty batch is success", async () => {
    expect((await receive(hubBatch([]), { eventHub, sink })).records).toEqual([]);
  });

  test("the partition is handled in order, and stops at the first failure", async () => {
    const order: string[] = [];
    const handler = stream("clicks").handle(async (record) => {
      order.push(record.attributes.n as string);
      if (record.attributes.n === "1") throw new Error("no");
    });
    register("ordered", handler, { eventHub, sink });
    await expect(fire("ordered", hubBatch(["a", "b", "c"]))).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(order).toEqual(["0", "1"]);
  });
});

describe("the last attempt of a finite retry policy", () => {
  const finite = { eventHub: { ...eventHub, retry: { ...retryForEver, maxRetryCount: 2 } } };
  const failing = stream("clicks").handle((record) => {
    if (record.attributes.n === "0") return;
    throw new Error("the database is down");
  });
  const last = { retryCount: 2, maxRetryCount: 2 };
  const logged = () =>
    worker.logs.filter(({ category }) => category === "user").map(({ message }) => JSON.parse(message));

  test("gives the sink what failed and what was not begun, and then succeeds", async () => {
    const stored = vi.fn<Sink>(async () => undefined);
    register("last", failing, { ...finite, sink: stored });
    const firing = hubBatch(["a", "b", "c"]);
    await expect(fire("last", firing)).rejects.toBeInstanceOf(Error);
    await expect(fire("last", { ...firing, retryContext: { ...last, retryCount: 1 } })).rejects.toBeInstanceOf(Error);
    expect(stored).not.toHaveBeenCalled();
    await fire("last", { ...firing, retryContext: last });
    const calls = stored.mock.calls as unknown as [NeutralEvent, string, { key: string }][];
    expect(calls.map(([{ id }]) => id)).toEqual(["3:1152921504606846977", "3:1152921504606846978"]);
    expect(calls[0]?.[1]).toBe("left on the last attempt: the database is down");
    expect(calls[0]?.[2].key).toBe("contoso.servicebus.windows.net/clicks#3:1152921504606846977");
  });

  test("is the first where the policy repeats nothing", async () => {
    const stored = vi.fn<Sink>(async () => undefined);
    register("only", failing, {
      eventHub: { ...eventHub, retry: { ...retryForEver, maxRetryCount: 0 } },
      sink: stored,
    });
    await fire("only", hubBatch(["a", "b"]));
    expect(stored).toHaveBeenCalledTimes(1);
  });

  test("gives the sink what can be read of an Event Hubs batch whose parts do not fit together", async () => {
    const stored = vi.fn<Sink>(async () => undefined);
    register("last-malformed", failing, { ...finite, sink: stored });
    const firing = { ...hubBatch(["a", "", "c"]), input: strings(["a", "", "c"]) };
    await expect(fire("last-malformed", firing)).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
    expect(stored).not.toHaveBeenCalled();
    await fire("last-malformed", { ...firing, retryContext: last });
    const calls = stored.mock.calls as unknown as [StreamRecord, string, { key: string }][];
    expect(await Promise.all(calls.map(([record]) => record.text()))).toEqual(["a", "c", ""]);
    expect(new Set(calls.map(([, , { key }]) => key)).size).toBe(3);
    expect(calls[0]?.[1]).toContain("2 payloads for 3 messages");
  });

  test("gives the sink what can be read of a Kafka batch that misses a tombstone; if the sink fails, so does the attempt", async () => {
    const stored = vi.fn<Sink>(async () => undefined);
    const retry = { ...retryForEver, maxRetryCount: 2 };
    register("last-kafka", failing, { kafka: { ...kafka, retry, cardinality: "many" }, sink: stored });
    const metadata = { PartitionArray: json([0, 0]), OffsetArray: longs([1n, 2n]) };
    await fire("last-kafka", { input: byteList(["a"]), metadata, retryContext: last });
    const calls = stored.mock.calls as unknown as [StreamRecord, string, { key: string }][];
    expect(await Promise.all(calls.map(([record]) => record.text()))).toEqual(["a", ""]);
    expect(calls.map(([, , { key }]) => key)).toEqual(["clicks#0:1-2#0", "clicks#0:1-2#1"]);
    const failingSink = { kafka: { ...kafka, retry, cardinality: "many" }, sink: () => Promise.reject(new Error("x")) };
    register("last-kafka-lost", failing, failingSink);
    await expect(
      fire("last-kafka-lost", { input: byteList(["a"]), metadata, retryContext: last }),
    ).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  });

  test("fails, and says what is lost, where the sink does not take all; the others are saved", async () => {
    const stored = vi.fn<Sink>(async ({ id }) => {
      if (id.endsWith("977")) throw new Error("full");
    });
    register("lost", failing, { ...finite, sink: stored });
    await expect(fire("lost", { ...hubBatch(["a", "b", "c"]), retryContext: last })).rejects.toBeInstanceOf(Error);
    expect(stored).toHaveBeenCalledTimes(2);
    const lost = logged().filter(({ message }) => message.startsWith("lost: "));
    expect(lost.map(({ id }) => id)).toEqual(["3:1152921504606846977"]);
  });

  test("leaves the sink time for what a hanging handler left, with a signal of its own", async () => {
    const aborted: boolean[] = [];
    const stored: Sink = async (_record, _reason, { signal }) => void aborted.push(signal.aborted);
    register(
      "hanging",
      stream("clicks").handle(() => new Promise(() => undefined)),
      { ...finite, sink: stored, timeoutMs: 200 },
    );
    await fire("hanging", { ...hubBatch(["a", "b"]), retryContext: last });
    expect(aborted).toEqual([false, false]);
  });

  test("is given up where the sink hangs", async () => {
    register("hanging-sink", failing, { ...finite, sink: () => new Promise(() => undefined), timeoutMs: 200 });
    await expect(fire("hanging-sink", { ...hubBatch(["a", "b"]), retryContext: last })).rejects.toBeInstanceOf(Error);
  });

  test("never comes where the policy has no end", async () => {
    const stored = vi.fn<Sink>(async () => undefined);
    register("endless", failing, { eventHub, sink: stored });
    const retryContext = { retryCount: 1000, maxRetryCount: -1 };
    await expect(fire("endless", { ...hubBatch(["a", "b"]), retryContext })).rejects.toBeInstanceOf(Error);
    expect(stored).not.toHaveBeenCalled();
  });
});

test("a dead letter does not hold up what is behind it", async () => {
  const stored = vi.fn<Sink>(async () => undefined);
  const handler = stream("clicks").handle(({ attributes }) => (attributes.n === "0" ? deadLetter("bad") : undefined));
  register("passes", handler, { eventHub, sink: stored });
  await fire("passes", hubBatch(["a", "b"]));
  expect(stored).toHaveBeenCalledTimes(1);
});

describe("Kafka", () => {
  const base64 = (value: string) => Buffer.from(value).toString("base64");
  const headers = [
    { Key: "tenant", Value: base64("first") },
    { Key: "tenant", Value: base64("second") },
    { Key: "raw", Value: Buffer.from([0xff]).toString("base64") },
  ];
  const facts = {
    Topic: text("clicks"),
    Partition: json(2),
    Offset: json(17),
    Timestamp: json("2026-03-05T10:15:30Z"),
    Key: text("user-7"),
    Headers: json(headers),
  };

  test("a record has its bytes, key, and headers with their duplicates", async () => {
    const { record } = await receive({ input: bytes(Buffer.from([0xfe, 0x31])), metadata: facts }, { kafka, sink });
    expect(record).toMatchObject({
      id: "2:17",
      source: "clicks",
      partition: "2",
      sequence: "17",
      partitionKey: "user-7",
      tombstone: false,
    });
    expect(Buffer.from(record.key as Uint8Array).toString()).toBe("user-7");
    expect(record.headers.map(([name, value]) => [name, Buffer.from(value).toString("latin1")])).toEqual([
      ["tenant", "first"],
      ["tenant", "second"],
      ["raw", "\xff"],
    ]);
    expect(record.attributes.tenant).toBe("second");
    expect([...(await record.bytes())]).toEqual([0xfe, 0x31]);
    expect(record.time.toISOString()).toBe("2026-03-05T10:15:30.000Z");
  });

  test("a record without a value is a tombstone, one of no length is not", async () => {
    expect((await receive({ input: json(null), metadata: facts }, { kafka, sink })).record.tombstone).toBe(true);
    const empty = (await receive({ input: bytes(""), metadata: facts }, { kafka, sink })).record;
    expect([empty.tombstone, await empty.text()]).toEqual([false, ""]);
  });

  test("a record as text is the extension's document, whose value is not parsed", async () => {
    const document = {
      Offset: 3,
      Partition: 1,
      Topic: "clicks",
      Timestamp: "2026-03-05T10:15:30Z",
      Key: "k",
      Headers: headers,
    };
    const value = '{"n": 12345678901234567890}';
    const { record } = await receive({ input: text(JSON.stringify({ ...document, Value: value })) }, { kafka, sink });
    expect(record).toMatchObject({ id: "1:3", partitionKey: "k", tombstone: false });
    expect(await record.text()).toBe(value);
    expect(record.attributes.tenant).toBe("second");
    const { record: gone } = await receive(
      { input: text(JSON.stringify({ ...document, Value: null })) },
      { kafka, sink },
    );
    expect(gone.tombstone).toBe(true);
  });

  test("a batch runs in order within each partition, and beside the others", async () => {
    const order: string[] = [];
    const handler = stream("clicks").handle(async ({ id }) => {
      order.push(id);
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (id === "0:10") throw new Error("no");
    });
    register("kafka-many", handler, { kafka: { ...kafka, cardinality: "many" }, sink });
    const firing = {
      input: byteList(["a", "b", "c", "d"]),
      metadata: { PartitionArray: json([0, 0, 1, 1]), OffsetArray: longs([10n, 11n, 2n ** 60n, 2n ** 60n + 1n]) },
    };
    await expect(fire("kafka-many", firing)).rejects.toBeInstanceOf(Error);
    expect(order).toEqual(["0:10", "1:1152921504606846976", "1:1152921504606846977"]);
  });

  test("a batch that misses one, as a tombstone among bytes may, is refused", async () => {
    const firing = { input: byteList(["a"]), metadata: { PartitionArray: json([0, 0]), OffsetArray: longs([1n, 2n]) } };
    await expect(receive(firing, { kafka, sink })).rejects.toMatchObject({ code: "EVENT_MALFORMED", permanent: false });
  });
});
