import { request } from "node:http";
import {
  queue as declare,
  stream as declareStream,
  topic as declareTopic,
  type QueueMessage,
  retry,
  toCloudEvent,
} from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, json, post, silence, toFields, toPush } from "../test/deploy.js";
import * as gcp from "./index.js";
import type { QueueOptions } from "./queue.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

const got: QueueMessage[] = [];
const keep = (message: QueueMessage) => void got.push(message);

async function receive(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
  options?: QueueOptions,
) {
  got.length = 0;
  const origin = await deploy((name) => gcp.queue(name, declare("q").handle(keep), options));
  const { status } = await post(origin, body, headers);
  return { status, message: got[0] as QueueMessage };
}

const task = { "x-cloudtasks-taskname": "t1", "x-cloudtasks-queuename": "q1" };
const sink = async () => {};

test.each([
  ["empty", "", ""],
  ["binary", Uint8Array.of(0, 255, 1), "AP8B"],
  ["256 KB", "x".repeat(262_144), Buffer.from("x".repeat(262_144)).toString("base64")],
  ["invalid UTF-8", Uint8Array.of(0xc3, 0x28), "wyg="],
] as const)("a pushed message that is %s arrives exactly", async (_, data, expected) => {
  const { status, message } = await receive(toPush(data), json);
  expect(status).toBe(204);
  expect(Buffer.from(await message.bytes()).toString("base64")).toBe(expected);
});

test("digits beyond 2^53 and a message that is not JSON are the handler's to read", async () => {
  expect(await (await receive(toPush('{"n":12345678901234567890}'), json)).message.text()).toBe(
    '{"n":12345678901234567890}',
  );
  await expect((await receive(toPush("{"), json)).message.json()).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect((await receive(toPush('{"__proto__":{}}'), json)).message.json()).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
});

test("attributes have no prototype, whatever their names", async () => {
  const { message } = await receive(
    toPush("a").replace(
      '"messageId"',
      '"attributes":{"__proto__":"p","correlationId":"c","subject":"s","replyTo":"r","content-type":"text/plain"},"messageId"',
    ),
    json,
  );
  expect(Object.getPrototypeOf(message.attributes)).toBeNull();
  expect(Object.entries(message.attributes)[0]).toEqual(["__proto__", "p"]);
  expect(message).toMatchObject({ correlationId: "c", subject: "s", replyTo: "r", contentType: "text/plain" });
});

test("data that is not Base64 goes to the sink, which gets the message, and else is retried", async () => {
  const sunk: string[] = [];
  const body = toPush("a").replace('"YQ=="', '"%%%"');
  const options = { sink: async (one: QueueMessage, reason: string) => void sunk.push(`${one.id} ${reason}`) };
  expect((await receive(body, json, options)).status).toBe(204);
  expect(sunk).toEqual(["7 EVENT_MALFORMED: The data of the Pub/Sub message is not Base64."]);
  expect((await receive(body, json)).status).toBe(500);
  expect(got).toEqual([]);
});

test("the attempt is known where the subscription counts, and never guessed", async () => {
  expect((await receive(toPush("a"), json)).message.attempt).toBeUndefined();
  expect((await receive(toPush("a", {}, { deliveryAttempt: 0 }), json)).message.attempt).toBeUndefined();
  expect((await receive(toPush("a", {}, { deliveryAttempt: 3 }), json)).message.attempt).toBe(3);
});

test("an unwrapped message with metadata has the other header fields as attributes, and no token among them", async () => {
  const { message } = await receive('{"message":{"messageId":"1"},"subscription":"inside"}', {
    ...json,
    "x-goog-pubsub-message-id": "11",
    "x-goog-pubsub-subscription-name": "projects/p/subscriptions/s",
    "x-goog-pubsub-ordering-key": "k",
    "x-goog-pubsub-publish-time": "2026-01-02T03:04:05Z",
    authorization: "Bearer secret",
    color: "red",
  });
  expect(message).toMatchObject({
    id: "11",
    source: "//pubsub.googleapis.com/projects/p/subscriptions/s",
    groupId: "k",
    contentType: "application/json",
  });
  expect(message.time).toEqual(new Date("2026-01-02T03:04:05Z"));
  expect(message.attributes).toEqual({ color: "red" });
  expect(await message.text()).toBe('{"message":{"messageId":"1"},"subscription":"inside"}');
});

