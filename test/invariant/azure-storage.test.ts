import { object as deployObject, queue as deployQueue } from "@portico/azure";
import { type NeutralEvent, type ObjectEvent, object, queue } from "@portico/core";
import { azureEntry, type Invocation } from "./azure-entry.js";
import { type Model, timeMs } from "./model.js";
import { Redeliveries, type Waiting } from "./redelivery.js";
import { testModels } from "./test-model.js";
import type { Process, World } from "./world.js";

/** `maxDequeueCount`, and the five tries of a blob; then the message goes to the poison queue. */
const tries = 5;

function model(
  name: string,
  toInvocation: (message: Waiting) => Invocation,
  entry: (world: World, process: Process) => ReturnType<Model["entry"]>,
): Model {
  const event = ([message]: readonly Waiting[]) => toInvocation(message as Waiting);
  return {
    name,
    ordered: false,
    success: null,
    entry,
    start: (world, _, choices) => new Redeliveries(world, choices, { many: false, ordered: false, tries, event }),
  };
}

function storageQueue(name: string, withSink: boolean): Model {
  const idOf = ({ id }: NeutralEvent) => id;
  const toInvocation = ({ id, tried }: Waiting): Invocation => ({
    input: Buffer.from("{}"),
    triggerMetadata: { id, dequeueCount: tried + 1, popReceipt: `receipt-${tried}` },
  });
  return model(name, toInvocation, (world, process) => {
    const { together, concurrency } = world.history;
    const fn = together
      ? queue("orders").batch(world.batchHandler(process, idOf))
      : queue("orders").handle(world.handler(process, idOf));
    const sink = withSink && { sink: world.sink(process, idOf) };
    const own = { storageQueue: { connection: "Store" }, concurrency, timeoutMs: timeMs };
    return azureEntry(deployQueue("orders", fn, { ...own, ...sink }));
  });
}

function blob(name: string, withSink: boolean): Model {
  const idOf = (event: NeutralEvent) => (event as ObjectEvent).key;
  const toInvocation = ({ id }: Waiting): Invocation => ({
    input: Buffer.from(""),
    triggerMetadata: { blobTrigger: `invoices/${id}`, properties: { eTag: '"0x8D"', contentLength: 0 } },
  });
  return model(name, toInvocation, (world, process) => {
    const { together, concurrency } = world.history;
    const fn = together
      ? object("invoices").batch(world.batchHandler(process, idOf))
      : object("invoices").handle(world.handler(process, idOf));
    const sink = withSink && { sink: world.sink(process, idOf) };
    const own = { blob: { connection: "Store" }, concurrency, timeoutMs: timeMs };
    return azureEntry(deployObject("orders", fn, { ...own, ...sink }));
  });
}

testModels(
  storageQueue("Storage Queue, with a sink", true),
  storageQueue("Storage Queue, without", false),
  blob("Blob trigger, with a sink", true),
  blob("Blob trigger, without", false),
);
