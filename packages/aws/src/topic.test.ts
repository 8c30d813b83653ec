import {
  type Context,
  deadLetter,
  drop,
  type HandlerResult,
  topic as portable,
  retry,
  type TopicMessage,
} from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { lambdaContext } from "../test/events.js";
import { failures, fifoRecord, queueArn, snsRecord, snsText, sqsEvent, sqsRecord, topicArn } from "../test/messages.js";
import { type TopicOptions, topic } from "./topic.js";

let output: string[];
beforeEach(() => {
  output = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((line) => output.push(String(line)) > 0);
  return () => spy.mockRestore();
});

type Handler = (message: TopicMessage, context: Context) => HandlerResult | Promise<HandlerResult>;
const run = (handler: Handler, event: unknown, options: TopicOptions = {}) =>
  topic(portable("order-placed").handle(handler), options)(event, lambdaContext());
async function see(event: unknown, options?: TopicOptions) {
  const seen: { message: TopicMessage; context: Context }[] = [];
  const result = await run((message, context) => void seen.push({ message, context }), event, options);
  return { messages: seen.map(({ message }) => message), contexts: seen.map(({ context }) => context), result };
}
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test("a message has the names of SNS under those of every cloud", async () => {
  const record = snsRecord("n1", "{}", {
    Subject: "placed",
    MessageAttributes: {
      tenant: { Type: "String", Value: "acme" },
      thumb: { Type: "Binary", Value: "MTEwMA==" },
      tags: { Type: "String.Array", Value: '["a","b"]' },
      contentType: { Type: "String", Value: "application/json" },
      correlationId: { Type: "String", Value: "c1" },
      replyTo: { Type: "String", Value: "answers" },
      traceparent: { Type: "String", Value: traceparent },
    },
  });
  const { messages, contexts, result } = await see({ Records: [record] });
  expect(messages[0]).toMatchObject({
    kind: "topic",
    id: "n1",
    source: topicArn,
    subject: "placed",
    contentType: "application/json",
    correlationId: "c1",
    replyTo: "answers",
    attempt: undefined,
    groupId: undefined,
    sequence: undefined,
    native: record,
  });
  expect(messages[0]?.time.toISOString()).toBe("2019-01-02T12:45:07.000Z");
  expect(messages[0]?.attributes).toMatchObject({ tenant: "acme", thumb: "MTEwMA==", tags: '["a","b"]' });
  expect(contexts[0]?.trace.traceId).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
  expect(result).toBeUndefined();
});

test("attribute names such as __proto__ are harmless, and a missing subject or attribute list is nothing", async () => {
  const MessageAttributes = JSON.parse('{"__proto__":{"Type":"String","Value":"x"},"none":null}');
  const { messages } = await see({ Records: [snsRecord("n", "", { MessageAttributes })] });
  expect(Object.entries(messages[0]?.attributes ?? {})).toEqual([
    ["__proto__", "x"],
    ["none", ""],
  ]);
  expect(messages[0]?.subject).toBeUndefined();
  const bare = await see({ Records: [snsRecord("n", "", { MessageAttributes: null as never, Timestamp: "soon" })] });
  expect(bare.messages[0]?.attributes).toEqual({});
  expect(bare.messages[0]?.time.getTime()).toBeGreaterThan(Date.now() - 10_000);
});

test("all records are handled, should there be several, and one failure brings back the delivery", async () => {
  const event = { Records: [snsRecord("1", "a"), snsRecord("2", "b")] };
  expect((await see(event)).messages).toHaveLength(2);
  const failing = run(({ id }) => (id === "1" ? retry() : undefined), event, { batchItemFailures: true });
  await expect(failing).rejects.toThrow("1 of 2");
});

