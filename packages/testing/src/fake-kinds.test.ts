import { ack, change, Decimal, fromCloudEvent, invoke, object, schedule, toCloudEvent } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "./fake.js";

const refused = (text: string) =>
  expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(text) });
const start = new Date("2026-01-01T00:00:00Z");

describe("a fake object event", () => {
  test("is a created object with a name of its own, unless it is told otherwise", async () => {
    const made = fake.object();
    expect(made).toMatchObject({ kind: "object", bucket: "fake-bucket", source: "fake-bucket", action: "created" });
    expect(made.key).not.toBe(fake.object().key);
    expect(made.size).toBeUndefined();
    expect(made.time).toEqual(start);
    const given = { bucket: "invoices", key: "2026/a b.pdf", action: "deleted", permanent: true } as const;
    expect(await fake.object({ ...given, size: 7, etag: "e" }).json()).toMatchObject({ ...given, size: 7, etag: "e" });
  });

  test("passes the filter of a function, or is dropped by it", async () => {
    const pdfs = object("invoices", { suffix: ".pdf", actions: ["created"] }).handle(() => ack());
    expect(await pdfs(fake.object({ key: "a.pdf" }))).toEqual(ack());
    expect(await pdfs(fake.object({ key: "a.txt" }))).toMatchObject({ outcome: "drop" });
  });

  test("that cannot be made says what is wrong", () => {
    expect(() => fake.object({ action: "gone" as never })).toThrow(refused("one of created, deleted"));
    expect(() => fake.object({ size: -1 })).toThrow(refused("bytes"));
    expect(() => fake.object({ name: "a" } as object)).toThrow(refused('has no "name"'));
  });
});

describe("a fake change", () => {
  test("has the action that its items show, and the key of its item", () => {
    const [before, after] = [
      { id: "7", state: "open" },
      { id: "7", state: "paid" },
    ];
    expect(fake.change({ after })).toMatchObject({ action: "insert", key: { id: "7" }, after, before: undefined });
    expect(fake.change({ before, after })).toMatchObject({ action: "update", key: { id: "7" } });
    expect(fake.change({ before })).toMatchObject({ action: "delete", key: { id: "7" } });
    expect(fake.change({ after, action: "upsert", key: { tenant: "a", id: "7" } })).toMatchObject({
      action: "upsert",
      key: { tenant: "a", id: "7" },
    });
    expect(fake.change().key).not.toEqual(fake.change().key);
    expect(fake.change({ table: "orders" })).toMatchObject({ table: "orders", source: "orders" });
  });

  test("keeps exact values, in maps without a prototype", async () => {
    const after = {
      big: 2n ** 70n,
      price: new Decimal("0.1234567890123456789"),
      at: start,
      raw: Uint8Array.of(1),
      list: [{ a: null }],
    };
    const made = fake.change({ after });
    expect(made.after).toEqual(after);
    expect("toString" in (made.after as object)).toBe(false);
    expect("toString" in (made.after as typeof after).list[0]!).toBe(false);
    expect(fromCloudEvent(await toCloudEvent(made))).toMatchObject({ after: { big: 2n ** 70n } });
    const drops = change("orders", { actions: ["delete"] }).handle(() => ack());
    expect(await drops(made)).toMatchObject({ outcome: "drop" });
  });

  test("that cannot be made says what is wrong", () => {
    expect(() => fake.change({ after: { a: undefined } as never })).toThrow(refused("no database holds"));
    expect(() => fake.change({ after: { a: new Map() } as never })).toThrow(refused("no database holds"));
    expect(() => fake.change({ after: [] as never })).toThrow(refused("an object of database values"));
    expect(() => fake.change({ action: "modify" as never })).toThrow(refused("one of insert"));
  });
});

describe("a fake tick", () => {
  test("comes when it was due, with no payload", async () => {
    const tick = fake.schedule();
    expect(tick).toMatchObject({ time: start, scheduledTime: start, late: false });
    expect(await tick.json()).toBeNull();
    expect(fake.schedule({ scheduledTime: new Date(5) }).time).toEqual(new Date(5));
  });

  test("is late by more than a minute, or when it is said to be", async () => {
    const scheduledTime = start;
    const at = (ms: number) => fake.schedule({ scheduledTime, time: new Date(start.getTime() + ms) }).late;
    expect([at(60_000), at(60_001)]).toEqual([false, true]);
    expect(fake.schedule({ late: true, json: { full: true } }).late).toBe(true);
    const nightly = schedule("0 3 * * *").handle(async (tick) => {
      expect(await tick.json()).toEqual({ full: true });
    });
    expect(await nightly(fake.schedule({ json: { full: true } }))).toEqual(ack());
    expect(() => fake.schedule({ scheduledTime: "now" as never })).toThrow(refused("a valid Date"));
  });
});

describe("a fake call", () => {
  test("has the JSON that a caller would send", async () => {
    const total = invoke("total").handle((call) => call.payload);
    expect(await total(fake.invoke({ json: { at: start, list: [1, undefined] } }))).toEqual({
      at: "2026-01-01T00:00:00.000Z",
      list: [1, null],
    });
    expect(fake.invoke().payload).toEqual({});
    expect(fake.invoke({ json: null }).payload).toBeNull();
    expect(() => fake.invoke({ json: 1n })).toThrow(refused("no JSON form"));
    expect(() => fake.invoke({ payload: 1 } as object)).toThrow(refused('has no "payload"'));
  });
});