test("without a wrapper and without metadata every POST is a message, and nothing else is", async () => {
  const { status, message } = await receive("Hello there", {}, { noWrapper: true });
  expect([status, await message.text()]).toEqual([204, "Hello there"]);
  expect(message.id).not.toBe((await receive("Hello there", {}, { noWrapper: true })).message.id);
  const origin = await deploy((name) => gcp.queue(name, declare("q").handle(keep), { noWrapper: true }));
  expect((await fetch(origin)).status).toBe(415);
  expect((await receive("a", task, { noWrapper: true })).status).toBe(500);
});

test("an unwrapped message with metadata is the wrapped one: key, time, attributes and members", async () => {
  const attributes = { TenantName: "acme", correlationId: "c7", replyTo: "answers", subject: "orders/7" };
  const wrapped = (await receive(toPush("{}", { attributes, orderingKey: "k" }), json)).message;
  const facts = {
    "x-goog-pubsub-subscription-name": "projects/p/subscriptions/s",
    "x-goog-pubsub-message-id": "7",
    "x-goog-pubsub-publish-time": "2026-01-02T03:04:05.678Z",
    "x-goog-pubsub-ordering-key": "k",
  };
  const see = ({ id, source, time, groupId, correlationId, replyTo, subject }: QueueMessage) => {
    return { id, source, time, groupId, correlationId, replyTo, subject };
  };
  const origin = await deploy((name) => gcp.queue(name, declare("q").handle(keep)));
  const send = async (fields: Record<string, string>): Promise<QueueMessage> => {
    got.length = 0;
    await new Promise<void>((resolve, reject) => {
      const sent = request(origin, { method: "POST", headers: { ...facts, ...fields } }, (answer) => {
        answer.resume().on("end", resolve);
      });
      sent.on("error", reject).end("{}");
    });
    return got[0] as QueueMessage;
  };
  const unwrapped = await send(attributes);
  expect({ ...unwrapped.attributes }).toEqual(attributes);
  expect(see(unwrapped)).toEqual(see(wrapped));
  const lower = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  expect(see(await send(lower))).toEqual(see(wrapped));
});

test("an unwrapped message whose attributes are a CloudEvent's is that event as a message", async () => {
  const { message } = await receive(
    '{"a":1}',
    toFields("com.example.order", { "x-goog-pubsub-message-id": "11", "ce-shop": "north" }),
  );
  expect(message).toMatchObject({ id: "e1", source: "/s", contentType: "application/json" });
  expect(message.attributes).toEqual({ shop: "north" });
  expect(await message.json()).toEqual({ a: 1 });
});

test("an event trigger's message names its topic, and gets the id of the event where it has none", async () => {
  const fields = toFields("google.cloud.pubsub.topic.v1.messagePublished", {
    "ce-source": "//pubsub.googleapis.com/projects/p/topics/t",
    "ce-time": "2026-01-02T03:04:05Z",
  });
  const { message } = await receive('{"message":{"data":"aGk="}}', fields);
  expect(message).toMatchObject({
    id: "e1",
    source: "//pubsub.googleapis.com/projects/p/topics/t",
    time: new Date("2026-01-02T03:04:05Z"),
  });
  expect(await message.text()).toBe("hi");
});

test("a queue message that was carried as a CloudEvent is itself again", async () => {
  const { message: first } = await receive(toPush("a", { attributes: { color: "red" }, orderingKey: "k" }), json);
  const cloudEvent = JSON.stringify(await toCloudEvent(first));
  const { message } = await receive(cloudEvent, { "content-type": "application/cloudevents+json" });
  expect(message).toMatchObject({ kind: "queue", id: first.id, source: first.source, groupId: "k" });
  expect([await message.text(), message.attributes]).toEqual(["a", { color: "red" }]);
});

