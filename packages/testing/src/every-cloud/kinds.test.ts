import { change, Decimal, event, every, invoke, object, schedule, stream, topic, validate } from "@portico/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fake } from "../fake.js";
import { onEveryCloud } from "./index.js";

const clouds = ["aws", "azure", "gcp"] as const;
const done = () => undefined;
const acknowledged = { fate: "acknowledged", error: undefined };

describe("on every cloud", () => {
  test("a topic function gets its message", async () => {
    const results = await onEveryCloud(topic("order-placed").handle(done)).send(
      fake.topic({ json: { id: 7 }, attributes: { tenant: "acme" }, subject: "order" }),
    );
    for (const cloud of clouds) {
      expect(results[cloud]).toMatchObject(acknowledged);
      expect(await results[cloud].received?.json()).toEqual({ id: 7 });
      expect(results[cloud].received?.attributes.tenant).toBe("acme");
    }
    expect(results.differences).toEqual([]);
    expect(results.aws.nativeEvent).toMatchObject({ Records: [{ EventSource: "aws:sns" }] });
  });

  test("a stream function gets its record, in its partition", async () => {
    const results = await onEveryCloud(stream("clicks").handle(done)).send(fake.stream({ text: "/home", seed: 5 }));
    for (const cloud of clouds) {
      expect(results[cloud]).toMatchObject(acknowledged);
      expect(results[cloud].received?.partition).toBe("0");
      expect(await results[cloud].received?.text()).toBe("/home");
    }
    expect(results.differences).toEqual([]);
    expect(results.aws.nativeEvent).toMatchObject({ Records: [{ eventSource: "aws:kinesis" }] });
    const kafka = { broker: "Broker", consumerGroup: "$Default", cardinality: "many" };
    const retry = { strategy: "fixedDelay", maxRetryCount: -1, delayInterval: 1000 } as const;
    const brokers = await onEveryCloud(stream("clicks").handle(done), {
      aws: { source: "msk" },
      azure: { kafka: { ...kafka, retry } },
    }).send(fake.stream({ key: Buffer.from("visitor"), seed: 5 }));
    expect([brokers.aws.fate, brokers.azure.fate, brokers.gcp.fate]).toEqual([
      "acknowledged",
      "acknowledged",
      "unencodable",
    ]);
    expect(brokers.aws.received?.key).toEqual(new Uint8Array(Buffer.from("visitor")));
  });

  test("an object function hears of its file", async () => {
    const stored = object("invoices", { suffix: ".pdf" }).handle(done);
    const results = await onEveryCloud(stored).send(fake.object({ bucket: "invoices", key: "a b+ü.pdf", size: 7 }));
    for (const cloud of clouds) {
      expect(results[cloud]).toMatchObject({
        ...acknowledged,
        received: { bucket: "invoices", key: "a b+ü.pdf", size: 7 },
      });
    }
    expect(results.differences).toEqual([]);
    const blob = await onEveryCloud(stored, { azure: { blob: { connection: "Store" } } }).send(
      fake.object({ bucket: "invoices", key: "a.pdf", size: 7, action: "deleted" }),
    );
    expect(blob.azure.fate).toBe("unencodable");
    const other = await onEveryCloud(stored).send(fake.object({ bucket: "invoices", key: "a.txt" }));
    for (const cloud of clouds) expect(other[cloud].outcome).toMatchObject({ outcome: "drop" });
  });

  test("a change function hears of its item, of an insert as what Cosmos DB's feed can tell", async () => {
    const changed = onEveryCloud(change("orders").handle(done));
    const { aws, azure, gcp, differences } = await changed.send(fake.change({ after: { id: "7", total: 1.5 } }));
    for (const { fate, received } of [aws, azure, gcp]) {
      expect(fate).toBe("acknowledged");
      expect(received).toMatchObject({ key: { id: "7" }, after: { id: "7", total: 1.5 } });
    }
    expect([aws.received?.action, azure.received?.action, gcp.received?.action]).toEqual([
      "insert",
      "upsert",
      "insert",
    ]);
    expect(differences).toEqual([]);
    const exact = await changed.send(fake.change({ after: { id: "7", total: new Decimal("0.1234567890123456789") } }));
    expect(exact.aws.received?.after?.total).toEqual(new Decimal("0.1234567890123456789"));
    expect(exact.differences).toEqual([
      expect.stringMatching(/^azure cannot carry the event: .*total:/),
      expect.stringMatching(/^gcp cannot carry the event: .*total:/),
    ]);
  });

  test("a function for deletions hears of them, by the feed that tells of them", async () => {
    const deletes = change("orders", { actions: ["delete"] }).handle(done);
    const deleted = await onEveryCloud(deletes).send(
      fake.change({ table: "orders", before: { id: "7", state: "open" } }),
    );
    for (const cloud of clouds) {
      expect(deleted[cloud]).toMatchObject({ ...acknowledged, received: { action: "delete", key: { id: "7" } } });
    }
    expect(deleted.differences).toEqual([]);
  });

  test("a schedule function hears the clock; a failed tick of Azure's timer is lost without a retry policy", async () => {
    const tick = fake.schedule({ scheduledTime: new Date("2026-03-29T01:00:00Z") });
    const nightly = schedule("0 3 * * *", { timeZone: "Europe/Paris" }).handle(done);
    const results = await onEveryCloud(nightly).send(tick);
    for (const cloud of clouds) {
      expect(results[cloud]).toMatchObject({ ...acknowledged, received: { scheduledTime: tick.scheduledTime } });
    }
    expect(results.differences).toEqual([]);
    const fails = schedule(every("5 minutes")).handle(() => {
      throw new Error("secret");
    });
    expect((await onEveryCloud(fails).send(tick)).differences).toEqual([
      "the message comes again on aws and gcp, is lost on azure",
    ]);
    const retry = { strategy: "fixedDelay", maxRetryCount: 3, delayInterval: 1000 } as const;
    expect((await onEveryCloud(fails, { azure: { timer: { retry } } }).send(tick)).azure.fate).toBe("comes again");
  });

  test("an event function gets its CloudEvent", async () => {
    const audit = event({ types: "com.example.payment.*" }).handle(done);
    const results = await onEveryCloud(audit).send(
      fake.event({ type: "com.example.payment.failed", source: "/payments", json: { order: 7 } }),
    );
    for (const cloud of clouds) {
      expect(results[cloud]).toMatchObject({ ...acknowledged, received: { type: "com.example.payment.failed" } });
      expect(await results[cloud].received?.json()).toEqual({ order: 7 });
    }
    expect(results.differences).toEqual([]);
  });

  test("a call is answered, or fails", async () => {
    const quote = invoke("quote")
      .use(validate(z.object({ quantity: z.number() })))
      .handle((_call, { input }) => ({ total: input.quantity * 10 }));
    const every = onEveryCloud(quote);
    const results = await every.send(fake.invoke({ json: { quantity: 2 } }));
    for (const cloud of clouds) expect(results[cloud]).toMatchObject({ answer: { total: 20 }, error: undefined });
    expect(results.differences).toEqual([]);
    const refused = await every.send(fake.invoke({ json: { quantity: "two" } }));
    for (const cloud of clouds) {
      expect(refused[cloud].answer).toBeUndefined();
      expect(String(refused[cloud].error)).toMatch(/not valid|400/);
    }
    expect(refused.differences).toEqual([]);
    const nothing = await onEveryCloud(invoke("nothing").handle(done)).send(fake.invoke());
    for (const cloud of clouds) expect(nothing[cloud].answer).toBeNull();
  });
});
