import { queue as deploy, type QueueOptions } from "@portico/aws/queue";
import { type NeutralEvent, queue } from "@portico/core";
import { lambdaContext, readFailures } from "./aws-entry.js";
import type { Choices } from "./history.js";
import type { Answer, Model, NativeDelivery, Platform } from "./model.js";
import { testModels } from "./test-model.js";
import type { World } from "./world.js";

interface Kind {
  readonly fifo: boolean;
  /** Whether the mapping has ReportBatchItemFailures. */
  readonly declared: boolean;
}

/**
 * A queue: what is delivered is deleted when the delivery succeeds, and comes again where it is named as failed. A FIFO queue delivers the
 * messages of a group in order, and none behind one that is still to be deleted; a standard one in any order.
 */
class Sqs implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private readonly kind: Kind;
  private waiting: readonly { readonly id: string; readonly group: number }[];

  constructor(world: World, choices: Choices, kind: Kind) {
    this.world = world;
    this.choices = choices;
    this.kind = kind;
    this.waiting = world.messages;
  }

  next(): NativeDelivery | undefined {
    if (this.waiting.length === 0) return undefined;
    const size = 1 + this.choices.below(this.waiting.length);
    const ids = this.kind.fifo ? this.inOrder(size) : this.inAnyOrder(size);
    // A standard queue delivers at least once; nothing says that both are not of one batch.
    const sent = this.world.history.twice && !this.kind.fifo ? [...ids, ids[0] as string] : ids;
    return { event: { Records: sent.map((id) => this.toRecord(id)) }, settle: (answer) => this.settle(ids, answer) };
  }

  /** Some groups, each from its head. */
  private inOrder(size: number): readonly string[] {
    const first = this.waiting[0]?.group;
    const others = this.choices.below(2) === 1;
    return this.waiting
      .filter(({ group }) => others || group === first)
      .slice(0, size)
      .map(({ id }) => id);
  }

  private inAnyOrder(size: number): readonly string[] {
    const left = this.waiting.map(({ id }) => id);
    return Array.from({ length: size }, () => left.splice(this.choices.below(left.length), 1)[0] as string);
  }

  private settle(ids: readonly string[], answer: Answer): void {
    if (!answer.ok) return;
    const known = (id: unknown) => (ids.includes(id as string) ? (id as string) : undefined);
    const failed = this.kind.declared ? readFailures(answer.result, known) : [];
    if (!failed) return;
    const deleted = ids.filter((id) => !failed.includes(id));
    for (const id of deleted) this.world.acknowledge(id);
    this.waiting = this.waiting.filter(({ id }) => !deleted.includes(id));
  }

  private toRecord(id: string): unknown {
    const group = this.world.messages.find((one) => one.id === id)?.group;
    return {
      messageId: id,
      receiptHandle: `handle-${id}`,
      body: "{}",
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1545082649183", MessageGroupId: `g${group}` },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:orders${this.kind.fifo ? ".fifo" : ""}`,
      awsRegion: "eu-west-1",
    };
  }
}

const idOf = ({ id }: NeutralEvent) => id;

function model(name: string, kind: Kind): Model {
  const options: QueueOptions = { batchItemFailures: kind.declared };
  return {
    name,
    ordered: kind.fifo,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? queue("orders").batch(world.batchHandler(process, idOf))
        : queue("orders").handle(world.handler(process, idOf));
      // Without a sink a dead letter is tried again, until the queue's own redrive policy ends it.
      const sink = concurrency > 1 ? { sink: world.sink(process, idOf) } : {};
      const handler = deploy(fn, { ...options, ...sink, concurrency });
      return (event, deadlineMs) => handler(event, lambdaContext(deadlineMs));
    },
    start: (world, _, choices) => new Sqs(world, choices, kind),
    ...(kind.fifo && { reorder: ({ Records }: { Records: unknown[] }) => ({ Records: Records.toReversed() }) }),
  };
}

testModels(
  model("SQS, with partial results", { fifo: false, declared: true }),
  model("SQS, without", { fifo: false, declared: false }),
  model("SQS FIFO, with partial results", { fifo: true, declared: true }),
  model("SQS FIFO, without", { fifo: true, declared: false }),
);
