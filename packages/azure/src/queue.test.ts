import type { StorageQueueFunctionOptions } from "@azure/functions";
import { type HandlerError, type QueueMessage, queue, validate } from "@portico/core";
import { expect, test } from "vitest";
import { bytes, json, text } from "../test/rpc.js";
import { bindingOf, type Firing, fire } from "../test/worker.js";
import { type AzureQueueOptions, queue as register } from "./queue.js";

let count = 0;
const storageQueue = { connection: "Store" } satisfies Omit<StorageQueueFunctionOptions, "queueName" | "handler">;

/** What the function gets of one delivery. */
async function receive<T>(
  firing: Firing,
  read: (message: QueueMessage) => T,
  options?: AzureQueueOptions,
): Promise<Awaited<T>> {
  count += 1;
  let result: unknown;
  const fn = queue("orders").handle(async (message) => {
    result = await read(message);
  });
  register(`queue${count}`, fn, options ?? { storageQueue });
  await fire(`queue${count}`, firing);
  return result as Awaited<T>;
}

const facts = {
  Id: text("5d1c0f0a-9c1e-4c3a-8a53-0c2b7a1e1a11"),
  DequeueCount: json(4),
  InsertionTime: json("2026-03-05T10:15:30+00:00"),
  PopReceipt: text("AgAAAAMAAAAAAAAA"),
};

test("the host is told of the declared queue, and to hand over bytes; Azure's own options pass through", () => {
  const fn = queue("orders").handle(() => undefined);
  register("told", fn, { storageQueue });
  expect(bindingOf("told")).toMatchObject({
    type: "queueTrigger",
    queueName: "orders",
    connection: "Store",
    dataType: "binary",
  });
  const own = { ...storageQueue, queueName: "%ORDERS%", dataType: "string", somethingNew: 1 } as const;
  register("told-more", fn, { storageQueue: own });
  expect(bindingOf("told-more")).toMatchObject({ queueName: "%ORDERS%", dataType: "string", somethingNew: 1 });
  register("rabbit-told", fn, { rabbitMQ: { connectionStringSetting: "Rabbit" } });
  expect(bindingOf("rabbit-told")).toMatchObject({
    type: "rabbitMQTrigger",
    queueName: "orders",
    connectionStringSetting: "Rabbit",
    dataType: "binary",
  });
});

test("payloads are exact: no digit, byte or space is lost", async () => {
  const exact = async (payload: Uint8Array | string) =>
    Buffer.from(await receive({ input: bytes(payload), metadata: facts }, (message) => message.bytes()));
  const large = Buffer.alloc(256 * 1024, 0xfe);
  for (const payload of [
    "12345678901234567890",
    "true",
    '"x"',
    '{ "a": 1.0 }',
    "",
    "007",
    Buffer.from([0xff, 0xfe, 0]),
    large,
  ])
    expect((await exact(payload)).equals(Buffer.from(payload as string))).toBe(true);
  expect(await receive({ input: bytes("12345678901234567890"), metadata: facts }, (message) => message.text())).toBe(
    "12345678901234567890",
  );
});

