import { type ChangeEvent, Decimal } from "@portico/core";
import { fake } from "@portico/testing";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { deliverAll } from "../../test/wrap.js";
import { change, type EncodeChangeOptions, encodeChange } from "./change.js";

function changed(over: Partial<ChangeEvent> = {}): ChangeEvent {
  return {
    kind: "change",
    id: "c1",
    source: "//firestore.googleapis.com/projects/p/databases/d",
    time: new Date("2026-01-02T03:04:05Z"),
    native: undefined,
    table: "Orders",
    key: { id: "o1" },
    action: "insert",
    before: undefined,
    after: { id: "o1", total: 5 },
    expired: undefined,
    partition: undefined,
    sequence: "100",
    json: async () => null,
    ...over,
  };
}

const refusal = (field: string) => ({ code: "EVENT_UNENCODABLE", permanent: true, details: { field } });

describe("DynamoDB", () => {
  test("a change is what a stream of DynamoDB delivers", async () => {
    const event = await encodeChange([changed()], { region: "eu-west-1" });
    expect(event satisfies DynamoDBStreamEvent).toEqual({
      Records: [
        {
          eventID: "c1",
          eventName: "INSERT",
          eventVersion: "1.1",
          eventSource: "aws:dynamodb",
          awsRegion: "eu-west-1",
          dynamodb: {
            ApproximateCreationDateTime: 1767323045,
            Keys: { id: { S: "o1" } },
            NewImage: { id: { S: "o1" }, total: { N: "5" } },
            SequenceNumber: "100",
            SizeBytes: 73,
            StreamViewType: "NEW_AND_OLD_IMAGES",
          },
          eventSourceARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders/stream/2026-01-01T00:00:00.000",
        },
      ],
    });
  });

  test("values keep every digit and every byte", async () => {
    const after = {
      big: 2n ** 70n,
      exact: new Decimal("0.1234567890123456789"),
      float: 2 ** 60,
      bytes: new Uint8Array([0, 255]),
      list: [1, "a", null, [true]],
      map: Object.assign(Object.create(null), { ["__proto__"]: 1 }),
    };
    const { Records } = await encodeChange([changed({ after })]);
    expect(Records[0]?.dynamodb.NewImage).toEqual({
      big: { N: "1180591620717411303424" },
      exact: { N: "0.1234567890123456789" },
      float: { N: "1.152921504606847e+18" },
      bytes: { B: "AP8=" },
      list: { L: [{ N: "1" }, { S: "a" }, { NULL: true }, { L: [{ BOOL: true }] }] },
      map: { M: Object.fromEntries([["__proto__", { N: "1" }]]) },
    });
  });

  test("an item that was too old was removed by the service; the view tells which images there are", async () => {
    const removed = changed({ action: "delete", expired: true, before: { id: "o1" }, after: undefined });
    expect((await encodeChange([removed])).Records[0]).toMatchObject({
      eventName: "REMOVE",
      userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
      dynamodb: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    const view = async (over: Partial<ChangeEvent>) =>
      (await encodeChange([changed({ action: "update", ...over })])).Records[0]?.dynamodb.StreamViewType;
    expect(await view({ after: undefined })).toBe("KEYS_ONLY");
    expect(await view({})).toBe("NEW_IMAGE");
    expect(await view({ after: undefined, before: {} })).toBe("OLD_IMAGE");
    expect(await view({ before: {} })).toBe("NEW_AND_OLD_IMAGES");
  });

  const deep = (levels: number): ChangeEvent["key"] => (levels === 0 ? {} : { a: deep(levels - 1) });
  test.each<[string, Partial<ChangeEvent>, EncodeChangeOptions?]>([
    ["after.at", { after: { at: new Date(0) } }],
    ["after.n", { after: { n: Number.NaN } }],
    ["after.n", { after: { n: 1e126 } }],
    ["after.n", { after: { n: 1e-131 } }],
    ["after.n", { after: { n: BigInt("1".repeat(39)) } }],
    ["after.n", { after: { n: new Decimal("NaN") } }],
    ["after.list[1]", { after: { list: [1, new Date(0)] } }],
    ["after", { after: { "": 1 } }],
    ["before.text", { before: { text: "\ud800" } }],
    ["action", { action: "upsert" }],
    ["key", { key: {} }],
    ["key", { key: { a: 1, b: 2, c: 3 } }],
    ["key.id", { key: { id: true } }],
    ["key.id", { key: { id: "" } }],
    ["key", {}, { keys: ["tenant"] }],
    ["table", { table: "users/42/orders" }],
    ["sequence", { sequence: "a" }],
    ["id", { id: "" }],
    ["time", { time: new Date(Number.NaN) }],
  ])("a change is refused for its %s", async (field, over, options) => {
    await expect(encodeChange([changed(over)], options)).rejects.toMatchObject(refusal(field));
  });

  test("nothing is nested more deeply than DynamoDB has it", async () => {
    expect((await encodeChange([changed({ after: deep(32) })])).Records).toHaveLength(1);
    await expect(encodeChange([changed({ after: deep(33) })])).rejects.toMatchObject({ code: "EVENT_UNENCODABLE" });
  });

  test("options name the key, and say what an upsert is taken for", async () => {
    const upsert = changed({ action: "upsert", key: {}, after: { tenant: "a", id: "o1" } });
    const { Records } = await encodeChange([upsert], { keys: ["tenant", "id"], upsertAs: "update" });
    expect(Records[0]).toMatchObject({
      eventName: "MODIFY",
      dynamodb: { Keys: { tenant: { S: "a" }, id: { S: "o1" } } },
    });
    const named = await encodeChange([changed()], { keys: ({ key }) => ({ orderId: key.id as string }) });
    expect(named.Records[0]?.dynamodb.Keys).toEqual({ orderId: { S: "o1" } });
  });

  test("the lowest failure and all behind it are retry", async () => {
    const events = ["1", "2", "3"].map((sequence) => changed({ id: sequence, sequence }));
    const run = (...ids: string[]) =>
      deliverAll(
        change.batch(async () => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) }), {
          table: "Orders",
          batchItemFailures: true,
        }),
        events,
        fake.context(),
      );
    expect(await run("2")).toEqual(["ack", "retry", "retry"]);
    expect(await run("9")).toEqual(Array(3).fill("retry"));
    expect(await run()).toEqual(Array(3).fill("ack"));
  });
});

