import type { Post } from "./gcp-events.js";
import type { Kind, Step } from "./steps.js";
import { due } from "./steps.js";

/** A request, and where it goes. */
export interface Delivery extends Post {
  readonly path: string;
}

/** A CloudEvent in binary mode: its attributes are header fields. */
const binary = (attributes: Readonly<Record<string, string>>, data: unknown, path = "/"): Delivery => ({
  path,
  headers: {
    "content-type": typeof data === "string" ? "text/plain" : "application/json",
    ...Object.fromEntries(
      Object.entries({ specversion: "1.0", ...attributes }).map(([name, text]) => [`ce-${name}`, text]),
    ),
  },
  body: typeof data === "string" ? data : JSON.stringify(data),
});

/** A CloudEvent in structured mode: all of it is the body. */
const structured = (attributes: Readonly<Record<string, string>>, data: unknown): Delivery => ({
  path: "/",
  headers: { "content-type": "application/cloudevents+json; charset=utf-8" },
  body: JSON.stringify({ specversion: "1.0", datacontenttype: "application/json", ...attributes, data }),
});

const time = "2025-03-05T02:00:00Z";

/** CloudEvents, as a broker of Knative sends them, or whoever has some; those named `dev.portico.*` are what `toCloudEvent` makes. */
export const nodeEvents: Readonly<Record<Kind, (step: Step) => Delivery>> = {
  queue: ({ data, attempt }) =>
    binary(
      {
        id: `m-${data.id}`,
        source: "/queues/orders",
        type: "dev.portico.queue.message",
        time,
        attempt: String(attempt),
      },
      data,
    ),
  // Of any type: the path says what it is for.
  topic: ({ data }) =>
    binary({ id: "e-1", source: "/shop", type: "com.example.order.placed", time }, data, "/topic/order-placed"),
  stream: ({ data }) =>
    binary(
      {
        id: "3:900",
        source: "/streams/clicks",
        type: "dev.portico.stream.record",
        time,
        partition: "3",
        partitionkey: String(data.visitor),
        sequence: "900".padStart(40, "0"),
      },
      data.page,
    ),
  object: ({ data }) =>
    structured(
      { id: "e-2", source: "/buckets/invoices", type: "dev.portico.object.created", subject: String(data.key), time },
      { ...data, action: "created", contentType: "application/pdf" },
    ),
  change: ({ data }) =>
    structured(
      { id: "e-3", source: "/tables/orders", type: "dev.portico.change.insert", subject: "orders", time },
      { table: "orders", key: { id: data.id }, action: "insert", after: data },
    ),
  schedule: () =>
    binary(
      {
        id: "d8e761eb-30c7-49a3-a421-cd5895239f2d",
        source: "/apis/v1/namespaces/shop/pingsources/nightly",
        type: "dev.knative.sources.ping",
        time: due,
      },
      {},
    ),
  event: ({ data }) =>
    structured({ id: "e-4", source: "/shop/payments", type: "com.example.payment.settled", time }, data),
  invoke: ({ data }) => ({
    path: "/quote",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(data),
  }),
};
