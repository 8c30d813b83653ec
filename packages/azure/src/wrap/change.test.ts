import type { CosmosDBv4ChangeFeedItem, CosmosDBv4Handler, SqlChange, SqlHandler } from "@azure/functions";
import { type ChangeEvent, Decimal } from "@portico/core";
import { MessageContext } from "@portico/core/adapter";
import { describe, expect, test, vi } from "vitest";
import { testContext } from "../../../core/test/message.js";
import { change, encodeChange } from "./change.js";

const changed = (facts: Partial<ChangeEvent> = {}): ChangeEvent => ({
  ...{
    kind: "change",
    id: "c1",
    source: "table/orders",
    time: new Date("2026-03-05T10:15:31.900Z"),
    native: undefined,
  },
  ...{ table: "orders", key: { id: "o1" }, action: "insert", before: undefined, after: { id: "o1", total: 10 } },
  ...{ expired: undefined, partition: undefined, sequence: "101", json: async () => null },
  ...facts,
});
const all = { table: "orders", cosmosDB: { changeFeedMode: "AllVersionsAndDeletes" } } as const;

async function deliver(fn: ReturnType<typeof change>, events: readonly ChangeEvent[]) {
  const { context } = testContext();
  const items = events.map((event) => ({ event, context: new MessageContext(context, event, {}) }));
  return Promise.all(fn["~batch"]?.(items) ?? []);
}

describe("Cosmos DB", () => {
  test("a handler gets a list of documents with what the service adds to each", async () => {
    const handler = vi.fn<CosmosDBv4Handler>(async () => undefined);
    await change(handler, { table: "orders", cosmosDB: { databaseName: "shop" } })(changed());
    const [documents, context] = handler.mock.calls[0] ?? [];
    expect(documents).toEqual([
      {
        ...{ id: "o1", total: 10, _rid: "portico-not-live-o1", _self: "portico-not-live", _etag: '"portico-not-live"' },
        ...{ _attachments: "attachments/", _ts: 1772705731, _lsn: 101 },
      },
    ]);
    expect(context?.triggerMetadata).toEqual({});
    expect(context?.options.trigger).toMatchObject({ containerName: "orders", databaseName: "shop" });
  });

  test("in a batch it gets them all, and all come again when it fails; deletions are dropped, as they never come", async () => {
    const error = new Error("no");
    const handler = vi.fn<CosmosDBv4Handler>(() => Promise.reject(error));
    const fn = change.batch(handler, { table: "orders", cosmosDB: {} });
    const outcomes = await deliver(fn, [
      changed(),
      changed({ action: "delete", after: undefined }),
      changed({ action: "upsert" }),
    ]);
    expect(handler.mock.calls[0]?.[0]).toHaveLength(2);
    expect(outcomes).toMatchObject([{ outcome: "retry", error }, { outcome: "drop" }, { outcome: "retry", error }]);
  });

  test("the feed of all versions tells what happened", async () => {
    const [delivery] = await encodeChange(
      [
        changed({
          action: "delete",
          after: undefined,
          before: { id: "o1", total: 9 },
          key: { id: "o1", tenant: "x" },
          expired: true,
        }),
      ],
      all,
    );
    expect(delivery?.input).toEqual([
      {
        current: null,
        previous: expect.objectContaining({ id: "o1", total: 9 }),
        metadata: {
          ...{ crts: 1772705731, lsn: 101, operationType: "delete", timeToLiveExpired: true },
          ...{ id: "o1", partitionKey: { tenant: "x" } },
        },
      } satisfies CosmosDBv4ChangeFeedItem,
    ]);
  });

  test("an event that may be either is refused unless the user says what it stands for", async () => {
    const upsert = changed({ action: "upsert" });
    await expect(encodeChange([upsert], all)).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      details: { field: "action" },
    });
    const [delivery] = await encodeChange([upsert], { ...all, upsertAs: "update" });
    expect(delivery?.input).toMatchObject([{ metadata: { operationType: "replace" } }]);
  });

  test("what identifies an item becomes the document's id; without that it is refused", async () => {
    const item = changed({ key: { tenant: "x", sku: 7 }, after: { tenant: "x", sku: 7 } });
    await expect(encodeChange([item], { table: "orders", cosmosDB: {} })).rejects.toMatchObject({
      details: { field: "key" },
      hint: expect.stringContaining("keys"),
    });
    const [delivery] = await encodeChange([item], { table: "orders", cosmosDB: {}, keys: ["tenant", "sku"] });
    expect(delivery?.input).toMatchObject([{ id: "x|7", tenant: "x", sku: 7 }]);
    const other = changed({ key: { sku: 7 }, after: { id: "other", sku: 7 } });
    await expect(encodeChange([other], { table: "orders", cosmosDB: {}, keys: ["sku"] })).rejects.toMatchObject({
      details: { field: "key" },
    });
  });

  test.each([
    ["total", { total: new Decimal("0.1234567890123456789") }],
    ["total", { total: 12345678901234567890n }],
    ["at.when", { at: { when: new Date(0) } }],
    ["bytes[0]", { bytes: [new Uint8Array([1])] }],
    ["none", { none: Number.NaN }],
  ])("what JSON cannot say is refused by name: %s", async (field, item) => {
    const encoding = encodeChange([changed({ after: { id: "o1", ...item } })], { table: "orders", cosmosDB: {} });
    await expect(encoding).rejects.toMatchObject({ code: "EVENT_UNENCODABLE", details: { field } });
  });
});

describe("SQL", () => {
  const sql = { table: "orders", sql: {} } as const;

  test("a handler gets rows with what was done to them; of a deleted one its key", async () => {
    const handler = vi.fn<SqlHandler>(async () => undefined);
    const fn = change.batch(handler, sql);
    await deliver(fn, [changed(), changed({ action: "update" }), changed({ action: "delete", after: undefined })]);
    expect(handler.mock.calls[0]?.[0]).toEqual([
      { Operation: 0, Item: { id: "o1", total: 10 } },
      { Operation: 1, Item: { id: "o1", total: 10 } },
      { Operation: 2, Item: { id: "o1" } },
    ] satisfies SqlChange[]);
  });

  test.each([
    ["action", { action: "upsert" }],
    ["after", { after: undefined }],
    ["key", { key: {} }],
    ["key", { key: { sku: 1 } }],
    ["attribute lines", { after: { id: "o1", lines: [] } }],
  ] as [string, Partial<ChangeEvent>][])("a row without %s is refused", async (field, facts) => {
    await expect(encodeChange([changed(facts)], sql)).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      details: { field },
    });
  });
});
