import { stream as deploy, type StreamOptions } from "@portico/aws/stream";
import { type NeutralEvent, type StreamRecord, stream } from "@portico/core";
import { lambdaContext } from "./aws-entry.js";
import type { Model } from "./model.js";
import { type ShardSource, Shards } from "./shards.js";
import { testModels } from "./test-model.js";

const digits = "49568167373333333333333333333333333333333333333333333";
const prefix = `${digits}`;

const event: ShardSource["event"] = (records) => ({
  Records: records.map(({ id, place, shard }) => ({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: id,
      sequenceNumber: `${prefix}${100 + place}`,
      data: "",
      approximateArrivalTimestamp: 1480641523.477,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-00000000000${shard}:${prefix}${100 + place}`,
    eventName: "aws:kinesis:record",
    awsRegion: "eu-west-1",
    eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
  })),
});

const placeOf = (identifier: unknown) =>
  typeof identifier === "string" && identifier.startsWith(prefix) ? Number(identifier.slice(-3)) - 100 : undefined;

const idOf = (record: NeutralEvent) => (record as StreamRecord).partitionKey as string;

function model(name: string, options: StreamOptions, source: ShardSource): Model {
  return {
    name,
    ordered: true,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? stream("clicks").batch(world.batchHandler(process, idOf))
        : stream("clicks").handle(world.handler(process, idOf));
      const handler = deploy(fn, { ...options, concurrency, sink: world.sink(process, idOf) });
      return (given, deadlineMs) => handler(given, lambdaContext(deadlineMs));
    },
    start: (world, history, choices) => new Shards(world, history, choices, source),
    reorder: ({ Records }: { Records: unknown[] }) => ({ Records: Records.toReversed() }),
  };
}

testModels(
  model("Kinesis, with partial results", { batchItemFailures: true }, { event, placeOf }),
  model("Kinesis, without", {}, { event }),
);
