import { topic as deploy } from "@portico/aws/topic";
import { type NeutralEvent, topic } from "@portico/core";
import { lambdaContext } from "./aws-entry.js";
import type { Choices } from "./history.js";
import type { Answer, Model, NativeDelivery, Platform } from "./model.js";
import { testModels } from "./test-model.js";
import type { World } from "./world.js";

/** Two retries after the first try; then the event goes to the failure destination, where somebody finds it. */
const tries = 3;

/** One event per invocation, in any order. Any result is success, and any failure is tried again. */
class AsyncInvoke implements Platform {
  private readonly world: World;
  private readonly choices: Choices;
  private waiting: { readonly id: string; tried: number }[];

  constructor(world: World, choices: Choices) {
    this.world = world;
    this.choices = choices;
    this.waiting = world.messages.map(({ id }) => ({ id, tried: 0 }));
  }

  next(): NativeDelivery | undefined {
    const message = this.waiting[this.choices.below(this.waiting.length)];
    if (!message) return undefined;
    return { event: toEvent(message.id), settle: (answer) => this.settle(message, answer) };
  }

  private settle(message: { readonly id: string; tried: number }, answer: Answer): void {
    message.tried += 1;
    if (answer.ok) this.world.acknowledge(message.id);
    if (answer.ok || message.tried === tries) this.waiting = this.waiting.filter((one) => one !== message);
  }
}

function toEvent(id: string): unknown {
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: "arn:aws:sns:eu-west-1:123456789012:orders:1",
        Sns: {
          Type: "Notification",
          MessageId: id,
          TopicArn: "arn:aws:sns:eu-west-1:123456789012:orders",
          Subject: null,
          Message: "{}",
          Timestamp: "2019-01-02T12:45:07.000Z",
          MessageAttributes: {},
        },
      },
    ],
  };
}

const idOf = ({ id }: NeutralEvent) => id;

function model(name: string, withSink: boolean): Model {
  return {
    name,
    ordered: false,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? topic("orders").batch(world.batchHandler(process, idOf))
        : topic("orders").handle(world.handler(process, idOf));
      const handler = deploy(fn, { concurrency, ...(withSink && { sink: world.sink(process, idOf) }) });
      return (event, deadlineMs) => handler(event, lambdaContext(deadlineMs));
    },
    start: (world, _, choices) => new AsyncInvoke(world, choices),
  };
}

testModels(model("async invoke (SNS), with a sink", true), model("async invoke (SNS), without", false));
