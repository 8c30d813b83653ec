import { ack, queue, retry } from "@portico/core";
import { expect, test } from "vitest";
import { batch } from "./batch.js";
import { fake } from "./fake.js";

test("a batch handler gets the events of a delivery together, and an outcome comes back for each", async () => {
  const seen: string[][] = [];
  const fulfilAll = queue("orders").batch(async (items) => {
    seen.push(await Promise.all(items.map(({ event }) => event.text())));
    return items.map((_, index) => (index === 1 ? retry() : undefined));
  });
  const events = ["a", "b", "c"].map((text) => fake.queue({ text }));
  expect(await batch(fulfilAll, events, fake.context())).toMatchObject([
    { outcome: "ack" },
    { outcome: "retry" },
    { outcome: "ack" },
  ]);
  expect(seen).toEqual([["a", "b", "c"]]);
});

test("any other handler gets each event on its own, with a log that tells them apart", async () => {
  const context = fake.context();
  const one = queue("orders").handle(async (message, { log }) => log.info("got", { text: await message.text() }));
  const events = [fake.queue({ text: "a", id: "1" }), fake.queue({ text: "b", id: "2" })];
  expect(await batch(one, events, context)).toEqual([ack(), ack()]);
  expect(context.logs.map(({ fields }) => fields)).toEqual([
    { messageId: "1", text: "a" },
    { messageId: "2", text: "b" },
  ]);
});

test("a batch is over when the work passed to waitUntil is", async () => {
  let over = false;
  const waits = queue("orders").handle((_message, { waitUntil }) => {
    waitUntil(new Promise((resolve) => setTimeout(resolve, 2)).then(() => (over = true)));
  });
  await batch(waits, [fake.queue()]);
  expect(over).toBe(true);
});

test("an empty batch has no outcomes", async () => {
  expect(
    await batch(
      queue("orders").batch(async () => []),
      [],
    ),
  ).toEqual([]);
});
