import { type AzureHost, azure, type RpcData, type TriggerInit } from "@portico/testing/hosts/azure";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const module = new URL("azure/messages-app.mjs", import.meta.url);
const nodePath = process.env.PORTICO_NODE;
let host: AzureHost;
beforeAll(async () => {
  host = await azure({ ...(nodePath === undefined ? {} : { nodePath }), module });
});
afterAll(() => host.close());

const text = (string: string): RpcData => ({ string });
const json = (value: unknown): RpcData => ({ json: JSON.stringify(value) });
const bytes = (value: unknown): RpcData => ({ bytes: Buffer.from(JSON.stringify(value)) });
const byteList = (values: unknown[]): RpcData => ({
  collectionBytes: { bytes: values.map((value) => Buffer.from(JSON.stringify(value))) },
});
const longs = (values: number[]): RpcData => ({
  collectionSint64: { sint64: values.map((low) => ({ low, high: 0, unsigned: false })) },
});

type Fire = (...payloads: object[]) => TriggerInit;
const grid =
  (eventType: string, subject: string): Fire =>
  (data) => ({
    input: text(JSON.stringify({ id: "e1", topic: "/t", subject, eventType, eventTime: "2026-03-05T10:15:30Z", data })),
    triggerMetadata: { id: text("1807"), data: json(data) },
  });
const bus: Fire = (payload) => ({
  input: bytes(payload),
  triggerMetadata: { MessageId: text("m1"), DeliveryCount: json(2), SequenceNumber: json(41) },
});

/** Each function, how its trigger starts it, and what it gets. */
const triggers: readonly [name: string, fire: Fire, expected: object][] = [
  [
    "storage-queue",
    (payload) => ({ input: bytes(payload), triggerMetadata: { Id: text("q1"), DequeueCount: json(3) } }),
    { id: "q1", attempt: 3 },
  ],
  ["bus-one", bus, { id: "m1", attempt: 2, source: "orders" }],
  [
    "bus-many",
    (...payloads) => ({
      input: byteList(payloads),
      triggerMetadata: {
        DeliveryCountArray: json(payloads.map(() => 1)),
        SequenceNumberArray: longs(payloads.map((_, index) => index + 1)),
      },
    }),
    { id: "1", attempt: 1 },
  ],
  [
    "rabbit",
    (payload) => ({ input: bytes(payload), triggerMetadata: { BasicProperties: json({ MessageId: "r1" }) } }),
    { id: "r1" },
  ],
  ["bus-topic", bus, { kind: "topic", id: "m1", source: "orders/subscriptions/billing" }],
  ["grid-topic", grid("order.created", "orders/1"), { kind: "topic", id: "e1", source: "/t" }],
  [
    "hub",
    (...payloads) => ({
      input: byteList(payloads),
      triggerMetadata: {
        PartitionContext: json({ PartitionId: "3" }),
        SequenceNumberArray: longs(payloads.map((_, index) => 900 + index)),
        SystemPropertiesArray: json(payloads.map((_, index) => ({ SequenceNumber: 900 + index }))),
      },
    }),
    { kind: "stream", id: "3:900" },
  ],
  [
    "kafka",
    (payload) => ({
      input: bytes(payload),
      triggerMetadata: { Partition: json(2), Offset: json(17), Topic: text("clicks") },
    }),
    { kind: "stream", id: "2:17" },
  ],
  [
    "blob",
    () => ({ input: bytes("x"), triggerMetadata: { BlobTrigger: text("images/2026/a.png") } }),
    { kind: "object", id: "images/2026/a.png@" },
  ],
  [
    "grid-object",
    grid("Microsoft.Storage.BlobCreated", "/blobServices/default/containers/images/blobs/a.png"),
    { kind: "object", id: "e1" },
  ],
  [
    "cosmos",
    (...payloads) => ({
      input: json(payloads.map((payload, index) => ({ ...payload, id: `d${index}`, _lsn: index }))),
      triggerMetadata: {},
    }),
    { kind: "change", id: "d0@0" },
  ],
  [
    "sql",
    (...payloads) => ({
      input: json(payloads.map((payload, id) => ({ Operation: 1, Item: { ...payload, id } }))),
      triggerMetadata: {},
    }),
    { kind: "change", source: "orders" },
  ],
  [
    "timer",
    () => ({ input: json({ Schedule: {}, ScheduleStatus: { Next: "2026-03-05T10:15:00+00:00" }, IsPastDue: false }) }),
    { kind: "schedule", id: "timer@2026-03-05T10:15:00.000Z" },
  ],
  ["grid-event", grid("order.created", "orders/1"), { kind: "event", id: "e1" }],
];

