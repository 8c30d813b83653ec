import { type ChangeEvent, change, Decimal, deadLetter, retry } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { lambdaContext } from "../../test/events.js";
import { documentDbChange, documentDbEvent } from "../../test/stream-events.js";
import { type ChangeOptions, change as deploy } from "../change.js";

const sink = async () => undefined;
const never = () => new Promise<undefined>(() => undefined);

type Handler = Parameters<ReturnType<typeof change>["handle"]>[0];

function start(handler: Handler, options: ChangeOptions = {}) {
  const entry = deploy(change("orders").handle(handler), { sink, ...options });
  return (event: unknown) => entry(event, lambdaContext());
}

async function read(event: unknown): Promise<ChangeEvent[]> {
  const seen: ChangeEvent[] = [];
  await start((one) => void seen.push(one))(event);
  return seen;
}

async function readField(field: unknown) {
  const [event] = await read(documentDbEvent(documentDbChange(1, { fullDocument: { field } })));
  return event?.after?.field;
}

describe("a change", () => {
  test("has its collection, its key and its document", async () => {
    const [event] = await read(documentDbEvent(9));
    expect(event).toMatchObject({
      kind: "change",
      id: "0163eeb6e700000009010000000900000009",
      source: "arn:aws:rds:eu-west-1:123456789012:cluster:shop/shop/orders",
      table: "orders",
      action: "insert",
      key: { _id: "63eeb6e7d418cd98afb1c1d7" },
      before: undefined,
      after: { _id: "63eeb6e7d418cd98afb1c1d7", sku: "a" },
      expired: undefined,
      partition: undefined,
      sequence: "0163eeb6e700000009010000000900000009",
    });
    expect(event?.time.toISOString()).toBe("2023-02-16T23:06:15.000Z");
    expect(await event?.json()).toMatchObject({ table: "orders", action: "insert" });
  });

  test.each([
    ["insert", "insert"],
    ["update", "update"],
    ["replace", "update"],
    ["delete", "delete"],
  ])("%s is %s", async (operationType, action) => {
    const fullDocument = operationType === "delete" ? undefined : null;
    const [event] = await read(documentDbEvent(documentDbChange(1, { operationType, fullDocument })));
    expect(event?.action).toBe(action);
    expect(event?.after).toBeUndefined();
  });

  test("has the document before, where the collection keeps it", async () => {
    const [event] = await read(
      documentDbEvent(documentDbChange(1, { fullDocumentBeforeChange: { n: { $numberInt: "1" } } })),
    );
    expect(event?.before).toEqual(Object.assign(Object.create(null), { n: 1 }));
  });

  test("without a cluster time has the one at which it came", async () => {
    const before = Date.now();
    const [event] = await read(documentDbEvent(documentDbChange(1, { clusterTime: undefined })));
    expect(event?.time.getTime()).toBeGreaterThanOrEqual(before);
  });
});

