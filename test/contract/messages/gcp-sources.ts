import { happened, type Item, keyOf, type MessageLimits, payloadOf, told } from "../messages.js";

/** What Google sends to a function. */
export interface GcpRequest {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** A source of events on Google Cloud: the name of the function that takes it, and what it sends. */
export interface GcpSource {
  readonly name: string;
  readonly target: string;
  readonly limits: MessageLimits;
  request(items: readonly Item[]): GcpRequest;
}

const json = { "content-type": "application/json" };
const only = (items: readonly Item[]) => items[0] as Item;
const dataOf = ({ todo }: Item) => ({ todo, ...told });
const base64 = (value: string | Uint8Array) => Buffer.from(value as string).toString("base64");
const subscription = "projects/p/subscriptions/orders";

const message = (item: Item, data: string | Uint8Array, attributes?: object, more: object = {}) => ({
  // What is empty is left out by proto3's JSON.
  ...(data.length > 0 && { data: base64(data) }),
  ...(attributes && { attributes }),
  messageId: String(item.place),
  publishTime: happened,
  ...more,
});
const push = (item: Item, data: string | Uint8Array, attributes?: object, more?: object): GcpRequest => ({
  headers: json,
  body: JSON.stringify({ message: message(item, data, attributes, more), subscription }),
});
const binary = (item: Item, type: string, source: string, body: GcpRequest["body"], more: object = {}): GcpRequest => ({
  headers: {
    ...json,
    "ce-specversion": "1.0",
    "ce-id": `e${item.place}`,
    "ce-source": source,
    "ce-type": type,
    "ce-time": happened,
    ...more,
  },
  ...(body !== undefined && { body }),
});
const published = (item: Item) =>
  binary(
    item,
    "google.cloud.pubsub.topic.v1.messagePublished",
    "//pubsub.googleapis.com/projects/p/topics/orders",
    JSON.stringify({ message: message(item, payloadOf(item)), subscription }),
  );
const structured = (item: Item) => ({
  specversion: "1.0",
  id: `e${item.place}`,
  source: "/orders",
  type: "order.placed",
  time: happened,
  datacontenttype: "application/json",
  data: dataOf(item),
});
const resource = (item: Item) => ({
  bucket: "orders",
  name: keyOf(item),
  generation: String(1000 + item.place),
  size: "7",
});

const document = "projects/p/databases/(default)/documents";
const firestore = (item: Item, body: GcpRequest["body"], type: string) =>
  binary(
    item,
    "google.cloud.firestore.document.v1.created",
    "//firestore.googleapis.com/projects/p/databases/(default)",
    body,
    {
      "content-type": type,
      "ce-document": `orders/${item.place}`,
    },
  );
const fields = (item: Item) => ({
  todo: { stringValue: item.todo },
  text: { stringValue: told.text },
  number: { doubleValue: told.number },
  big: { stringValue: told.big },
});

/** Fields of the wire form that have a length: `DocumentEventData.value` is 1; a map's entry is 2, its key 1, its value 2. */
const field = (number: number, content: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(content as string);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  const tag = (number << 3) | 2;
  return Buffer.concat([Buffer.from([...(tag > 127 ? [(tag & 127) | 128, tag >> 7] : [tag]), ...length]), bytes]);
};
const wire = (item: Item): Uint8Array<ArrayBuffer> => {
  const entry = (name: string, value: Uint8Array) => field(2, Buffer.concat([field(1, name), field(2, value)]));
  const double = Buffer.alloc(9);
  double.writeUInt8((3 << 3) | 1);
  double.writeDoubleLE(told.number, 1);
  const parts = [
    field(1, `${document}/orders/${item.place}`),
    entry("todo", field(17, item.todo)),
    entry("text", field(17, told.text)),
    entry("big", field(17, told.big)),
    entry("number", double),
  ];
  return new Uint8Array(field(1, Buffer.concat(parts)));
};

const scheduler = (item: Item, headers: object = {}): GcpRequest => ({
  headers: {
    "content-type": "application/octet-stream",
    "x-cloudscheduler": "true",
    "x-cloudscheduler-jobname": "nightly",
    // A tick is known by its time.
    "x-cloudscheduler-scheduletime": new Date(Date.parse(happened) + item.place * 60_000).toISOString(),
    ...headers,
  },
  body: JSON.stringify({ todo: item.todo }),
});

/** Every source of the column. */
export const gcpSources: readonly GcpSource[] = [
  {
    name: "Pub/Sub push, queue",
    target: "queue",
    limits: { kind: "queue" },
    request: ([item]) => push(item as Item, payloadOf(item as Item)),
  },
  {
    name: "Pub/Sub push with an ordering key",
    target: "queue",
    limits: { kind: "queue", ordered: true },
    request: (items) => push(only(items), payloadOf(only(items)), undefined, { orderingKey: "customer-7" }),
  },
  {
    name: "Pub/Sub push, unwrapped with metadata",
    target: "queue",
    limits: { kind: "queue" },
    request: (items) => ({
      headers: {
        "content-type": "application/octet-stream",
        "x-goog-pubsub-message-id": String(only(items).place),
        "x-goog-pubsub-publish-time": happened,
        "x-goog-pubsub-subscription-name": subscription,
      },
      body: new Uint8Array(Buffer.from(payloadOf(only(items)) as string)),
    }),
  },
  {
    // Without metadata nothing names the message, and any request is one.
    name: "Pub/Sub push, unwrapped",
    target: "queueBare",
    limits: { kind: "queue", newIdEachTime: true },
    request: (items) => ({
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(Buffer.from(payloadOf(only(items)) as string)),
    }),
  },
  {
    name: "Cloud Tasks",
    target: "tasks",
    limits: { kind: "queue" },
    request: (items) => ({
      headers: {
        "content-type": "application/octet-stream",
        "x-cloudtasks-taskname": `task-${only(items).place}`,
        "x-cloudtasks-queuename": "orders",
        "x-cloudtasks-taskretrycount": "0",
        "x-cloudtasks-tasketa": String(Date.parse(happened) / 1000),
      },
      body: new Uint8Array(Buffer.from(payloadOf(only(items)) as string)),
    }),
  },
  {
    name: "Pub/Sub as a CloudEvent",
    target: "topic",
    limits: { kind: "topic" },
    request: (items) => published(only(items)),
  },
  {
    name: "Pub/Sub push, topic",
    target: "topic",
    limits: { kind: "topic" },
    request: (items) => push(only(items), payloadOf(only(items))),
  },
  {
    name: "Pub/Sub as a background event",
    target: "topic",
    limits: { kind: "topic" },
    request: (items) => ({
      headers: json,
      body: JSON.stringify({
        data: {
          "@type": "type.googleapis.com/google.pubsub.v1.PubsubMessage",
          attributes: {},
          data: base64(payloadOf(only(items))),
        },
        context: {
          eventId: String(only(items).place),
          timestamp: happened,
          eventType: "google.pubsub.topic.publish",
          resource: { service: "pubsub.googleapis.com", name: "projects/p/topics/orders", type: "" },
        },
      }),
    }),
  },
  {
    name: "Pub/Sub push, stream",
    target: "stream",
    limits: { kind: "stream", ordered: true },
    request: (items) => push(only(items), payloadOf(only(items)), undefined, { orderingKey: "customer-7" }),
  },
  {
    name: "Cloud Storage",
    target: "object",
    limits: { kind: "object" },
    request: (items) =>
      binary(
        only(items),
        "google.cloud.storage.object.v1.finalized",
        "//storage.googleapis.com/projects/_/buckets/orders",
        JSON.stringify(resource(only(items))),
      ),
  },
  {
    name: "Cloud Storage notifications",
    target: "objectPushed",
    limits: { kind: "object" },
    request: (items) =>
      push(only(items), JSON.stringify(resource(only(items))), {
        eventType: "OBJECT_FINALIZE",
        bucketId: "orders",
        objectId: keyOf(only(items)),
        objectGeneration: "1",
        payloadFormat: "JSON_API_V1",
        eventTime: happened,
      }),
  },
  {
    name: "Firestore",
    target: "change",
    limits: { kind: "change" },
    request: (items) => firestore(only(items), wire(only(items)), "application/protobuf"),
  },
  {
    name: "Firestore in JSON",
    target: "change",
    limits: { kind: "change" },
    request: (items) =>
      firestore(
        only(items),
        JSON.stringify({
          value: { name: `${document}/orders/${only(items).place}`, fields: fields(only(items)) },
          oldValue: {},
          updateMask: {},
        }),
        "application/json",
      ),
  },
  {
    name: "Realtime Database",
    target: "change",
    limits: { kind: "change" },
    request: (items) =>
      binary(
        only(items),
        "google.firebase.database.ref.v1.created",
        "//firebasedatabase.googleapis.com/projects/_/locations/europe-west1/instances/shop",
        JSON.stringify({ data: null, delta: dataOf(only(items)) }),
        { "ce-subject": `refs/orders/${only(items).place}` },
      ),
  },
  {
    name: "Cloud Scheduler",
    target: "schedule",
    limits: { kind: "schedule" },
    request: (items) => scheduler(only(items)),
  },
  {
    name: "Cloud Scheduler through Pub/Sub",
    target: "schedulePushed",
    limits: { kind: "schedule" },
    request: (items) => push(only(items), JSON.stringify({ todo: only(items).todo })),
  },
  {
    name: "CloudEvents, binary",
    target: "event",
    limits: { kind: "event" },
    request: (items) => binary(only(items), "order.placed", "/orders", JSON.stringify(dataOf(only(items)))),
  },
  {
    name: "CloudEvents, structured",
    target: "event",
    limits: { kind: "event" },
    request: (items) => ({
      headers: { "content-type": "application/cloudevents+json" },
      body: JSON.stringify(structured(only(items))),
    }),
  },
  {
    name: "CloudEvents, batch",
    target: "event",
    limits: { kind: "event", redelivers: "delivery" },
    request: (items) => ({
      headers: { "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify(items.map(structured)),
    }),
  },
  {
    name: "CloudEvents through Pub/Sub",
    target: "eventPushed",
    limits: { kind: "event" },
    request: (items) => push(only(items), JSON.stringify(structured(only(items)))),
  },
];

/** Requests that this source's function is not for. */
export function foreignTo({ target, limits }: GcpSource): readonly GcpRequest[] {
  const item: Item = { todo: "ok", place: 1 };
  const all = {
    pubsub: push(item, "ok"),
    tick: scheduler(item),
    event: binary(item, "order.placed", "/orders", "{}"),
    storage: binary(item, "google.cloud.storage.object.v1.finalized", "//storage", JSON.stringify(resource(item))),
    nothing: { headers: json, body: '{"a":1}' },
    look: { method: "GET", headers: {} },
  };
  const takes: Record<string, readonly (keyof typeof all)[]> = {
    queue: ["pubsub"],
    queueBare: ["pubsub", "nothing", "event", "storage"],
    topic: ["pubsub"],
    stream: ["pubsub"],
    object: ["storage"],
    objectPushed: [],
    schedule: ["tick"],
    schedulePushed: ["pubsub"],
    // Any CloudEvent is its own.
    event: ["event", "storage"],
    eventPushed: [],
    change: [],
    tasks: [],
  };
  const own = takes[target] ?? [];
  // What Pub/Sub carries, and is none of the kind, is set aside: the sink has it, and Pub/Sub may forget it.
  const set = target.endsWith("Pushed") && limits.kind !== "schedule" ? [...own, "pubsub"] : own;
  return Object.entries(all).flatMap(([name, request]) => (set.includes(name as never) ? [] : [request]));
}