interface Entry {
  readonly message: string;
  readonly functionName: string;
  readonly [field: string]: unknown;
}

async function entries(functionName: string, message: string, from: number): Promise<Entry[]> {
  for (let waited = 0; waited < 2000; waited += 20) {
    const found = host.logs
      .slice(from)
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Entry)
      .filter((entry) => entry.functionName === functionName && entry.message === message);
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [];
}

describe.each(triggers)("%s, in the real library", (name, fire, expected) => {
  test("hands over its event, and success is success", async () => {
    const from = host.logs.length;
    expect(await host.trigger(name, fire({ n: 1 }))).toEqual({ status: "success" });
    expect((await entries(name, "got", from))[0]).toMatchObject(expected);
  });
});

describe.each(triggers.filter(([name]) => !["timer", "blob", "grid-object"].includes(name)))(
  "%s, that fails",
  (name, fire) => {
    test("is a failure, whatever it throws", async () => {
      expect(await host.trigger(name, fire({ fails: "once" }))).toMatchObject({
        status: "failure",
        error: expect.stringContaining("it fails"),
      });
      expect(await host.trigger(name, fire({ fails: "undefined" }))).toMatchObject({ status: "failure" });
    });
  },
);

test("a batch of which one fails is a failure, so that the host delivers all again", async () => {
  for (const [name, fire] of triggers.filter(([one]) => ["bus-many", "hub", "cosmos", "sql"].includes(one))) {
    const result = await host.trigger(name, fire({ n: 1 }, { fails: "once" }, { n: 3 }));
    expect(result, name).toMatchObject({ status: "failure", error: expect.stringContaining("of 3 events") });
  }
});

test("without a sink a dead letter is a failure; with one it is stored, and a success", async () => {
  const [, queueFire] = triggers[0] as (typeof triggers)[number];
  expect(await host.trigger("storage-queue", queueFire({ fails: "for ever" }))).toMatchObject({ status: "failure" });
  const from = host.logs.length;
  const [, hubFire] = triggers.find(([name]) => name === "hub") as (typeof triggers)[number];
  expect(await host.trigger("hub", hubFire({ fails: "for ever" }))).toEqual({ status: "success" });
  expect((await entries("hub", "sunk", from))[0]).toMatchObject({ key: "clicks#3:900", reason: "it cannot be done" });
});

test("on the last attempt of the retry policy the sink takes what is left, and the host may go on", async () => {
  const [, fire] = triggers.find(([name]) => name === "hub") as (typeof triggers)[number];
  const init = fire({ n: 1 }, { fails: "once" }, { n: 3 });
  expect(await host.trigger("hub", { ...init, retryContext: { retryCount: 1, maxRetryCount: 2 } })).toMatchObject({
    status: "failure",
  });
  const from = host.logs.length;
  expect(await host.trigger("hub", { ...init, retryContext: { retryCount: 2, maxRetryCount: 2 } })).toEqual({
    status: "success",
  });
  expect((await entries("hub", "sunk", from)).map(({ id }) => id)).toEqual(["3:901", "3:902"]);
});

test("a handler that never settles is a failure in time, and the process lives on", async () => {
  const [, fire] = triggers[0] as (typeof triggers)[number];
  expect(await host.trigger("storage-queue", fire({ fails: "never" }))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("in time"),
  });
  const other = { input: bytes({ n: 1 }), triggerMetadata: { Id: text("q2") } };
  expect(await host.trigger("storage-queue", other)).toEqual({ status: "success" });
});

test("input of another trigger is a failure, not swallowed", async () => {
  for (const name of ["timer", "cosmos", "sql", "grid-event", "grid-topic", "grid-object", "blob"])
    expect((await host.trigger(name, { input: json({ Records: [] }), triggerMetadata: {} })).status, name).toBe(
      "failure",
    );
});

test("a function that is not there is an error of the test's", async () => {
  await expect(host.trigger("nobody", { input: text("x") })).rejects.toThrow("No function nobody");
});
