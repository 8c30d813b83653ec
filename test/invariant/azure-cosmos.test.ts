import { type AzureChangeOptions, change as deploy } from "@portico/azure";
import { type ChangeEvent, change, type NeutralEvent } from "@portico/core";
import { Checkpoints, isLeft, type ToInvocation } from "./azure-checkpoints.js";
import { azureEntry, reversed } from "./azure-entry.js";
import { type Model, timeMs } from "./model.js";
import { testModels } from "./test-model.js";

const latest: ToInvocation = (records) => ({
  input: records.map(({ id, place }) => ({ id, _rid: `rid-${id}`, _etag: "0", _ts: 1_800_000_000, _lsn: 100 + place })),
});

const allVersions: ToInvocation = (records) => ({
  input: records.map(({ id, place }) => ({
    current: { id },
    metadata: { operationType: "create", lsn: 100 + place, crts: 1_800_000_000 },
  })),
});

const idOf = (event: NeutralEvent) => (event as ChangeEvent).key.id as string;

function model(name: string, maxRetryCount: number, full: boolean): Model {
  const cosmosDB = {
    connection: "Shop",
    databaseName: "shop",
    ...(full && { changeFeedMode: "AllVersionsAndDeletes" as const }),
    retry: { strategy: "fixedDelay", maxRetryCount, delayInterval: 1000 } as const,
  };
  return {
    name,
    ordered: true,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? change("Orders").batch(world.batchHandler(process, idOf))
        : change("Orders").handle(world.handler(process, idOf));
      const sink = world.sink(process, idOf, isLeft);
      return azureEntry(deploy("orders", fn, { cosmosDB, concurrency, timeoutMs: timeMs, sink } as AzureChangeOptions));
    },
    start: (world, history, choices) =>
      new Checkpoints(world, history, choices, maxRetryCount, full ? allVersions : latest),
    reorder: reversed,
  };
}

testModels(
  model("Cosmos DB, latest versions, retried for ever", -1, false),
  model("Cosmos DB, latest versions, with two retries", 2, false),
  model("Cosmos DB, all versions, with one retry", 1, true),
);
