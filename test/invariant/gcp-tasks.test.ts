import { type NeutralEvent, queue } from "@portico/core";
import { queue as deploy } from "@portico/gcp/queue";
import { gcpEntry, type Request } from "./gcp-entry.js";
import { type Model, timeMs } from "./model.js";
import { Redeliveries, type Waiting } from "./redelivery.js";
import { testModels } from "./test-model.js";

const toRequest = ([message]: readonly Waiting[]): Request => ({
  fields: {
    "x-cloudtasks-taskname": message?.id ?? "",
    "x-cloudtasks-queuename": "orders",
    "x-cloudtasks-taskretrycount": String(message?.tried),
    "x-cloudtasks-tasketa": "1800000000.5",
  },
  body: {},
});

const idOf = ({ id }: NeutralEvent) => id;

/** A task is done with any status of success; until then it is tried again, here without a limit, behind which it would be deleted. */
const cloudTasks: Model = {
  name: "Cloud Tasks",
  ordered: false,
  success: 204,
  entry: (world, process) => {
    const { together, concurrency } = world.history;
    const fn = together
      ? queue("orders").batch(world.batchHandler(process, idOf))
      : queue("orders").handle(world.handler(process, idOf));
    const sink = world.sink(process, idOf);
    return gcpEntry(deploy("orders", fn, { from: "cloud-tasks", concurrency, timeoutMs: timeMs, sink }));
  },
  start: (world, _, choices) =>
    new Redeliveries(world, choices, {
      many: false,
      ordered: false,
      tries: Number.POSITIVE_INFINITY,
      event: toRequest,
      succeeded: (status) => typeof status === "number" && status >= 200 && status < 300,
    }),
};

testModels(cloudTasks);
