import type { ServiceBusQueueFunctionOptions } from "@azure/functions";
import { type QueueMessage, queue, topic } from "@portico/core";
import { expect, test } from "vitest";
import { byteList, bytes, json, longs, strings, text } from "../../test/rpc.js";
import { bindingOf, type Firing, fire } from "../../test/worker.js";
import { type AzureQueueOptions, queue as register } from "../queue.js";
import { topic as registerTopic } from "../topic.js";

let count = 0;
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const serviceBus = { connection: "Bus" } satisfies Omit<ServiceBusQueueFunctionOptions, "queueName" | "handler">;

async function receive(firing: Firing, own: object = {}, options: object = {}) {
  count += 1;
  const messages: QueueMessage[] = [];
  const traces: string[] = [];
  const fn = queue("orders").handle((message, { trace }) => {
    messages.push(message);
    traces.push(trace.traceId);
  });
  register(`bus${count}`, fn, { ...options, serviceBus: { ...serviceBus, ...own } } as AzureQueueOptions);
  await fire(`bus${count}`, firing);
  return { messages, traces, message: messages[0] as QueueMessage };
}

const single = (more: Firing["metadata"] = {}): Firing => ({
  input: bytes('{"total":1.0}'),
  metadata: {
    Client: json({ FullyQualifiedNamespace: "contoso.servicebus.windows.net" }),
    MessageId: text("msg-1"),
    DeliveryCount: json(3),
    LockToken: text("lock"),
    SequenceNumber: json(41),
    EnqueuedTimeUtc: json("2026-03-05T10:15:30.123"),
    ContentType: text("application/json"),
    CorrelationId: text("corr-1"),
    Subject: text("order.created"),
    Label: text("order.created"),
    ReplyTo: text("replies"),
    SessionId: text("cart-9"),
    ApplicationProperties: json({ Tenant: "contoso", "Diagnostic-Id": traceparent }),
    ...more,
  },
});

test("the host is told of the entity, one message at a time, as bytes; Azure's own options pass through", () => {
  const fn = queue("orders").handle(() => undefined);
  register("bus-told", fn, { serviceBus: { ...serviceBus, isSessionsEnabled: true } });
  expect(bindingOf("bus-told")).toMatchObject({
    type: "serviceBusTrigger",
    queueName: "orders",
    connection: "Bus",
    isSessionsEnabled: true,
    dataType: "binary",
  });
  expect(bindingOf("bus-told")?.cardinality).toBeUndefined();
  registerTopic(
    "bus-topic-told",
    topic("orders").handle(() => undefined),
    {
      serviceBus: { connection: "Bus", subscriptionName: "billing" },
    },
  );
  expect(bindingOf("bus-topic-told")).toMatchObject({
    topicName: "orders",
    subscriptionName: "billing",
    dataType: "binary",
  });
});

test("the broker's properties are the message's", async () => {
  const { message, traces } = await receive(single());
  expect(message).toMatchObject({
    id: "msg-1",
    source: "contoso.servicebus.windows.net/orders",
    attempt: 3,
    sequence: "41",
    groupId: "cart-9",
    contentType: "application/json",
    correlationId: "corr-1",
    subject: "order.created",
    replyTo: "replies",
  });
  expect(message.time.toISOString()).toBe("2026-03-05T10:15:30.123Z");
  expect(message.attributes["Diagnostic-Id"]).toBe(traceparent);
  expect(message.attributes.Tenant).toBe("contoso");
  expect(await message.text()).toBe('{"total":1.0}');
  expect(traces).toEqual(["4bf92f3577b34da6a3ce929d0e0e4736"]);
});

test("an id that looks like a number is text; one with more digits than a number gives way to the sequence number", async () => {
  expect((await receive(single({ MessageId: text("123") }))).message.id).toBe("123");
  expect((await receive(single({ MessageId: text("12345678901234567890") }))).message.id).toBe("41");
});

test("a sequence number that the host rounded is not told", async () => {
  expect((await receive(single({ SequenceNumber: json(28147497671065600) }))).message.sequence).toBeUndefined();
});

test("an older extension's properties do, too", async () => {
  const metadata = {
    MessageId: text("a11f"),
    DeliveryCount: json(1),
    SequenceNumber: json(17),
    EnqueuedTimeUtc: json("2022-08-25T05:06:39.775Z"),
    Label: text("greeting"),
    UserProperties: json({ $AzureWebJobsParentId: "p" }),
  };
  const { message } = await receive({ input: bytes("hi"), metadata });
  expect(message).toMatchObject({ id: "a11f", subject: "greeting", source: "orders" });
  expect(message.attributes).toEqual({ $AzureWebJobsParentId: "p" });
  expect(message.time.toISOString()).toBe("2022-08-25T05:06:39.775Z");
});