describe("DocumentDB", () => {
  const encode = async (over: Partial<ChangeEvent>) =>
    (await encodeChange([changed(over)], { source: "document-db", database: "shop" })).events[0]?.event;

  test("a change is what a change stream delivers", async () => {
    const source = "arn:aws:rds:eu-west-1:1:cluster:shop/sales/Orders";
    const before = {
      at: new Date(0),
      n: 2n ** 62n,
      bytes: new Uint8Array([255]),
      exact: new Decimal("0.10"),
      nan: Number.NaN,
    };
    const event = await encodeChange([changed({ source, action: "update", before })], { source: "document-db" });
    expect(event).toEqual({
      eventSource: "aws:docdb",
      eventSourceArn: "arn:aws:rds:eu-west-1:1:cluster:shop",
      events: [
        {
          event: {
            _id: { _data: "c1" },
            clusterTime: { $timestamp: { t: 1767323045, i: 1 } },
            documentKey: { id: "o1" },
            fullDocument: { id: "o1", total: 5 },
            fullDocumentBeforeChange: {
              at: { $date: { $numberLong: "0" } },
              n: { $numberLong: "4611686018427387904" },
              bytes: { $binary: { base64: "/w==", subType: "00" } },
              exact: { $numberDecimal: "0.10" },
              nan: { $numberDouble: "NaN" },
            },
            ns: { db: "sales", coll: "Orders" },
            operationType: "update",
          },
        },
      ],
    });
    expect((await encode({}))?.ns).toEqual({ db: "shop", coll: "Orders" });
  });

  test.each<[string, Partial<ChangeEvent>]>([
    ["after", { after: { $date: "x" } }],
    ["after", { after: { "a\u0000b": 1 } }],
    ["after.n", { after: { n: BigInt("1".repeat(35)) } }],
    ["after.at", { after: { at: new Date(Number.NaN) } }],
    ["action", { action: "upsert" }],
    ["table", { table: "" }],
    ["time", { time: new Date(-1000) }],
  ])("a change is refused for its %s", async (field, over) => {
    await expect(encode(over)).rejects.toMatchObject(refusal(field));
  });

  test("takes no report of failures", () => {
    const wrap = () => change(async () => undefined, { table: "t", source: "document-db", batchItemFailures: true });
    expect(wrap).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
