import { type CosmosDBv4ChangeFeedItem, CosmosDBv4ChangeFeedMode, type SqlChange } from "@azure/functions";
import { type ChangeEvent, change, type Sink } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { json } from "../test/rpc.js";
import { retryForEver } from "../test/sources.js";
import { bindingOf, fire, worker } from "../test/worker.js";
import { type AzureChangeOptions, change as register } from "./change.js";

const noSink: Sink = async () => undefined;
const cosmosDB = { connection: "Shop", databaseName: "shop", retry: retryForEver };
const all = { ...cosmosDB, changeFeedMode: CosmosDBv4ChangeFeedMode.AllVersionsAndDeletes } as const;
const sql = { connectionStringSetting: "Sql" };
let count = 0;

async function receive(input: unknown, options: AzureChangeOptions): Promise<ChangeEvent[]> {
  count += 1;
  const events: ChangeEvent[] = [];
  register(
    `change${count}`,
    change("orders").handle((event) => void events.push(event)),
    options,
  );
  await fire(`change${count}`, { input: json(input), metadata: {} });
  return events;
}

const document = {
  id: "order-1",
  customer: "c-1",
  total: 10,
  _rid: "rid1==",
  _etag: '"e"',
  _ts: 1772705731,
  _lsn: 101,
};

test("the host is told of the container, or the table; Azure's own options pass through", () => {
  const fn = change("orders").handle(() => undefined);
  register("cosmos-told", fn, { cosmosDB: { ...cosmosDB, createLeaseContainerIfNotExists: true }, sink: noSink });
  expect(bindingOf("cosmos-told")).toMatchObject({
    type: "cosmosDBTrigger",
    containerName: "orders",
    databaseName: "shop",
    createLeaseContainerIfNotExists: true,
  });
  expect(worker.functions.get("cosmos-told")?.metadata.retryOptions).toMatchObject({ maxRetryCount: -1 });
  register("sql-told", fn, { sql: { ...sql, tableName: "dbo.Orders" }, primaryKey: ["id"], sink: noSink });
  expect(bindingOf("sql-told")).toMatchObject({
    type: "sqlTrigger",
    tableName: "dbo.Orders",
    connectionStringSetting: "Sql",
  });
});

test("what would lose changes is refused at registration", () => {
  const fn = change("orders").handle(() => undefined);
  const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
  expect(() =>
    register("no-retry", fn, { cosmosDB: { ...cosmosDB, retry: undefined } as never, sink: noSink }),
  ).toThrow(refused);
  expect(() => register("no-key", fn, { sql, sink: noSink } as never)).toThrow("no primary key was given");
  const deletions = change("orders", { actions: ["insert", "delete"] }).handle(() => undefined);
  expect(() => register("no-deletes", deletions, { cosmosDB, sink: noSink })).toThrow("does not tell of deletions");
  register("deletes", deletions, { cosmosDB: all, sink: noSink });
});

