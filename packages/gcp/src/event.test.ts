import { cloudEvent as frameworkEvent } from "@google-cloud/functions-framework";
import { type CloudEvent, event as declare } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, json, post, silence, toFields, toPush } from "../test/deploy.js";
import type { EventOptions } from "./event.js";
import * as gcp from "./index.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

async function receive(body: string, headers: Record<string, string>, options?: EventOptions) {
  const got: CloudEvent[] = [];
  const fn = declare().handle((one) => void got.push(one));
  const { status } = await post(await deploy((name) => gcp.event(name, fn, options)), body, headers);
  return { status, event: got[0] as CloudEvent };
}

test("the hop's traceparent does not take the place of the event's own", async () => {
  const own = `00-${"c".repeat(32)}-${"d".repeat(16)}-01`;
  const seen: unknown[] = [];
  const fn = declare().handle((one, { trace }) => void seen.push(one.extensions.traceparent, trace.traceId));
  const headers = toFields("a", { "ce-traceparent": own, traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` });
  await post(await deploy((name) => gcp.event(name, fn)), "{}", headers);
  expect(seen).toEqual([own, "c".repeat(32)]);
});

test("an audit log's event keeps the nanoseconds of its time, and its names", async () => {
  const headers = toFields("google.cloud.audit.log.v1.written", {
    "ce-time": "2020-06-30T16:14:47.593398572Z",
    "ce-methodname": "m",
  });
  const { event } = await receive('{"protoPayload":{"__proto__x":1}}', headers);
  expect([event.timestamp, event.extensions.methodname]).toEqual(["2020-06-30T16:14:47.593398572Z", "m"]);
});

test("CloudEvents through Pub/Sub: as attributes, and as JSON", async () => {
  const attributes = {
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "/s",
    "ce-type": "a",
    "content-type": "application/json",
  };
  const binary = await receive(toPush('{"n":1}', { attributes }), json, { unwrap: "pubsub" });
  expect([binary.status, binary.event.id, binary.event.data]).toEqual([204, "1", { n: 1 }]);
  const text = JSON.stringify({ specversion: "1.0", id: "2", source: "/s", type: "a", data: [1] });
  const structured = await receive(toPush(text), json, { unwrap: "pubsub" });
  expect([structured.status, structured.event.id, structured.event.data]).toEqual([204, "2", [1]]);
});

test("a message that holds no CloudEvent goes to the sink, and else is retried", async () => {
  for (const data of ["hello", "", "{}"]) {
    const sunk: string[] = [];
    const sink = async (one: CloudEvent) => void sunk.push(`${one.id} ${await one.text()}`);
    expect((await receive(toPush(data), json, { unwrap: "pubsub", sink })).status).toBe(204);
    expect(sunk).toEqual([`7 ${data}`]);
    expect((await receive(toPush(data), json, { unwrap: "pubsub" })).status).toBe(500);
  }
});

test("senders that ask first are refused, unless they are allowed by name", async () => {
  const fn = declare().handle(() => {});
  const ask = async (options: EventOptions) => {
    const headers = { "webhook-request-origin": "a.example", "webhook-request-rate": "120" };
    const response = await fetch(await deploy((name) => gcp.event(name, fn, options)), { method: "OPTIONS", headers });
    return [
      response.status,
      response.headers.get("webhook-allowed-origin"),
      response.headers.get("webhook-allowed-rate"),
    ];
  };
  expect(await ask({})).toEqual([415, null, null]);
  expect(await ask({ webhook: { origins: ["b.example"] } })).toEqual([415, null, null]);
  expect(await ask({ webhook: { origins: ["a.example"] } })).toEqual([200, "a.example", "*"]);
  expect(await ask({ webhook: { origins: "*", ratePerMinute: 60 } })).toEqual([200, "a.example", "60"]);
});

const resource = (service: string, name: string) => ({ service, name, type: "t" });
const context = (eventType: string, where: unknown) => ({
  eventId: "aaaaaa-1111",
  timestamp: "2020-09-29T11:32:00.123Z",
  eventType,
  resource: where,
});
const auth = {
  email: "a@b.test",
  metadata: { createdAt: "2020-05-26T10:42:27Z", lastSignedInAt: "2020-05-29T11:00:00Z" },
  uid: "u1",
};
const room = "projects/_/instances/my-db/refs/rooms/r1";
const file = "projects/_/buckets/b/objects/folder/Test.cs";
const doc = "projects/p/databases/(default)/documents/c/d";

const legacy: [string, object][] = [
  [
    "Pub/Sub",
    {
      context: context("google.pubsub.topic.publish", resource("pubsub.googleapis.com", "projects/p/topics/t")),
      data: { data: "aGk=", attributes: { a: "1" } },
    },
  ],
  [
    "Pub/Sub of old, at the top level",
    {
      ...context("providers/cloud.pubsub/eventTypes/topic.publish", "projects/p/topics/t"),
      data: { "@type": "x", data: "aGk=" },
    },
  ],
  [
    "Pub/Sub with its own id",
    {
      ...context("google.pubsub.topic.publish", "projects/p/topics/t"),
      data: { messageId: "9", publishTime: "2020-01-01T00:00:00Z" },
    },
  ],
  ...["finalize", "delete", "archive", "metadataUpdate"].map((name): [string, object] => [
    `Storage ${name}`,
    {
      context: context(`google.storage.object.${name}`, resource("storage.googleapis.com", file)),
      data: { name: "folder/Test.cs", bucket: "b" },
    },
  ]),
  [
    "Storage of old",
    { ...context("providers/cloud.storage/eventTypes/object.change", file), data: { name: "folder/Test.cs" } },
  ],
  ...["create", "update", "delete", "write"].map((name): [string, object] => [
    `Firestore ${name}`,
    {
      ...context(`providers/cloud.firestore/eventTypes/document.${name}`, doc),
      params: { d: "d" },
      data: { value: { name: doc } },
    },
  ]),
  ...["create", "update", "delete", "write"].map((name): [string, object] => [
    `Realtime Database ${name}`,
    {
      ...context(`providers/google.firebase.database/eventTypes/ref.${name}`, room),
      domain: "firebaseio.com",
      data: { data: null, delta: 1 },
    },
  ]),
  [
    "Realtime Database elsewhere",
    {
      ...context("providers/google.firebase.database/eventTypes/ref.write", room),
      domain: "europe-west1.firebasedatabase.app",
      data: { data: 1, delta: null },
    },
  ],
  ["Auth create", { ...context("providers/firebase.auth/eventTypes/user.create", "projects/p"), data: auth }],
  [
    "Auth delete",
    { ...context("providers/firebase.auth/eventTypes/user.delete", "projects/p"), data: { ...auth, metadata: {} } },
  ],
  [
    "Analytics",
    {
      ...context("providers/google.firebase.analytics/eventTypes/event.log", "projects/p/events/session_start"),
      data: { userDim: {} },
    },
  ],
];

test.each(legacy)("a background event of %s is the CloudEvent that the framework makes of it", async (_, body) => {
  const theirs: Record<string, unknown>[] = [];
  const origin = await deploy((name) => frameworkEvent(name, (one: object) => void theirs.push({ ...one })));
  expect((await post(origin, JSON.stringify(body), json)).status).toBe(204);
  const { status, event } = await receive(JSON.stringify(body), json);
  expect(status).toBe(204);
  const { id, source, type, subject, timestamp: time, datacontenttype, data } = event;
  const ours = {
    specversion: "1.0",
    id,
    source,
    type,
    time,
    datacontenttype,
    data,
    ...(subject !== undefined && { subject }),
  };
  expect(ours).toEqual(theirs[0]);
});

test.each([
  ["without a domain", { ...context("providers/google.firebase.database/eventTypes/ref.write", room), data: {} }],
  [
    "of another domain",
    { ...context("providers/google.firebase.database/eventTypes/ref.write", room), domain: "a.test", data: {} },
  ],
  ["with another resource", { ...context("google.storage.object.finalize", "buckets/b"), data: {} }],
  ["without an id", { ...context("google.pubsub.topic.publish", "t"), eventId: undefined, data: {} }],
  ["without a time", { ...context("google.pubsub.topic.publish", "t"), timestamp: "soon", data: {} }],
])("a background event %s is malformed", async (_, body) => {
  expect((await receive(JSON.stringify(body), json)).status).toBe(400);
});

test("a background event of a type that is not known is no event", async () => {
  expect((await receive(JSON.stringify({ ...context("x.y", "r"), data: {} }), json)).status).toBe(415);
});