describe("a value", () => {
  test.each<[string, unknown, unknown]>([
    ["a text", "x", "x"],
    ["a plain number", 1.5, 1.5],
    ["null", null, null],
    ["an id", { $oid: "63eeb6e7d418cd98afb1c1d7" }, "63eeb6e7d418cd98afb1c1d7"],
    ["an integer", { $numberInt: "7" }, 7],
    ["a long one", { $numberLong: "7" }, 7],
    ["one beyond 2^53", { $numberLong: "9007199254740993" }, 9007199254740993n],
    ["a double", { $numberDouble: "1.5" }, 1.5],
    ["infinity", { $numberDouble: "-Infinity" }, Number.NEGATIVE_INFINITY],
    ["a decimal", { $numberDecimal: "1.50" }, 1.5],
    [
      "a decimal of 34 digits",
      { $numberDecimal: "1.234567890123456789012345678901234" },
      new Decimal("1.234567890123456789012345678901234"),
    ],
    ["a decimal that is no number", { $numberDecimal: "NaN" }, new Decimal("NaN")],
    ["a date", { $date: "2023-02-16T23:06:15.123Z" }, new Date("2023-02-16T23:06:15.123Z")],
    ["a date in milliseconds", { $date: 1676588775123 }, new Date(1676588775123)],
    ["a date in canonical form", { $date: { $numberLong: "-1" } }, new Date(-1)],
    ["bytes", { $binary: { base64: "AAEqQQ==", subType: "00" } }, Uint8Array.from([0, 1, 42, 65])],
    ["bytes in the older form", { $binary: "AAEqQQ==", $type: "00" }, Uint8Array.from([0, 1, 42, 65])],
    ["a UUID", { $uuid: "3b241101-e2bb-4255-8caf-4136c566a962" }, "3b241101-e2bb-4255-8caf-4136c566a962"],
    ["a symbol", { $symbol: "s" }, "s"],
    ["a list", [{ $numberLong: "1" }, [true]], [1, [true]]],
  ])("is exact: %s", async (_, given, value) => {
    expect(await readField(given)).toEqual(value);
  });

  test("without a plain form stays the map that it is", async () => {
    for (const map of [{ $timestamp: { t: 1, i: 2 } }, { $minKey: 1 }, { $unknown: "x" }, { $oid: "a", more: 1 }, {}]) {
      expect(JSON.stringify(await readField(map))).toBe(JSON.stringify(map));
    }
  });

  test("that is a map has no prototype, whatever its keys", async () => {
    const map = (await readField(JSON.parse('{"__proto__":{"$numberInt":"1"},"constructor":"b"}'))) as object;
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(Object.entries(map)).toEqual([
      ["__proto__", 1],
      ["constructor", "b"],
    ]);
  });

  test.each([
    ["a number that is none", { $numberLong: "x" }],
    ["a date that is none", { $date: "x" }],
    ["an id that is none", { $oid: 7 }],
    ["bytes that are none", { $binary: { base64: "@@" } }],
    ["bytes of nothing", { $binary: null }],
  ])("%s makes its change a dead letter, and leaves its mates unharmed", async (_, field) => {
    const store = vi.fn(sink);
    const seen: unknown[] = [];
    const run = start((event) => void seen.push(event.after), { sink: store });
    expect(await run(documentDbEvent(documentDbChange(1, { fullDocument: { field } }), 2))).toBeUndefined();
    expect(store).toHaveBeenCalledTimes(1);
    expect(seen).toHaveLength(1);
  });
});

describe("failures", () => {
  test("bring back the whole delivery, with or without the declaration, which its mappings cannot have", async () => {
    for (const batchItemFailures of [true, false]) {
      const seen: unknown[] = [];
      const run = start(
        ({ id }) => {
          seen.push(id);
          return id.endsWith("2") ? retry() : undefined;
        },
        { batchItemFailures },
      );
      await expect(run(documentDbEvent(1, 2, 3))).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect(seen).toHaveLength(2);
      expect(await run(documentDbEvent(1))).toBeUndefined();
    }
  });

  test.each([
    ["a sink that fails", () => deadLetter("x"), () => Promise.reject(new Error("no disk"))],
    ["a sink that hangs", () => deadLetter("x"), never],
    ["a handler that throws undefined", () => Promise.reject(undefined), sink],
    ["a handler that never settles", never, sink],
  ])("%s is one", async (_, handler, store) => {
    await expect(start(handler, { sink: store, timeoutMs: 60 })(documentDbEvent(1, 2))).rejects.toThrow();
  });
});

describe("bad input", () => {
  test.each([
    ["a collection that was dropped", { operationType: "drop", documentKey: undefined }],
    ["a stream that ended", { operationType: "invalidate", documentKey: undefined, ns: undefined }],
    ["an action that is a property of objects", { operationType: "constructor" }],
    ["no action", { operationType: undefined }],
    ["no key", { documentKey: undefined }],
    ["no collection", { ns: { db: "shop" } }],
  ])("%s is no change of a document: it is a dead letter, without the handler", async (_, over) => {
    const store = vi.fn(async ({ id, source }: ChangeEvent) => expect(`${source}#${id}`).toBeTruthy());
    const handler = vi.fn(() => undefined);
    const run = start(handler, { sink: store });
    expect(await run(documentDbEvent(documentDbChange(1, over), 2))).toBeUndefined();
    expect(store).toHaveBeenCalledTimes(1);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("an event without its list, or a change without its token, rejects the delivery", async () => {
    for (const event of [
      { ...documentDbEvent(), events: undefined },
      { ...documentDbEvent(), events: [null] },
      documentDbEvent(documentDbChange(1, { _id: {} })),
    ]) {
      await expect(start(() => undefined)(event)).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
    }
    expect(await start(() => undefined)(documentDbEvent())).toBeUndefined();
  });
});
