import { queue as deploy } from "@portico/azure";
import { type NeutralEvent, queue } from "@portico/core";
import { azureEntry, type Invocation, reversed } from "./azure-entry.js";
import { type Model, timeMs } from "./model.js";
import { Redeliveries, type Waiting } from "./redelivery.js";
import { testModels } from "./test-model.js";

/** The entity's MaxDeliveryCount: then it dead-letters the message itself, here while the process lives that still runs it. */
const tries = 3;

const idOf = ({ id }: NeutralEvent) => id;

function toFacts({ id, group, tried }: Waiting, sessions: boolean): Record<string, unknown> {
  return {
    messageId: id,
    lockToken: `lock-${id}-${tried}`,
    deliveryCount: tried + 1,
    ...(sessions && { sessionId: `s${group}` }),
  };
}

const one = ([message]: readonly Waiting[]): Invocation => ({
  input: Buffer.from("{}"),
  triggerMetadata: toFacts(message as Waiting, false),
});

/** The host tells of a batch in lists beside it. */
const many = (messages: readonly Waiting[], sessions: boolean): Invocation => {
  const facts = messages.map((message) => toFacts(message, sessions));
  const names = Object.keys(facts[0] as object);
  return {
    input: messages.map(() => Buffer.from("{}")),
    triggerMetadata: Object.fromEntries(names.map((name) => [`${name}Array`, facts.map((fact) => fact[name])])),
  };
};

/** Success completes all of the delivery, failure abandons all. */
function model(name: string, cardinality: "one" | "many", sessions = false): Model {
  return {
    name,
    ordered: sessions,
    success: null,
    entry: (world, process) => {
      const { together, concurrency } = world.history;
      const fn = together
        ? queue("orders").batch(world.batchHandler(process, idOf))
        : queue("orders").handle(world.handler(process, idOf));
      const handler = deploy("orders", fn, {
        serviceBus: { connection: "Bus", cardinality, isSessionsEnabled: sessions },
        concurrency,
        timeoutMs: timeMs,
        // Without a sink a dead letter is tried again, until the entity sets it aside.
        ...(concurrency > 1 && { sink: world.sink(process, idOf) }),
      });
      return azureEntry(handler);
    },
    start: (world, _, choices) =>
      new Redeliveries(world, choices, {
        many: cardinality === "many",
        ordered: sessions,
        tries,
        event: (messages) => (cardinality === "one" ? one(messages) : many(messages, sessions)),
      }),
    ...(sessions && { reorder: reversed }),
  };
}

testModels(
  model("Service Bus, one", "one"),
  model("Service Bus, many", "many"),
  model("Service Bus sessions, without settlement", "many", true),
);
