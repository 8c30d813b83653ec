import { getTestServer } from "@google-cloud/functions-framework/testing";
import {
  type AnyEvent,
  type ChangeEvent,
  type CloudEvent,
  change,
  event,
  type HttpRequest,
  http,
  type Invocation,
  invoke,
  type ObjectEvent,
  object,
  type QueueMessage,
  queue,
  reply,
  type ScheduleEvent,
  type StreamRecord,
  schedule,
  stream,
  type TopicMessage,
  topic,
} from "@portico/core";
import { NodeApp } from "@portico/core/adapter";
import * as gcp from "@portico/gcp";
import * as google from "@portico/gcp/wrap";

/** One source of events on Google Cloud, in both directions. */
export interface Source {
  readonly title: string;
  readonly kind: AnyEvent["kind"];
  /** As Google would send it. */
  encode(event: AnyEvent): google.GoogleRequest | Promise<google.GoogleRequest>;
  /** Registers, under this name, what keeps the events that come in. */
  register(name: string, keep: (event: AnyEvent) => void): unknown;
  /** What the source has no place for: left out without a word. */
  readonly lost: readonly string[];
}

const sink = async (): Promise<void> => undefined;
const noSequence = ["sequence"];
const streamLost = ["sequence", "partitionKey"];

type Keep = (event: AnyEvent) => void;
const kept = (keep: Keep) => async (one: AnyEvent) => keep(one);

function pubSub(kind: "queue" | "topic" | "stream", signature: google.Signature, lost: readonly string[]): Source {
  const form = signature === "http" ? "pushed" : "as a CloudEvent";
  const options = { signature };
  return {
    title: `${kind}: Pub/Sub, ${form}`,
    kind,
    encode: (one) => {
      if (kind === "queue") return google.encodeQueue(one as QueueMessage, options);
      return kind === "topic"
        ? google.encodeTopic(one as TopicMessage, options)
        : google.encodeStream(one as StreamRecord, options);
    },
    register: (name, keep) => {
      if (kind === "queue") return gcp.queue(name, queue("q").handle(kept(keep)));
      return kind === "topic"
        ? gcp.topic(name, topic("t").handle(kept(keep)))
        : gcp.stream(name, stream("s").handle(kept(keep)));
    },
    lost,
  };
}

function documents(title: string, options: google.EncodeChangeOptions): Source {
  return {
    title,
    kind: "change",
    encode: (one) => google.encodeChange(one as ChangeEvent, options),
    register: (name, keep) => gcp.change(name, change("t").handle(kept(keep))),
    lost: ["expired", "partition", "sequence"],
  };
}

/** Every source of every cell. */
export const sources: readonly Source[] = [
  pubSub("queue", "http", noSequence),
  pubSub("queue", "cloudevent", noSequence),
  {
    title: "queue: Cloud Tasks",
    kind: "queue",
    encode: (one) => google.encodeQueue(one as QueueMessage, { from: "cloud-tasks" }),
    register: (name, keep) => gcp.queue(name, queue("q").handle(kept(keep)), { from: "cloud-tasks", sink }),
    lost: ["sequence", "groupId", "correlationId", "subject", "replyTo"],
  },
  pubSub("topic", "http", noSequence),
  pubSub("topic", "cloudevent", noSequence),
  pubSub("stream", "http", streamLost),
  pubSub("stream", "cloudevent", streamLost),
  {
    title: "object: Cloud Storage",
    kind: "object",
    encode: (one) => google.encodeObject(one as ObjectEvent),
    register: (name, keep) => gcp.object(name, object("b").handle(kept(keep))),
    lost: ["sequence", "permanent"],
  },
  {
    title: "object: notifications in Pub/Sub",
    kind: "object",
    encode: (one) => google.encodeObject(one as ObjectEvent, { unwrap: "pubsub", signature: "http" }),
    register: (name, keep) => gcp.object(name, object("b").handle(kept(keep)), { unwrap: "pubsub" }),
    lost: ["sequence", "permanent"],
  },
  documents("change: Firestore, protobuf", {}),
  documents("change: Firestore, JSON", { encoding: "json" }),
  documents("change: Firestore, any change", { written: true }),
  documents("change: Realtime Database", { from: "realtime-database" }),
  {
    title: "schedule: Cloud Scheduler",
    kind: "schedule",
    encode: (one) => google.encodeSchedule(one as ScheduleEvent),
    register: (name, keep) => gcp.schedule(name, schedule("0 0 * * *").handle(kept(keep))),
    // The id is the job and the time; `time` is when it was due.
    lost: ["id", "time", "late"],
  },
  {
    title: "schedule: Cloud Scheduler in Pub/Sub",
    kind: "schedule",
    encode: (one) => google.encodeSchedule(one as ScheduleEvent, { unwrap: "pubsub" }),
    register: (name, keep) => gcp.schedule(name, schedule("0 0 * * *").handle(kept(keep)), { unwrap: "pubsub" }),
    lost: ["time", "late"],
  },
  ...(["binary", "structured", undefined] as const).map(
    (mode): Source => ({
      title: `event: Eventarc, ${mode ?? "either mode"}`,
      kind: "event",
      encode: (one) => google.encodeEvent(one as CloudEvent, { mode, signature: "http" }),
      register: (name, keep) => gcp.event(name, event().handle(kept(keep))),
      lost: [],
    }),
  ),
  {
    title: "event: CloudEvents in Pub/Sub",
    kind: "event",
    encode: (one) => google.encodeEvent(one as CloudEvent, { unwrap: "pubsub" }),
    register: (name, keep) => gcp.event(name, event().handle(kept(keep)), { unwrap: "pubsub" }),
    lost: [],
  },
  {
    title: "invoke",
    kind: "invoke",
    encode: (one) => google.encodeInvoke(one as Invocation),
    register: (name, keep) => gcp.invoke(name, invoke("i").handle(kept(keep))),
    lost: ["id", "time"],
  },
  {
    title: "http",
    kind: "http",
    encode: (one) => google.encodeHttp(one as HttpRequest),
    register: (name, keep) =>
      gcp.http(
        name,
        http.any("/*rest").handle(async (request) => {
          // A body that is not read yet is gone with its request.
          await request.bytes();
          keep(request);
          return reply.empty();
        }),
      ),
    // The parameters are those of another function's template.
    lost: ["id", "time", "identity", "basePath"],
  },
];

/** Delivers to the adapter, behind the real functions framework; gives the event that the function got. */
export function deliverTo(source: Source, name: string): (request: google.GoogleRequest) => Promise<AnyEvent> {
  let got: AnyEvent | undefined;
  source.register(name, (one) => {
    got = one;
  });
  const app = new NodeApp(
    () => undefined,
    () => getTestServer(name),
  );
  return async ({ method, path, headers, body }) => {
    got = undefined;
    const lines = Object.entries(headers).flatMap(([field, value]) =>
      [value].flat().map((line) => [field, line] as const),
    );
    const all = "host" in headers ? lines : [["host", "localhost"] as const, ...lines];
    const { status } = await app.send(
      { method, target: path, headers: all, body, clientIp: undefined, encrypted: false },
      { signal: new AbortController().signal, onLate: () => undefined },
    );
    if (!got) throw new Error(`The adapter answered with ${status}, and the function got nothing.`);
    return got;
  };
}
