import { type NeutralEvent, queue, stream, topic } from "@portico/core";
import { queue as deployQueue, type GcpHandler, type MessageOptions } from "@portico/gcp/queue";
import { stream as deployStream } from "@portico/gcp/stream";
import { topic as deployTopic } from "@portico/gcp/topic";
import { gcpEntry, type Request } from "./gcp-entry.js";
import { type Model, timeMs } from "./model.js";
import { Redeliveries, type Redelivery, type Waiting } from "./redelivery.js";
import { testModels } from "./test-model.js";
import type { Process, World } from "./world.js";

/** Any other status is a failure, the other ones of success too. */
const acknowledging: readonly unknown[] = [102, 200, 201, 202, 204];

const toMessage = ({ id, group }: Waiting, withKey: boolean) => ({
  data: "e30=",
  messageId: id,
  publishTime: "2026-01-02T03:04:05.678Z",
  attributes: {},
  ...(withKey && { orderingKey: `k${group}` }),
});

const subscription = "projects/p/subscriptions/s";

function push(message: Waiting, withKey = false): Request {
  return { body: { message: toMessage(message, withKey), subscription, deliveryAttempt: message.tried + 1 } };
}

function eventarc(message: Waiting): Request {
  return {
    fields: {
      "ce-specversion": "1.0",
      "ce-id": message.id,
      "ce-source": "//pubsub.googleapis.com/projects/p/topics/orders",
      "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
      "ce-time": "2026-01-02T03:04:05.678Z",
    },
    body: { message: toMessage(message, false), subscription },
  };
}

const idOf = ({ id }: NeutralEvent) => id;

interface Parts extends Pick<Redelivery, "tries" | "forgets"> {
  readonly name: string;
  readonly redelivery: boolean;
  readonly ordered?: boolean;
  readonly withSink: boolean;
  readonly request: (message: Waiting) => Request;
  readonly deploy: (world: World, process: Process, options: MessageOptions<NeutralEvent>) => GcpHandler;
}

/** One message per request, of an ordering key the next one when the one before is acknowledged or set aside. */
function model({ name, redelivery, ordered = false, withSink, request, deploy, ...rest }: Parts): Model {
  const event = ([message]: readonly Waiting[], behind: Waiting | undefined) => ({
    ...request(message as Waiting),
    ...(behind && { behind: request(behind) }),
  });
  const succeeded = (status: unknown) => acknowledging.includes(status);
  return {
    name,
    ordered,
    success: 204,
    entry: (world, process) => {
      const { concurrency } = world.history;
      const sink = withSink && { sink: world.sink(process, idOf) };
      return gcpEntry(deploy(world, process, { redelivery, concurrency, timeoutMs: timeMs, ...sink }));
    },
    start: (world, _, choices) => new Redeliveries(world, choices, { ...rest, many: false, ordered, event, succeeded }),
    // An adapter that lets the next one of a key pass.
    ...(ordered && { reorder: (given: Request & { behind?: Request }) => given.behind ?? given }),
  };
}

const asQueue: Parts["deploy"] = (world, process, options) =>
  deployQueue(
    "orders",
    world.history.together
      ? queue("orders").batch(world.batchHandler(process, idOf))
      : queue("orders").handle(world.handler(process, idOf)),
    options,
  );

const asTopic: Parts["deploy"] = (world, process, options) =>
  deployTopic(
    "orders",
    world.history.together
      ? topic("orders").batch(world.batchHandler(process, idOf))
      : topic("orders").handle(world.handler(process, idOf)),
    options,
  );

const asStream: Parts["deploy"] = (world, process, options) =>
  deployStream(
    "orders",
    world.history.together
      ? stream("orders").batch(world.batchHandler(process, idOf))
      : stream("orders").handle(world.handler(process, idOf)),
    options,
  );

/** Then the subscription's dead-letter policy takes the message: of five tries at least, here while the process lives that still runs it. */
const tries = 3;
const common = { redelivery: true, withSink: true, tries };

testModels(
  model({ ...common, name: "Pub/Sub push, with a sink", request: push, deploy: asQueue }),
  model({ ...common, name: "Pub/Sub push, without", withSink: false, request: push, deploy: asQueue }),
  model({
    ...common,
    name: "Pub/Sub push, with ordering keys",
    ordered: true,
    request: (message) => push(message, true),
    deploy: asStream,
  }),
  model({ ...common, name: "Eventarc, with a retry policy", request: eventarc, deploy: asTopic }),
  // What fails is gone; what is acknowledged must be done all the same.
  model({
    ...common,
    name: "Eventarc, without: a failure drops the event",
    redelivery: false,
    tries: 1,
    forgets: true,
    request: eventarc,
    deploy: asTopic,
  }),
);