const batch = (payloads: readonly (string | Uint8Array)[], more: Firing["metadata"] = {}): Firing => ({
  input: byteList(payloads),
  metadata: {
    DeliveryCountArray: json(payloads.map((_, index) => index + 1)),
    MessageIdArray: strings(payloads.map((_, index) => `m${index}`)),
    SequenceNumberArray: longs(payloads.map((_, index) => 28147497671065601n + BigInt(index))),
    EnqueuedTimeUtcArray: json(payloads.map(() => "2026-03-05T10:15:30.123")),
    CorrelationIdArray: strings(payloads.map((_, index) => (index === 1 ? "corr-1" : null))),
    ApplicationPropertiesArray: json(payloads.map((_, index) => ({ n: index }))),
    ...more,
  },
});

test("a batch: each message with its own bytes and facts, sequence numbers to the last digit", async () => {
  const { messages } = await receive(batch(["12345678901234567890", "", Buffer.from([0xff]), "true"]), {
    cardinality: "many",
  });
  expect(messages.map(({ id, attempt, sequence }) => [id, attempt, sequence])).toEqual([
    ["m0", 1, "28147497671065601"],
    ["m1", 2, "28147497671065602"],
    ["m2", 3, "28147497671065603"],
    ["m3", 4, "28147497671065604"],
  ]);
  const payloads = await Promise.all(messages.map((message) => message.bytes()));
  expect(payloads.map((payload) => Buffer.from(payload).toString("latin1"))).toEqual([
    "12345678901234567890",
    "",
    "\xff",
    "true",
  ]);
  expect(messages.map(({ attributes }) => attributes.n)).toEqual(["0", "1", "2", "3"]);
});

test("a batch whose correlation ids do not line up has none, rather than somebody else's", async () => {
  const { messages } = await receive(batch(["a", "b", "c"]), { cardinality: "many" });
  expect(messages.map(({ correlationId }) => correlationId)).toEqual([undefined, undefined, undefined]);
  const full = { CorrelationIdArray: strings([null, "corr-1", null], true) };
  const { messages: aligned } = await receive(batch(["a", "b", "c"], full), { cardinality: "many" });
  expect(aligned.map(({ correlationId }) => correlationId)).toEqual([undefined, "corr-1", undefined]);
});

test("a batch as text, without its empty payload, is refused as a whole: completing it would lose that one", async () => {
  const firing = { ...batch(["a", "", "c"]), input: strings(["a", "", "c"]) };
  await expect(receive(firing, { cardinality: "many" })).rejects.toMatchObject({
    code: "EVENT_MALFORMED",
    permanent: false,
  });
  const full = { ...batch(["a", "", "c"]), input: strings(["a", "", "c"], true) };
  expect((await receive(full, { cardinality: "many" })).messages).toHaveLength(3);
});

test("an empty batch is success", async () => {
  expect((await receive(batch([]), { cardinality: "many" })).messages).toEqual([]);
});

test("a batch of one is a batch", async () => {
  expect((await receive(batch(["[1,2]"]), { cardinality: "many" })).messages).toHaveLength(1);
});

test("messages of a session run one after the other, those of others beside it, and a failure stops its session", async () => {
  const order: string[] = [];
  const fn = queue("orders").handle(async (message) => {
    const name = `${message.groupId}${message.id}`;
    order.push(`begin ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (name === "am0") throw new Error("no");
    order.push(`end ${name}`);
  });
  register("bus-sessions", fn, { serviceBus: { ...serviceBus, cardinality: "many", isSessionsEnabled: true } });
  const sessions = { SessionIdArray: strings(["a", "b", "a", "b"]) };
  await expect(fire("bus-sessions", batch(["1", "2", "3", "4"], sessions))).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(order).toEqual(["begin am0", "begin bm1", "end bm1", "begin bm3", "end bm3"]);
});

test("without sessions a session id orders nothing", async () => {
  let running = 0;
  let most = 0;
  const fn = queue("orders").handle(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
  });
  register("bus-unordered", fn, { serviceBus: { ...serviceBus, cardinality: "many" } });
  await fire("bus-unordered", batch(["1", "2"], { SessionIdArray: strings(["a", "a"]) }));
  expect(most).toBe(2);
});

test("two messages of one id in a batch are both handled", async () => {
  const { messages } = await receive(batch(["1", "2"], { MessageIdArray: strings(["same", "same"]) }), {
    cardinality: "many",
  });
  expect(messages.map(({ id }) => id)).toEqual(["same", "same"]);
});

test("a batch handler gets all that passed the layers", async () => {
  const sizes: number[] = [];
  const fn = queue("orders").batch(async (items) => {
    sizes.push(items.length);
    return items.map(() => undefined);
  });
  register("bus-batch", fn, { serviceBus: { ...serviceBus, cardinality: "many" } });
  await fire("bus-batch", batch(["1", "2", "3"]));
  expect(sizes).toEqual([3]);
});
