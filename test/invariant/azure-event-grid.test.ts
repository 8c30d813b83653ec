import { topic as deploy } from "@portico/azure";
import { type NeutralEvent, topic } from "@portico/core";
import { azureEntry, type Invocation } from "./azure-entry.js";
import { type Model, timeMs } from "./model.js";
import { Redeliveries, type Waiting } from "./redelivery.js";
import { testModels } from "./test-model.js";

/** The subscription's retry policy; then the events go to its dead-letter container. */
const tries = 5;

const toEvent = ({ id }: Waiting) => ({
  id,
  topic: "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/orders",
  subject: "orders",
  eventType: "Order.Placed",
  eventTime: "2026-01-02T03:04:05Z",
  data: {},
  dataVersion: "1",
  metadataVersion: "1",
});

const toCloudEvent = ({ id }: Waiting) => ({
  specversion: "1.0",
  id,
  source: "/orders",
  type: "Order.Placed",
  data: {},
});

const idOf = ({ id }: NeutralEvent) => id;

/** A delivery is one event, or several: the failure of any brings them all back. */
function model(name: string, withSink: boolean, write: (message: Waiting) => unknown, many: boolean): Model {
  const toInvocation = (messages: readonly Waiting[]): Invocation => {
    const events = messages.map(write);
    return { input: many ? events : events[0] };
  };
  return {
    name,
    ordered: false,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? topic("orders").batch(world.batchHandler(process, idOf))
        : topic("orders").handle(world.handler(process, idOf));
      const sink = withSink && { sink: world.sink(process, idOf) };
      return azureEntry(deploy("orders", fn, { eventGrid: {}, concurrency, timeoutMs: timeMs, ...sink }));
    },
    start: (world, _, choices) =>
      new Redeliveries(world, choices, { many, ordered: false, tries, event: toInvocation }),
  };
}

testModels(
  model("Event Grid, one", true, toEvent, false),
  model("Event Grid, many", true, toCloudEvent, true),
  model("Event Grid, many, without a sink", false, toEvent, true),
);
