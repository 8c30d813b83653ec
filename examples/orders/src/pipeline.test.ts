import { queue, retry } from "@portico/core";
import { batch, fake, json, recordingSink } from "@portico/testing";
import * as aws from "@portico/testing/aws";
import * as azure from "@portico/testing/azure";
import { onEveryCloud } from "@portico/testing/every-cloud";
import * as gcp from "@portico/testing/gcp";
import { expect, test } from "vitest";
import { app } from "./orders.js";
import { clicks, fulfil, invoiceStored, nightlyReport, sink } from "./pipeline.js";

const order = { id: "7", sku: "café-42", quantity: 2 };

test("an order that is out of stock comes again, and is packed the second time", async () => {
  const context = fake.context();
  const json = { ...order, sku: "out-of-stock" };
  expect(await fulfil(fake.queue({ json, attempt: 1 }), context)).toMatchObject({ outcome: "retry" });
  expect(await fulfil(fake.queue({ json, attempt: 2 }), context)).toMatchObject({ outcome: "ack" });
  expect(context.logs[0]).toMatchObject({ message: "fulfil", fields: { order: "7" } });
});

test("an order that cannot be read is set aside", async () => {
  expect(await fulfil(fake.queue({ text: "no JSON" }), fake.context())).toMatchObject({
    outcome: "deadLetter",
    reason: expect.stringContaining("BAD_REQUEST"),
  });
});

test("of several orders each has an outcome of its own", async () => {
  const packAll = queue("orders").batch(async (items) => {
    const orders = await Promise.all(items.map(({ event }) => event.json()));
    return orders.map((one) => ((one as typeof order).quantity > 100 ? retry() : undefined));
  });
  const messages = [1, 500].map((quantity) => fake.queue({ json: { ...order, quantity } }));
  expect(await batch(packAll, messages)).toMatchObject([{ outcome: "ack" }, { outcome: "retry" }]);
});

test("the report of the night stops before its time is up", async () => {
  const clock = fake.clock("2026-03-29T01:00:00Z");
  const context = fake.context({}, { clock, timeoutMs: 5_000 });
  await nightlyReport(fake.schedule({ time: clock.now() }), context);
  await clock.advance(4_750);
  expect(context.signal.aborted).toBe(true);
  expect(context.remainingMs()).toBe(250);
});

test("an order means the same on every cloud", async () => {
  const { aws, azure, gcp, differences } = await onEveryCloud(fulfil).send(fake.queue({ json: order }));
  expect([aws.fate, azure.fate, gcp.fate]).toEqual(["acknowledged", "acknowledged", "acknowledged"]);
  expect(differences).toEqual([]);
});

test("an article that is no longer sold is set aside on every cloud", async () => {
  const kept = recordingSink();
  const discontinued = fake.queue({ json: { ...order, sku: "discontinued" } });
  const { azure } = await onEveryCloud(fulfil, {
    sink: kept,
    azure: { storageQueue: { connection: "Store" } },
  }).send(discontinued);
  expect(azure).toMatchObject({ fate: "set aside", reason: "this article is no longer sold" });
  expect(kept.taken.map(({ message }) => message.id)).toEqual(Array(3).fill(discontinued.id));
});

test("an order is created by the same reply on every cloud", async () => {
  const request = fake.http({ path: "/tenants/acme/orders", json: { sku: "a", quantity: 0 } });
  const { aws, differences } = await onEveryCloud(app).send(request);
  expect(aws.reply.status).toBe(400);
  expect(await json(aws.reply)).toMatchObject({ code: "INPUT_INVALID" });
  expect(differences.filter((one) => !one.includes("x-request-id") && !one.includes("body"))).toEqual([]);
});

test("what a cloud cannot carry is a difference", async () => {
  const keyed = fake.stream({ text: "/home", key: Buffer.from("visitor-1") });
  const { differences } = await onEveryCloud(clicks, { sink, aws: { source: "msk" } }).send(keyed);
  expect(differences).toContainEqual(expect.stringMatching(/^gcp cannot carry the event: .*key/));
});

test("native events are made like neutral ones", async () => {
  const event = await aws.queue([{ json: order }, { json: order }], { queue: "orders.fifo" });
  expect(event.Records[0]?.attributes.MessageGroupId).toBe("fake-group");
  const { input, context } = await azure.queue({ json: order }, { storageQueue: { dataType: "binary" } });
  expect(input).toEqual(Buffer.from(JSON.stringify(order)));
  expect(context.triggerMetadata).toMatchObject({ dequeueCount: 1 });
  const cloudEvent = await gcp.object({ bucket: invoiceStored.trigger.bucket, key: "2026/7.pdf" });
  expect(cloudEvent).toMatchObject({ type: "google.cloud.storage.object.v1.finalized", data: { name: "2026/7.pdf" } });
});