test("ack and drop succeed, retry and a throw reject, a dead letter goes to the sink or rejects", async () => {
  const event = { Records: [snsRecord("1", "a")] };
  expect(await run(() => drop("late"), event)).toBeUndefined();
  await expect(run(() => retry(), event)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(run(() => Promise.reject(new TypeError("x")), event)).rejects.toThrow(TypeError);
  await expect(run(() => deadLetter("bad"), event)).rejects.toThrow();
  const sink = vi.fn(async () => undefined);
  expect(await run(() => deadLetter("bad"), event, { sink })).toBeUndefined();
  expect(sink).toHaveBeenCalledWith(
    expect.objectContaining({ id: "1" }),
    "bad",
    expect.objectContaining({ key: `${topicArn}#1` }),
  );
});

test("a notification without a message is refused, one without an id brings the delivery back", async () => {
  const broken = { ...snsRecord("1", "a"), Sns: { ...snsRecord("1", "a").Sns, Message: undefined } };
  await expect(see({ Records: [broken] })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  await expect(see({ Records: [{ EventSource: "aws:sns" }] })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
});

test("a queue's message is refused, unless it is said to hold the topic's", async () => {
  const event = sqsEvent(sqsRecord("1", snsText("n1", "hello")));
  await expect(see(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  await expect(see({ Records: [snsRecord("1", "a")] }, { unwrap: "sqs" })).rejects.toMatchObject({
    code: "EVENT_UNSUPPORTED",
  });
});

test("a notification in a queue has the topic's id and source, and the queue's count, group and trace", async () => {
  const text = snsText("n1", "hello", {
    Subject: "placed",
    SequenceNumber: "10000000000000003000",
    MessageAttributes: { tenant: { Type: "String", Value: "acme" } },
  });
  const record = fifoRecord("m1", "customer-7", text);
  const xRay = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
  const attributes = { ...record.attributes, ApproximateReceiveCount: "2", AWSTraceHeader: xRay };
  const { messages, contexts, result } = await see(sqsEvent({ ...record, attributes }), {
    unwrap: "sqs",
    batchItemFailures: true,
  });
  expect(messages[0]).toMatchObject({
    id: "n1",
    source: topicArn,
    subject: "placed",
    groupId: "customer-7",
    sequence: "10000000000000003000",
    attempt: 2,
    native: { Type: "Notification", SigningCertURL: expect.any(String) },
  });
  expect(await messages[0]?.text()).toBe("hello");
  expect({ ...messages[0]?.attributes }).toEqual({ tenant: "acme" });
  expect(contexts[0]?.trace.traceId).toBe("5759e988bd862e3fe1be46a994272793");
  expect(result).toEqual(failures());
});

test("it is acknowledged as the queue's message, under the queue's id, and in the order of its group", async () => {
  const seen: string[] = [];
  const handler: Handler = ({ id }) => {
    seen.push(id);
    return id === "n1" ? retry({ afterSeconds: 5 }) : undefined;
  };
  const retryDelay = vi.fn(async () => undefined);
  const records = [1, 2].map((n) => fifoRecord(`m${n}`, "g", snsText(`n${n}`, "")));
  const options: TopicOptions = { unwrap: "sqs", batchItemFailures: true, retryDelay };
  expect(await run(handler, sqsEvent(...records), options)).toEqual(failures("m1", "m2"));
  expect(seen).toEqual(["n1"]);
  expect(retryDelay).toHaveBeenCalledWith(records[0], 5, expect.anything());
});

test("a message of the queue that is no notification is a dead letter, with the reason, and its mates are unharmed", async () => {
  const sink = vi.fn(async (_message: TopicMessage, _reason: string) => undefined);
  const bodies = ["raw delivery", "", "{", "null", "[]", '{"Type":"Notification"}', snsText("n", "ok")];
  const records = bodies.map((body, index) => sqsRecord(`m${index}`, body));
  const { messages, result } = await see(sqsEvent(...records), { unwrap: "sqs", batchItemFailures: true, sink });
  expect(messages.map(({ id }) => id)).toEqual(["n"]);
  expect(result).toEqual(failures());
  const sunk = sink.mock.calls.toSorted(([one], [two]) => one.id.localeCompare(two.id));
  expect(sunk.map(([message]) => message.id)).toEqual(["m0", "m1", "m2", "m3", "m4", "m5"]);
  const [stand, reason] = sunk[0] as [TopicMessage, string];
  expect([stand.kind, stand.source, await stand.text()]).toEqual(["topic", queueArn, "raw delivery"]);
  expect(reason).toContain("EVENT_UNSUPPORTED");
  expect(output.join("")).toContain("raw message delivery");
  const kept = await see(sqsEvent(...records), { unwrap: "sqs", batchItemFailures: true });
  expect(kept.result).toEqual(failures("m0", "m1", "m2", "m3", "m4", "m5"));
});

test("with raw delivery the queue's message is the topic's", async () => {
  const messageAttributes = { tenant: { stringValue: "acme", dataType: "String" as const } };
  const event = sqsEvent(sqsRecord("m1", "hello", { messageAttributes }));
  const { messages, result } = await see(event, { unwrap: "sqs", rawDelivery: true, batchItemFailures: true });
  expect(messages[0]).toMatchObject({ kind: "topic", id: "m1", source: queueArn, attempt: 1 });
  expect({ ...messages[0]?.attributes }).toEqual({ tenant: "acme" });
  expect(await messages[0]?.text()).toBe("hello");
  expect(result).toEqual(failures());
});

test("through Pipes the queue's messages are a bare array", async () => {
  const event = [sqsRecord("m1", snsText("n1", "hello"))];
  const { messages, result } = await see(event, { unwrap: ["pipes", "sqs"], batchItemFailures: true });
  expect(messages[0]?.id).toBe("n1");
  expect(result).toEqual(failures());
});