test("the service's facts are the message's", async () => {
  const message = await receive({ input: bytes("{}"), metadata: facts }, (given) => given);
  expect(message).toMatchObject({ id: "5d1c0f0a-9c1e-4c3a-8a53-0c2b7a1e1a11", source: "orders", attempt: 4 });
  expect(message.time.toISOString()).toBe("2026-03-05T10:15:30.000Z");
  expect([message.groupId, message.sequence, message.contentType, message.subject]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(message.attributes).toEqual({});
});

test("a payload cannot claim to be another message, even where the host reads it", async () => {
  // Text: the host has copied the members of the payload over its own.
  const payload = '{"id":"spoofed","dequeueCount":99,"INSERTIONTIME":"1999-01-01T00:00:00Z"}';
  const metadata = {
    ...facts,
    Id: text("spoofed"),
    DequeueCount: text("99"),
    InsertionTime: text("1999-01-01T00:00:00Z"),
  };
  const message = await receive({ input: text(payload), metadata }, (given) => given);
  expect(message.id).not.toBe("spoofed");
  expect(message.attempt).toBeUndefined();
  expect(message.time.getFullYear()).toBeGreaterThan(2020);
  const again = await receive({ input: text(payload), metadata }, (given) => given);
  expect(again.id).toBe(message.id);
  expect(await message.json()).toMatchObject({ id: "spoofed" });
});

test("without any metadata there is still an id, and the time of arrival", async () => {
  const message = await receive({ input: bytes("x") }, (given) => given);
  expect(message.id).toMatch(/^[\da-f]{16}$/);
  expect(Date.now() - message.time.getTime()).toBeLessThan(10_000);
  expect(message.attempt).toBeUndefined();
});

test.each([
  ["not JSON", "not json"],
  ["empty", ""],
  ["invalid UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ["with a key that sets a prototype", '{"__proto__":{"admin":true}}'],
])("a payload that is %s is a permanent failure for a function that reads JSON", async (_what, payload) => {
  count += 1;
  const stored: string[] = [];
  const schema = { "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } } as const;
  const fn = queue("orders")
    .use(validate(schema))
    .handle(() => undefined);
  register(`queue${count}`, fn, { storageQueue, sink: async (_message, reason) => void stored.push(reason) });
  await fire(`queue${count}`, { input: bytes(payload), metadata: facts });
  expect(stored).toEqual([expect.stringMatching(/^(BAD_REQUEST|INPUT_INVALID): /)]);
  register(`queue${count}b`, fn, { storageQueue });
  await expect(fire(`queue${count}b`, { input: bytes(payload), metadata: facts })).rejects.toSatisfy(
    (error: HandlerError) => error.permanent,
  );
});

const rabbitMQ = { rabbitMQ: { connectionStringSetting: "Rabbit" } };
const delivered = (properties: object, more: object = {}): Firing => ({
  input: bytes('{"a":1}'),
  metadata: {
    ConsumerTag: text("amq.ctag-x"),
    DeliveryTag: json(7),
    Redelivered: json(false),
    Exchange: text(""),
    RoutingKey: text("orders"),
    BasicProperties: json(properties),
    ...more,
  },
});

test("a message of RabbitMQ has its sender's properties; header texts come as Base64", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const message = await receive(
    delivered({
      MessageId: "m-1",
      ContentType: "application/json",
      CorrelationId: "c-1",
      ReplyTo: "replies",
      Type: "order.created",
      Timestamp: { UnixTime: 1772705730 },
      Headers: {
        Tenant: Buffer.from("contoso").toString("base64"),
        traceparent: Buffer.from(traceparent).toString("base64"),
        n: 5,
      },
    }),
    (given) => given,
    rabbitMQ,
  );
  expect(message).toMatchObject({
    id: "m-1",
    source: "orders",
    contentType: "application/json",
    correlationId: "c-1",
    replyTo: "replies",
    subject: "order.created",
    attempt: 1,
  });
  expect(message.time.toISOString()).toBe("2026-03-05T10:15:30.000Z");
  expect(message.attributes.Tenant).toBe("contoso");
  expect(message.attributes.n).toBe("5");
});

test("RabbitMQ's attempts are those that the host counts", async () => {
  const attempt = (firing: Firing) => receive(firing, (message) => message.attempt, rabbitMQ);
  expect(await attempt(delivered({}))).toBe(1);
  expect(await attempt(delivered({ Headers: { "x-ms-rabbitmq-requeuecount": 2 } }))).toBe(3);
  expect(await attempt(delivered({}, { Redelivered: json(true) }))).toBeUndefined();
});

test("a message of RabbitMQ without an id has its delivery's", async () => {
  expect(await receive(delivered({}), (message) => message.id, rabbitMQ)).toBe("amq.ctag-x/7");
});
