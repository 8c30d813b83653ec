import { type AzureStreamOptions, stream as deploy } from "@portico/azure";
import { type NeutralEvent, type StreamRecord, stream } from "@portico/core";
import { Checkpoints, isLeft, type ToInvocation } from "./azure-checkpoints.js";
import { azureEntry, reversed } from "./azure-entry.js";
import { type Model, timeMs } from "./model.js";
import { testModels } from "./test-model.js";

const toInvocation: ToInvocation = (records) => ({
  input: records.map(() => Buffer.from("{}")),
  triggerMetadata: {
    partitionContext: { partitionId: String(records[0]?.lease), eventHubName: "clicks" },
    sequenceNumberArray: records.map(({ place }) => place),
    systemPropertiesArray: records.map(({ id, place }) => ({ sequenceNumber: place, partitionKey: id })),
  },
});

const idOf = (record: NeutralEvent) => (record as StreamRecord).partitionKey as string;

function model(name: string, maxRetryCount: number): Model {
  const retry = { strategy: "fixedDelay", maxRetryCount, delayInterval: 1000 } as const;
  const source: Pick<AzureStreamOptions, "eventHub"> = { eventHub: { connection: "Hub", retry } };
  return {
    name,
    ordered: true,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? stream("clicks").batch(world.batchHandler(process, idOf))
        : stream("clicks").handle(world.handler(process, idOf));
      const sink = world.sink(process, idOf, isLeft);
      return azureEntry(
        deploy("clicks", fn, { ...source, concurrency, timeoutMs: timeMs, sink } as AzureStreamOptions),
      );
    },
    start: (world, history, choices) => new Checkpoints(world, history, choices, maxRetryCount, toInvocation),
    reorder: reversed,
  };
}

testModels(
  model("Event Hubs, retried for ever", -1),
  model("Event Hubs, with two retries", 2),
  model("Event Hubs, with no retry", 0),
);
