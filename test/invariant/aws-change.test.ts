import { type ChangeOptions, change as deploy } from "@portico/aws/change";
import { type ChangeEvent, change, type NeutralEvent } from "@portico/core";
import { lambdaContext } from "./aws-entry.js";
import type { Model } from "./model.js";
import { type ShardSource, Shards } from "./shards.js";
import { testModels } from "./test-model.js";

const prefix = "1405400000000002063282";

const dynamoDb: ShardSource["event"] = (records) => ({
  Records: records.map(({ id, place, shard }) => ({
    eventID: `${shard}-${id}`,
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    dynamodb: { Keys: { id: { S: id } }, SequenceNumber: `${prefix}${100 + place}`, StreamViewType: "KEYS_ONLY" },
    eventSourceARN: `arn:aws:dynamodb:eu-west-1:123456789012:table/Orders-${shard}/stream/2016-12-01T00:00:00.000`,
  })),
});

const placeOf = (identifier: unknown) =>
  typeof identifier === "string" && identifier.startsWith(prefix) ? Number(identifier.slice(-3)) - 100 : undefined;

const documentDb: ShardSource["event"] = (records) => ({
  eventSource: "aws:docdb",
  eventSourceArn: `arn:aws:rds:eu-west-1:123456789012:cluster:shop-${records[0]?.shard}`,
  events: records.map(({ id, place }) => ({
    event: {
      _id: { _data: `0163eeb6e7${100 + place}` },
      documentKey: { id },
      ns: { db: "shop", coll: "orders" },
      operationType: "insert",
    },
  })),
});

const idOf = (event: NeutralEvent) => (event as ChangeEvent).key.id as string;

function model(name: string, options: ChangeOptions, source: ShardSource): Model {
  return {
    name,
    ordered: true,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? change("Orders").batch(world.batchHandler(process, idOf))
        : change("Orders").handle(world.handler(process, idOf));
      const handler = deploy(fn, { ...options, concurrency, sink: world.sink(process, idOf) });
      return (event, deadlineMs) => handler(event, lambdaContext(deadlineMs));
    },
    start: (world, history, choices) => new Shards(world, history, choices, source),
    reorder: ({ Records, events, ...rest }: { Records?: unknown[]; events?: unknown[] }) => ({
      ...rest,
      ...(Records && { Records: Records.toReversed() }),
      ...(events && { events: events.toReversed() }),
    }),
  };
}

testModels(
  model("DynamoDB, with partial results", { batchItemFailures: true }, { event: dynamoDb, placeOf }),
  model("DynamoDB, without", {}, { event: dynamoDb }),
  // Its mappings take none, whatever the function was told.
  model("DocumentDB", { batchItemFailures: true }, { event: documentDb }),
);