test("Cloud Tasks demands a sink, and nothing else is taken then", async () => {
  expect(() => gcp.queue("a", declare("q").handle(keep), { from: "cloud-tasks" })).toThrow(
    "Cloud Tasks has no dead-letter queue",
  );
  expect((await receive(toPush("a"), json, { from: "cloud-tasks", sink })).status).toBe(500);
});

test("a task has its attempt, its time, its creator's header fields and its bytes; of any method", async () => {
  const more = {
    "x-cloudtasks-taskretrycount": "3",
    "x-cloudtasks-tasketa": "1714979289.123456",
    color: "red",
    authorization: "Bearer x",
  };
  const { status, message } = await receive("raw bytes", { ...task, ...more }, { from: "cloud-tasks", sink });
  expect(status).toBe(204);
  expect(message).toMatchObject({ id: "t1", source: "//cloudtasks.googleapis.com/queues/q1", attempt: 4 });
  expect(message.time).toEqual(new Date(1_714_979_289_123));
  expect([await message.text(), message.attributes]).toEqual(["raw bytes", { color: "red" }]);
  const origin = await deploy((name) => gcp.queue(name, declare("q").handle(keep), { from: "cloud-tasks", sink }));
  expect((await fetch(`${origin}work?id=1`, { headers: task })).status).toBe(204);
  expect(
    (await receive("", { ...task, "x-cloudtasks-taskretrycount": "x" }, { from: "cloud-tasks", sink })).message.attempt,
  ).toBeUndefined();
});

test.each(["100000000000.000000", "8640000000000"])("a task may be due in the far future: %s", async (eta) => {
  const { message } = await receive("a", { ...task, "x-cloudtasks-tasketa": eta }, { from: "cloud-tasks", sink });
  expect(message.time.getTime()).toBe(Number(eta) * 1000);
});

test.each(["Infinity", "1e400", "0x10", "", " ", "soon", "8640000000000.001", "99999999999999"])(
  "a task whose ETA is %j came when it arrived",
  async (eta) => {
    const { message } = await receive("a", { ...task, "x-cloudtasks-tasketa": eta }, { from: "cloud-tasks", sink });
    expect(Math.abs(message.time.getTime() - Date.now())).toBeLessThan(600_000);
  },
);

test("a task's delay is kept by 503 and Retry-After", async () => {
  const answer = async (afterSeconds?: number) => {
    const fn = declare("q").handle(() => retry({ afterSeconds }));
    const { status, headers } = await post(
      await deploy((name) => gcp.queue(name, fn, { from: "cloud-tasks", sink })),
      "",
      task,
    );
    return [status, headers.get("retry-after")];
  };
  expect(await answer(29.5)).toEqual([503, "30"]);
  expect(await answer()).toEqual([500, null]);
});

test("a topic's and a stream's messages have the ordering key where their kind has it", async () => {
  const all: unknown[] = [];
  const topic = await deploy((name) =>
    gcp.topic(
      name,
      declareTopic("t").handle(({ kind, groupId }) => void all.push([kind, groupId])),
    ),
  );
  const stream = await deploy((name) =>
    gcp.stream(
      name,
      declareStream("s").handle(
        ({ kind, partition, partitionKey, sequence }) => void all.push([kind, partition, partitionKey, sequence]),
      ),
    ),
  );
  for (const origin of [topic, stream]) {
    expect((await post(origin, toPush("a", { orderingKey: "k" }), json)).status).toBe(204);
    expect((await post(origin, toPush("a"), json)).status).toBe(204);
  }
  expect(all).toEqual([
    ["topic", "k"],
    ["topic", undefined],
    ["stream", "k", "k", ""],
    ["stream", "", undefined, ""],
  ]);
});
