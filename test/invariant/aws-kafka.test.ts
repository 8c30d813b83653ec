import { stream as deploy, type StreamOptions } from "@portico/aws/stream";
import { type NeutralEvent, type StreamRecord, stream } from "@portico/core";
import { lambdaContext, readFailures } from "./aws-entry.js";
import type { Choices, History } from "./history.js";
import type { Answer, Model, NativeDelivery, Platform } from "./model.js";
import { testModels } from "./test-model.js";
import type { World } from "./world.js";

interface Partition {
  readonly name: string;
  readonly group: number;
  readonly ids: readonly string[];
  /** The offset from which it goes on. */
  offset: number;
}

interface Identifier {
  readonly partition: string;
  readonly offset: number;
}

/** Several partitions in a delivery. Each goes on from the lowest offset that is reported of it; a failure without one brings all back. */
class Kafka implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private readonly declared: boolean;
  private readonly partitions: readonly Partition[];

  constructor(world: World, history: History, choices: Choices, declared: boolean) {
    this.world = world;
    this.choices = choices;
    this.declared = declared;
    this.partitions = [...new Set(history.messages.map(({ group }) => group))].map((group) => ({
      name: `orders-${group}`,
      group,
      ids: world.messages.filter((one) => one.group === group).map(({ id }) => id),
      offset: 0,
    }));
  }

  next(): NativeDelivery | undefined {
    const open = this.partitions.filter(({ ids, offset }) => offset < ids.length);
    if (open.length === 0) return undefined;
    const skipped = this.choices.below(open.length);
    const taken = open.slice(skipped).map((partition) => {
      const end = partition.offset + 1 + this.choices.below(partition.ids.length - partition.offset);
      return { partition, end };
    });
    const records = taken.map(({ partition, end }) => [partition.name, toRecords(partition, end)]);
    const event = {
      eventSource: "aws:kafka",
      eventSourceArn: "arn:aws:kafka:eu-west-1:123456789012:cluster/shop/1-4",
      records: Object.fromEntries(records),
    };
    return { event, settle: (answer) => this.settle(taken, answer) };
  }

  private settle(taken: readonly { readonly partition: Partition; readonly end: number }[], answer: Answer): void {
    if (!answer.ok) return;
    const known = (identifier: unknown): Identifier | undefined => {
      const { partition, offset } = (identifier ?? {}) as Identifier;
      const sent = taken.find((one) => one.partition.name === partition);
      return sent && offset >= sent.partition.offset && offset < sent.end ? { partition, offset } : undefined;
    };
    const failed = this.declared ? readFailures(answer.result, known) : [];
    if (!failed) return;
    for (const { partition, end } of taken) {
      const offsets = failed.filter((one) => one.partition === partition.name).map(({ offset }) => offset);
      const reached = Math.min(end, ...offsets);
      for (const id of partition.ids.slice(partition.offset, reached)) this.world.acknowledge(id);
      partition.offset = reached;
    }
  }
}

function toRecords({ ids, offset: start, group }: Partition, end: number): unknown[] {
  return ids.slice(start, end).map((id, index) => ({
    topic: "orders",
    partition: group,
    offset: start + index,
    timestamp: 1595035749700,
    timestampType: "CREATE_TIME",
    key: Buffer.from(id).toString("base64"),
    value: "",
    headers: [],
  }));
}

const idOf = (record: NeutralEvent) => (record as StreamRecord).partitionKey as string;

function model(name: string, options: StreamOptions): Model {
  return {
    name,
    ordered: true,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? stream("orders").batch(world.batchHandler(process, idOf))
        : stream("orders").handle(world.handler(process, idOf));
      const handler = deploy(fn, { ...options, concurrency, sink: world.sink(process, idOf) });
      return (event, deadlineMs) => handler(event, lambdaContext(deadlineMs));
    },
    start: (world, history, choices) => new Kafka(world, history, choices, options.batchItemFailures === true),
    reorder: ({ records, ...rest }: { records: Record<string, unknown[]> }) => ({
      ...rest,
      records: Object.fromEntries(Object.entries(records).map(([name, list]) => [name, list.toReversed()])),
    }),
  };
}

testModels(model("Kafka, with partial results", { batchItemFailures: true }), model("Kafka, without", {}));