describe("Cosmos DB, latest versions", () => {
  test("a document is an upsert: whether it is new is not told", async () => {
    const [event] = await receive([document], { cosmosDB, sink: noSink });
    expect(event).toMatchObject({
      id: "rid1==@101",
      source: "shop/orders",
      table: "orders",
      action: "upsert",
      sequence: "101",
      before: undefined,
      expired: undefined,
    });
    expect(event?.key).toEqual({ id: "order-1" });
    expect(event?.after).toEqual(document);
    expect(event?.time.toISOString()).toBe("2026-03-05T10:15:31.000Z");
    expect(await event?.json()).toMatchObject({ table: "orders", action: "upsert" });
  });

  test("a batch is handled in order and stops at the first failure", async () => {
    const order: unknown[] = [];
    const fn = change("orders").handle(({ key }) => {
      order.push(key.id);
      if (key.id === "b") throw new Error("no");
    });
    register("cosmos-order", fn, { cosmosDB, sink: noSink });
    const input = json(["a", "b", "c"].map((id) => ({ ...document, id })));
    await expect(fire("cosmos-order", { input, metadata: {} })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(order).toEqual(["a", "b"]);
  });

  test("what is no document goes to the sink, and its batch-mates are unharmed", async () => {
    const sink = vi.fn<Sink>(async () => undefined);
    const events = await receive([document, null, 5, "text", { noId: true }, { ...document, id: "order-2" }], {
      cosmosDB,
      sink,
    });
    expect(events.map(({ key }) => key.id)).toEqual(["order-1", "order-2"]);
    expect(sink.mock.calls.map(([event]) => event.native)).toEqual([null, 5, "text", { noId: true }]);
  });

  test("an empty batch is success", async () => {
    expect(await receive([], { cosmosDB, sink: noSink })).toEqual([]);
  });

  test("keys that would set a prototype are members like others", async () => {
    count += 1;
    let after: unknown;
    register(
      `change${count}`,
      change("orders").handle((event) => {
        after = event.after;
      }),
      { cosmosDB, sink: noSink },
    );
    const input = { json: '[{"id":"1","__proto__":{"admin":true},"deep":{"__proto__":1}}]' };
    await fire(`change${count}`, { input, metadata: {} });
    expect(Object.keys(after as object)).toEqual(["id", "__proto__", "deep"]);
    expect(Object.getPrototypeOf(after)).toBeNull();
    expect((after as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe("Cosmos DB, all versions and deletes", () => {
  const item = (operationType: string, more: Partial<CosmosDBv4ChangeFeedItem<object>> = {}) =>
    ({
      current: document,
      metadata: { crts: 1772705732, lsn: 102, operationType, ...more.metadata },
      ...("current" in more && { current: more.current ?? null }),
      ...(more.previous && { previous: more.previous }),
    }) satisfies CosmosDBv4ChangeFeedItem<object>;

  test("the operation, both images, and the feed's own order", async () => {
    const previous = { ...document, total: 9 };
    const [created, replaced] = await receive([item("create"), item("replace", { previous })], {
      cosmosDB: all,
      sink: noSink,
    });
    expect(created).toMatchObject({ action: "insert", before: undefined, sequence: "102", id: "rid1==@102" });
    expect(created?.after).toEqual(document);
    expect(replaced).toMatchObject({ action: "update" });
    expect(replaced?.before).toEqual(previous);
    expect(replaced?.time.toISOString()).toBe("2026-03-05T10:15:32.000Z");
  });

  test("a deletion, with its key from the feed where no image is kept", async () => {
    const metadata = {
      crts: 1,
      lsn: 3,
      operationType: "delete",
      timeToLiveExpired: true,
      id: "order-9",
      partitionKey: { customer: "c" },
    };
    const [kept, gone] = await receive(
      [
        item("delete", {
          current: null,
          previous: document,
          metadata: { crts: 1, lsn: 2, operationType: "delete", timeToLiveExpired: false },
        }),
        { current: {}, metadata },
      ],
      { cosmosDB: all, sink: noSink },
    );
    expect(kept).toMatchObject({ action: "delete", after: undefined, expired: false });
    expect(kept?.before).toEqual(document);
    expect(gone).toMatchObject({
      action: "delete",
      after: undefined,
      before: undefined,
      expired: true,
      id: "order-9@3",
    });
    expect(gone?.key).toEqual({ id: "order-9", customer: "c" });
  });

  test("the mode is what was registered, not what a document looks like", async () => {
    const sly = { ...document, current: { id: "x" }, metadata: { operationType: "delete" } };
    const [event] = await receive([sly], { cosmosDB, sink: noSink });
    expect(event).toMatchObject({ action: "upsert", key: { id: "order-1" } });
  });

  test("an operation of tomorrow is an upsert", async () => {
    expect((await receive([item("merge")], { cosmosDB: all, sink: noSink }))[0]?.action).toBe("upsert");
  });
});

describe("SQL", () => {
  const row = (Operation: number, Item: object) => ({ Operation, Item }) satisfies SqlChange<object>;
  const options = { sql, primaryKey: ["tenant", "id"], sink: noSink };

  test("rows with their key; a deleted one has nothing else", async () => {
    const [inserted, updated, deleted] = await receive(
      [
        row(0, { tenant: "t", id: 1, sku: "a" }),
        row(1, { tenant: "t", id: 2, sku: "b" }),
        row(2, { tenant: "t", id: 3, sku: null }),
      ],
      options,
    );
    expect([inserted, updated, deleted].map((event) => event?.action)).toEqual(["insert", "update", "delete"]);
    expect(inserted?.after).toEqual({ tenant: "t", id: 1, sku: "a" });
    expect(deleted?.key).toEqual({ tenant: "t", id: 3 });
    expect([deleted?.after, deleted?.before]).toEqual([undefined, undefined]);
  });

  test("a row's id is the same when it comes again, and another when it has changed", async () => {
    const id = async (sku: string) => (await receive([row(1, { tenant: "t", id: 2, sku })], options))[0]?.id;
    expect(await id("a")).toBe(await id("a"));
    expect(await id("a")).not.toBe(await id("b"));
    expect(await id("a")).toMatch(/^t\/2@[\da-f]{16}$/);
  });

  test("a row without its key, or no row at all, goes to the sink; the others are unharmed", async () => {
    const sink = vi.fn<Sink>(async () => undefined);
    const events = await receive(
      [row(0, { id: 1 }), null, row(7, { tenant: "t", id: 1 }), row(0, { tenant: "t", id: 1 })],
      { ...options, sink },
    );
    expect(events).toHaveLength(1);
    expect(sink).toHaveBeenCalledTimes(3);
    expect(sink.mock.calls[0]?.[1]).toBe("EVENT_MALFORMED: A row of the table orders has no column tenant.");
  });
});
