import { http, queue, reply, schedule } from "@portico/core";
import * as adapter from "@portico/gcp";
import { describe, expect, test } from "vitest";
import { fake } from "../fake.js";
import { header, json } from "../reply.js";
import * as gcp from "./index.js";

const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
const data = (text: string) => Buffer.from(text).toString("base64");

describe("a fake event of Google Cloud", () => {
  test("is what a function gets: a message of Pub/Sub by the signature that it is deployed with", async () => {
    const message = { json: { sku: "a" }, attributes: { tenant: "acme" }, id: "7" };
    const published = { data: data('{"sku":"a"}'), attributes: { tenant: "acme" }, messageId: "7" };
    expect(await gcp.queue(message, { queue: "orders" })).toMatchObject({
      id: "7",
      type: "google.cloud.pubsub.topic.v1.messagePublished",
      source: "//pubsub.googleapis.com/projects/portico/topics/orders",
      data: { message: published },
    });
    expect(await gcp.queue(message, { signature: "event" })).toMatchObject({
      data: { data: published.data, attributes: published.attributes },
      context: { eventId: "7", eventType: "google.pubsub.topic.publish" },
    });
    const push = await gcp.queue(message, { signature: "http" });
    expect(push).toMatchObject({ method: "POST", headers: { "content-type": "application/json" } });
    expect(JSON.parse(Buffer.from(push.body).toString())).toMatchObject({ message: published });
  });

  test("is a task of Cloud Tasks, which is always a request", async () => {
    const task = await gcp.queue({ text: "x" }, { from: "cloud-tasks", queue: "mails" });
    expect(task).toMatchObject({ method: "POST", headers: { "x-cloudtasks-queuename": "mails" } });
    expect(Buffer.from(task.body).toString()).toBe("x");
  });

  test("reaches a function through the framework's own server", async () => {
    const seen: unknown[] = [];
    const fulfil = queue("orders").handle(async (message) => void seen.push(await message.json()));
    adapter.queue("fakes-fulfil", fulfil, { redelivery: true });
    const request = await gcp.queue({ json: { sku: "a" } }, { signature: "http" });
    expect((await gcp.send("fakes-fulfil", request)).status).toBe(204);
    expect(seen).toEqual([{ sku: "a" }]);
    await expect(gcp.send("nobody", request)).rejects.toThrow("nobody");
  });

  test("reaches a native handler, with its body parsed as the framework does it", async () => {
    const answer = await gcp.send(
      (request, response) => {
        response
          .status(201)
          .set("x-query", String(request.query.x))
          .json({ body: request.body, raw: request.rawBody?.length });
      },
      await gcp.http({ path: "/orders", query: "x=1", json: { a: 1 } }),
    );
    expect(answer.status).toBe(201);
    expect(header(answer, "x-query")).toBe("1");
    expect(await json(answer)).toEqual({ body: { a: 1 }, raw: 7 });
  });

  test("is a request to where its parameters lead", async () => {
    const create = http.post("/orders/:id").handle(async ({ params }) => reply.json(params));
    adapter.http("fakes-create", create);
    const request = await gcp.http({ params: { id: "7" }, json: {} }, { template: "/orders/:id" });
    expect(request.path).toBe("/orders/7");
    expect(await json(await gcp.send("fakes-create", request))).toEqual({ id: "7" });
  });

  test("is a call of Cloud Scheduler, or a message of its topic", async () => {
    const due = new Date("2026-03-29T01:00:00Z");
    const seen: Date[] = [];
    adapter.schedule(
      "fakes-nightly",
      schedule("0 3 * * *").handle(({ scheduledTime }) => void seen.push(scheduledTime)),
    );
    const call = await gcp.schedule({ scheduledTime: due }, { job: "nightly" });
    expect(call.headers).toMatchObject({ "x-cloudscheduler": "true", "x-cloudscheduler-jobname": "nightly" });
    expect((await gcp.send("fakes-nightly", call)).status).toBe(204);
    expect(seen).toEqual([due]);
    expect(await gcp.schedule({ json: { full: true } }, { unwrap: "pubsub" })).toMatchObject({
      data: { message: { data: data('{"full":true}') } },
    });
  });

  test("is there for every kind", async () => {
    expect(await gcp.topic({ text: "a" }, { topic: "placed" })).toMatchObject({
      data: { message: { data: data("a") } },
    });
    expect(await gcp.stream({ text: "a", partition: "k" })).toMatchObject({ data: { message: { orderingKey: "k" } } });
    expect(await gcp.object({ bucket: "invoices", key: "a b.pdf", seed: 1 })).toMatchObject({
      type: "google.cloud.storage.object.v1.finalized",
      source: "//storage.googleapis.com/projects/_/buckets/invoices",
      data: { name: "a b.pdf", bucket: "invoices", size: "1024", generation: "1767225600000001" },
    });
    const call = await gcp.invoke({ json: { a: 1 } }, { path: "/quote" });
    expect(call).toMatchObject({ method: "POST", path: "/quote", body: new TextEncoder().encode('{"a":1}') });
    const change = await gcp.change({ table: "orders", after: { id: "7", state: "paid" } });
    expect(change).toMatchObject({ type: "google.cloud.firestore.document.v1.created", document: "orders/7" });
    expect(change.data).toBeInstanceOf(Buffer);
    expect(await gcp.change({ table: "orders", after: { id: "7" } }, { from: "realtime-database" })).toMatchObject({
      type: expect.stringContaining("firebase.database"),
    });
    expect(await gcp.event({ type: "com.example.paid", source: "/shop", json: { a: 1 } })).toMatchObject({
      type: "com.example.paid",
      source: "/shop",
      data: { a: 1 },
    });
  });

  test("is the same with the same seed, and another without", async () => {
    expect(await gcp.object({}, { seed: "a" })).toEqual(await gcp.object({}, { seed: "a" }));
    expect((await gcp.queue()).id).not.toBe((await gcp.queue()).id);
  });

  test("may be made of a neutral event, and have other values here and there", async () => {
    expect((await gcp.topic(fake.topic({ id: "m1" }))).id).toBe("m1");
    const event = await gcp.object({ key: "a" }, {}, { data: { metageneration: "3" }, subject: "objects/other" });
    expect(event).toMatchObject({ data: { name: "a", metageneration: "3" }, subject: "objects/other" });
  });

  test("that Google cannot deliver is refused", async () => {
    const unencodable = expect.objectContaining({ code: "EVENT_UNENCODABLE" });
    await expect(gcp.stream({ key: Buffer.from("k") })).rejects.toEqual(unencodable);
    await expect(gcp.queue({ jsn: 1 } as never)).rejects.toEqual(refused);
  });
});
