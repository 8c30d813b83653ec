import type { EventHubHandler, InvocationContext } from "@azure/functions";
import type { StreamRecord } from "@portico/core";
import { MessageContext } from "@portico/core/adapter";
import { describe, expect, test, vi } from "vitest";
import { testContext, testMessage } from "../../../core/test/message.js";
import { encodeStream, stream } from "./stream.js";

const record = (sequence: string, facts: Partial<StreamRecord> = {}): StreamRecord => {
  const own = {
    kind: "stream",
    partition: "1",
    partitionKey: undefined,
    sequence,
    key: undefined,
    headers: [],
    tombstone: false,
  };
  const members = Object.entries({ ...own, ...facts }).map(([name, value]) => [name, { value }]);
  return Object.create(testMessage(`1:${sequence}`, `"${sequence}"`), Object.fromEntries(members));
};

async function deliver(fn: ReturnType<typeof stream>, records: readonly StreamRecord[]) {
  const { context } = testContext();
  const items = records.map((event) => ({ event, context: new MessageContext(context, event, {}) }));
  return Promise.all(fn["~batch"]?.(items) ?? []);
}

describe("Event Hubs", () => {
  test("a batch is of one partition: its failure brings back that partition's records alone", async () => {
    const error = new Error("no");
    const handler = vi.fn<EventHubHandler<string[]>>(async (bodies) => {
      if (bodies.includes("2")) throw error;
    });
    const fn = stream.batch(handler, { stream: "clicks", eventHub: { cardinality: "many" } });
    const outcomes = await deliver(fn, [record("1"), record("2"), record("3", { partition: "2" })]);
    expect(handler.mock.calls.map(([bodies]) => bodies)).toEqual([["1", "2"], ["3"]]);
    expect(outcomes).toEqual([{ outcome: "retry", error }, { outcome: "retry", error }, { outcome: "ack" }]);
  });

  test("a sequence of 64 bits comes as its halves, a longer one of another cloud is left out", async () => {
    const options = { stream: "clicks", eventHub: { cardinality: "many" } } as const;
    const [delivery] = await encodeStream([record("1152921504606846977")], options);
    expect(delivery?.triggerMetadata?.sequenceNumberArray).toEqual([{ low: 1, high: 268435456, unsigned: false }]);
    const kinesis = "49590338271490256608559692538361571095921575989136588898";
    const [long] = await encodeStream([record(kinesis)], options);
    expect(long?.triggerMetadata).not.toHaveProperty("sequenceNumberArray");
  });

  test("with a retry policy a handler is told of further attempts, as the host counts them", async () => {
    const handler = vi.fn<EventHubHandler>(async () => undefined);
    const retry = { strategy: "fixedDelay", maxRetryCount: 5, delayInterval: 10 } as const;
    await stream(handler, { stream: "clicks", eventHub: { retry } })(record("1", { attempt: 3 }));
    await stream(handler, { stream: "clicks", eventHub: { retry } })(record("1", { attempt: 1 }));
    await stream(handler, { stream: "clicks", eventHub: {} })(record("1", { attempt: 3 }));
    expect(
      handler.mock.calls.map(([, context]: readonly [unknown, InvocationContext]) => context.retryContext),
    ).toEqual([{ retryCount: 2, maxRetryCount: 5 }, undefined, undefined]);
  });

  test("a record of Kafka is carried where its key and headers say what properties can", async () => {
    const key = new Uint8Array(Buffer.from("user-7"));
    const options = { stream: "clicks", eventHub: {} } as const;
    const [delivery] = await encodeStream([record("1", { key, partitionKey: "user-7" })], options);
    expect(delivery?.triggerMetadata?.partitionKey).toBe("user-7");
    const cases = [
      ["key", { key: new Uint8Array([0xff]) }],
      ["headers", { headers: [["a", key] as const, ["a", key] as const], attributes: { a: "user-7" } }],
      ["tombstone", { tombstone: true }],
    ] as const;
    for (const [field, facts] of cases)
      await expect(encodeStream([record("1", facts)], options)).rejects.toMatchObject({ details: { field } });
  });
});

describe("Kafka", () => {
  const facts = {
    partition: "2",
    partitionKey: "user-7",
    headers: [["tenant", new Uint8Array(Buffer.from("x"))] as const],
  };

  test("as text a record is the extension's document, as bytes its value with the facts beside it", async () => {
    const [document] = await encodeStream([record("17", facts)], { stream: "clicks", kafka: {} });
    expect(document?.input).toEqual({
      Offset: 17,
      Partition: 2,
      Topic: "test-queue",
      Timestamp: "1970-01-01T00:00:00Z",
      Value: '"17"',
      Key: "user-7",
      Headers: [{ Key: "tenant", Value: Buffer.from("x").toString("base64") }],
    });
    const [bytes] = await encodeStream([record("17", facts)], { stream: "clicks", kafka: { dataType: "binary" } });
    expect(bytes?.input).toEqual(Buffer.from('"17"'));
    expect(bytes?.triggerMetadata).toMatchObject({ partition: 2, offset: 17, key: "user-7" });
  });

  test("a tombstone has no value; what Kafka does not number is refused", async () => {
    const [delivery] = await encodeStream([record("1", { ...facts, tombstone: true })], {
      stream: "clicks",
      kafka: {},
    });
    expect(delivery?.input).toMatchObject({ Value: null });
    const shard = record("1", { partition: "shardId-000000000000" });
    await expect(encodeStream([shard], { stream: "clicks", kafka: {} })).rejects.toMatchObject({
      details: { field: "partition" },
    });
  });
});
