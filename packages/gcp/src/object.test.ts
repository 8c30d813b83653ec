import { object as declare, type ObjectEvent } from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, json, logged, post, silence, toFields, toPush } from "../test/deploy.js";
import * as gcp from "./index.js";
import type { ObjectOptions } from "./object.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

async function receive(body: string, headers: Record<string, string>, options?: ObjectOptions) {
  const got: ObjectEvent[] = [];
  const fn = declare("b").handle((one) => void got.push(one));
  const { status } = await post(await deploy((name) => gcp.object(name, fn, options)), body, headers);
  return { status, event: got[0] as ObjectEvent };
}

const type = (name: string) => `google.cloud.storage.object.v1.${name}`;
const resource = {
  bucket: "b",
  name: "a%20b/%2B.txt",
  generation: "1587627537231057",
  metageneration: "2",
  size: "352",
};

test.each([
  ["finalized", "created", undefined],
  ["deleted", "deleted", true],
  ["archived", "archived", undefined],
  ["metadataUpdated", "updated", undefined],
])("%s is %s; the key is the name as it stands in the data", async (name, action, permanent) => {
  const { status, event } = await receive(
    JSON.stringify(resource),
    toFields(type(name), { "ce-subject": "objects/other" }),
  );
  expect(status).toBe(204);
  expect(event).toMatchObject({ action, bucket: "b", key: "a%20b/%2B.txt", size: 352, version: "1587627537231057" });
  expect([event.permanent, event.sequence]).toEqual([permanent, "00001587627537231057.00000000000000000002"]);
  expect(await event.json()).toMatchObject({ bucket: "b", action });
});

test("numbers of 64 bits may be texts or numbers; one that JSON has rounded is not told", async () => {
  const text = '{"bucket":"b","name":"n","size":9007199254740993,"generation":9007199254740993}';
  const { event } = await receive(text, toFields(type("finalized")));
  expect([event.size, event.version]).toEqual([undefined, undefined]);
  const numbers = await receive('{"bucket":"b","name":"n","size":0,"generation":5}', toFields(type("finalized")));
  expect([numbers.event.size, numbers.event.version, numbers.event.sequence]).toEqual([0, "5", undefined]);
  const texts = await receive(
    '{"bucket":"b","name":"n","size":"9007199254740993","generation":"9007199254740993"}',
    toFields(type("finalized")),
  );
  expect([texts.event.size, texts.event.version]).toEqual([undefined, "9007199254740993"]);
});

test.each(["{}", "[]", '{"name":"","bucket":"b"}', '{"name":5,"bucket":"b"}'])(
  "data %s names no object: to the sink, else retried",
  async (body) => {
    const sunk: ObjectEvent[] = [];
    const fields = toFields(type("finalized"), { "ce-subject": "objects/a", "ce-bucket": "b" });
    const options = { sink: async (one: ObjectEvent) => void sunk.push(one) };
    expect((await receive(body, fields, options)).status).toBe(204);
    expect(sunk[0]).toMatchObject({ id: "e1", bucket: "b" });
    expect((await receive(body, fields)).status).toBe(500);
  },
);

test("a type of Cloud Storage that is not known is refused", async () => {
  expect((await receive("{}", toFields(type("moved")))).status).toBe(500);
  expect((await receive("{}", toFields(type("constructor")))).status).toBe(500);
});

test("events outside the filter are dropped, which is logged", async () => {
  const fn = declare("b", { suffix: ".png" }).handle(() => {
    throw new Error("not to be called");
  });
  const origin = await deploy((name) => gcp.object(name, fn));
  expect((await post(origin, JSON.stringify(resource), toFields(type("finalized")))).status).toBe(204);
  expect(logged()[0]).toMatchObject({ message: "message dropped" });
});

const attributes = {
  eventType: "OBJECT_FINALIZE",
  bucketId: "b",
  objectId: "été/%2B.txt",
  objectGeneration: "5",
  eventTime: "2026-01-02T03:04:05.678901Z",
  payloadFormat: "JSON_API_V1",
};

test.each([
  ["OBJECT_FINALIZE", "created"],
  ["OBJECT_DELETE", "deleted"],
  ["OBJECT_ARCHIVE", "archived"],
  ["OBJECT_METADATA_UPDATE", "updated"],
])("a notification %s through Pub/Sub is %s", async (eventType, action) => {
  const data = JSON.stringify({ ...resource, name: attributes.objectId });
  const { status, event } = await receive(toPush(data, { attributes: { ...attributes, eventType } }), json, {
    unwrap: "pubsub",
  });
  expect(status).toBe(204);
  expect(event).toMatchObject({
    id: "7",
    source: "//storage.googleapis.com/projects/_/buckets/b",
    action,
    key: "été/%2B.txt",
    size: 352,
    time: new Date("2026-01-02T03:04:05.678Z"),
  });
});

test("a notification has the trace of its message, else of the CloudEvent around it, else that of its request", async () => {
  const trace = (letter: string) => `00-${letter.repeat(32)}-${letter.repeat(16)}-01`;
  const traced = async (more: object, headers: Record<string, string>) => {
    const got: string[] = [];
    const fn = declare("b").handle((_, context) => void got.push(context.trace.traceId));
    const origin = await deploy((name) => gcp.object(name, fn, { unwrap: "pubsub" }));
    await post(origin, toPush(JSON.stringify(resource), { attributes: { ...attributes, ...more } }), headers);
    return got;
  };
  const around = toFields("google.cloud.pubsub.topic.v1.messagePublished", { "ce-traceparent": trace("b") });
  expect(await traced({ traceparent: trace("a") }, around)).toEqual(["a".repeat(32)]);
  expect(await traced({}, around)).toEqual(["b".repeat(32)]);
  expect(await traced({}, { ...json, traceparent: trace("c") })).toEqual(["c".repeat(32)]);
});

test("a notification without a payload has the facts of its attributes", async () => {
  const body = toPush(undefined, { attributes: { ...attributes, payloadFormat: "NONE" } });
  const { event } = await receive(body, json, { unwrap: "pubsub" });
  expect([event.key, event.version, event.size]).toEqual(["été/%2B.txt", "5", undefined]);
});

test("a message that is no notification, or whose payload is broken, goes to the sink", async () => {
  for (const body of [toPush("hello"), toPush("{", { attributes })]) {
    const reasons: string[] = [];
    const sink = async (_: ObjectEvent, reason: string) => void reasons.push(reason);
    expect((await receive(body, json, { unwrap: "pubsub", sink })).status).toBe(204);
    expect(reasons).toHaveLength(1);
    expect((await receive(body, json, { unwrap: "pubsub" })).status).toBe(500);
  }
});

test("a notification is only unwrapped when asked", async () => {
  expect((await receive(toPush(undefined, { attributes }), json)).status).toBe(500);
  expect((await receive(JSON.stringify(resource), toFields(type("finalized")), { unwrap: "pubsub" })).status).toBe(500);
});
