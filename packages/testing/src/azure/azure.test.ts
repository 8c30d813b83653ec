import * as adapter from "@portico/azure";
import { http, queue, reply, schedule } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "../fake.js";
import * as azure from "./index.js";

const refused = expect.objectContaining({ code: "CONFIG_INVALID" });

describe("a fake invocation of Azure Functions", () => {
  test("is what a handler gets: a message of Service Bus with its metadata", async () => {
    const { input, context } = await azure.queue(
      { json: { sku: "a" }, correlationId: "c", attributes: { tenant: "acme" }, seed: 1 },
      { queue: "orders" },
    );
    expect(input).toEqual({ sku: "a" });
    expect(context.triggerMetadata).toMatchObject({
      messageId: fake.queue({ seed: 1 }).id,
      correlationId: "c",
      deliveryCount: 1,
      applicationProperties: { tenant: "acme" },
      enqueuedTimeUtc: "2026-01-01T00:00:00",
    });
    expect(context.options.trigger).toMatchObject({ type: "serviceBusTrigger", queueName: "orders" });
  });

  test("comes from the source that is named, in the form it is registered with", async () => {
    const stored = await azure.queue({ json: { a: 1 } }, { storageQueue: { dataType: "binary" } });
    expect(stored.input).toEqual(Buffer.from('{"a":1}'));
    expect(stored.context.options.trigger).toMatchObject({ type: "queueTrigger", queueName: "fake-queue" });
    const messages = [{ text: "a" }, { text: "b", correlationId: "c" }];
    const many = await azure.queue(messages, { serviceBus: { cardinality: "many" } });
    expect(many.input).toEqual(["a", "b"]);
    expect(many.context.triggerMetadata?.correlationIdArray).toEqual(["c"]);
    await expect(azure.queue(messages)).rejects.toEqual(refused);
  });

  test("runs what the adapter registers, with its log taken apart", async () => {
    const fulfil = queue("orders").handle(async (message, { log }) => log.info("got", { text: await message.text() }));
    const handler = adapter.queue("fulfil", fulfil, { serviceBus: { connection: "Bus" } });
    const { input, context } = await azure.queue({ text: "x" }, { serviceBus: { dataType: "binary" } });
    await handler(input, context);
    expect(context.logs).toMatchObject([{ level: "info", message: "got", fields: { text: "x" } }]);
    context.warn("plain", 7);
    expect(context.logs[1]).toEqual({ level: "warn", message: "plain 7", fields: {} });
  });

  test("is a request of the library's own class", async () => {
    const create = http
      .post("/orders/:id")
      .handle(async (request) => reply.json([request.params, await request.json()]));
    const { input, context } = await azure.http({ params: { id: "7" }, json: { a: 1 } }, { template: "/orders/:id" });
    expect(input.url).toBe("https://example.test/api/orders/7");
    expect(input.params).toEqual({ id: "7" });
    const answer = await adapter.http("create", create)(input, context);
    expect(Buffer.from(answer.body as Uint8Array).toString()).toBe('[{"id":"7"},{"a":1}]');
  });

  test("is a timer that a handler of the library takes", async () => {
    const due = new Date("2026-03-29T01:00:00Z");
    const { input, context } = await azure.schedule({ scheduledTime: due });
    expect(input).toMatchObject({
      isPastDue: false,
      scheduleStatus: { next: expect.stringMatching(/^2026-03-29T01:00:00/) },
    });
    const seen: Date[] = [];
    const nightly = schedule("0 3 * * *").handle(({ scheduledTime }) => void seen.push(scheduledTime));
    await adapter.schedule("nightly", nightly, { timeZone: "UTC" })(input, context);
    expect(seen).toEqual([due]);
  });

  test("is there for every kind", async () => {
    expect((await azure.topic({ text: "a" })).context.options.trigger.type).toBe("serviceBusTrigger");
    expect((await azure.topic({ json: { a: 1 } }, { eventGrid: {} })).input).toMatchObject({ data: { a: 1 } });
    const records = await azure.stream([{ text: "a" }, { text: "b" }]);
    expect(records.input).toEqual(["a", "b"]);
    expect(records.context.triggerMetadata).toMatchObject({ partitionContext: { partitionId: "0" } });
    const call = await azure.invoke({ json: { a: 1 } }, { name: "quote" });
    expect(call.input.url).toMatch(/\/api\/quote$/);
    expect(await call.input.json()).toEqual({ a: 1 });
    expect((await azure.object({ bucket: "images", key: "a b.png", size: 7 })).input).toMatchObject({
      eventType: "Microsoft.Storage.BlobCreated",
      subject: "/blobServices/default/containers/images/blobs/a b.png",
    });
    const content = async () => Uint8Array.of(1, 2);
    const blob = await azure.object({ key: "a.png", size: 2 }, { blob: {}, content });
    expect(blob.input).toEqual(Buffer.from([1, 2]));
    expect((await azure.change([{ after: { id: "7" } }, { after: { id: "8" } }])).input).toMatchObject([
      { id: "7" },
      { id: "8" },
    ]);
    expect((await azure.change({ after: { id: "7" } }, { sql: {} })).input).toMatchObject([{ Item: { id: "7" } }]);
    const { input } = await azure.event({ type: "Placed", source: "/shop", json: { a: 1 } });
    expect(input).toMatchObject({ eventType: "Placed", data: { a: 1 } });
    expect((await azure.event({ json: 1 }, { schema: "CloudEventSchemaV1_0" })).input).toMatchObject({
      specversion: "1.0",
    });
  });

  test("is the same with the same seed, and another without", async () => {
    const make = async () => {
      const { input, context } = await azure.queue({ text: "a" }, { seed: 5 });
      const { invocationId, traceContext, triggerMetadata } = context;
      return { input, invocationId, traceContext, triggerMetadata };
    };
    expect(await make()).toEqual(await make());
    expect(azure.context().invocationId).not.toBe(azure.context().invocationId);
  });

  test("has other values here and there, and a context as it is wanted", async () => {
    const retryContext = { retryCount: 2, maxRetryCount: 5 };
    const { input, context } = await azure.queue(
      { json: { a: 1, b: 2 } },
      { context: { functionName: "fulfil", retryContext } },
      { input: { b: 3 }, triggerMetadata: { deliveryCount: 3 } },
    );
    expect(input).toEqual({ a: 1, b: 3 });
    expect(context).toMatchObject({ functionName: "fulfil", retryContext, triggerMetadata: { deliveryCount: 3 } });
  });

  test("that Azure cannot deliver is refused", async () => {
    const unencodable = expect.objectContaining({ code: "EVENT_UNENCODABLE" });
    await expect(azure.queue({ text: "a", attributes: { a: "1", A: "2" } })).rejects.toEqual(unencodable);
    await expect(azure.object({ action: "deleted" }, { blob: {} })).rejects.toEqual(unencodable);
    await expect(azure.queue({ jsn: 1 } as never)).rejects.toEqual(refused);
  });
});
