import type { CloudEvent as GoogleCloudEvent } from "@google-cloud/functions-framework";
import { type CloudEvent, fromCloudEvent } from "@portico/core";
import { expect, test, vi } from "vitest";
import { encodeEvent, event } from "./event.js";

const made = (members: object = {}): CloudEvent =>
  fromCloudEvent({
    specversion: "1.0",
    id: "1",
    source: "//cloudaudit.googleapis.com/projects/p/logs/activity",
    type: "google.cloud.audit.log.v1.written",
    time: "2020-06-30T16:14:47.593398572Z",
    servicename: "pubsub.googleapis.com",
    datacontenttype: "application/json",
    data: { protoPayload: { methodName: "m" } },
    ...members,
  }) as CloudEvent;

test("an event comes in binary mode, every digit of its time kept", async () => {
  const handler = vi.fn(async (_event: GoogleCloudEvent<unknown>) => undefined);
  expect(await event(handler, { types: "google.cloud.audit.*" })(made())).toEqual({ outcome: "ack" });
  expect(handler.mock.calls[0]?.[0]).toEqual({
    specversion: "1.0",
    id: "1",
    source: "//cloudaudit.googleapis.com/projects/p/logs/activity",
    type: "google.cloud.audit.log.v1.written",
    time: "2020-06-30T16:14:47.593398572Z",
    servicename: "pubsub.googleapis.com",
    traceparent: expect.any(String),
    data: { protoPayload: { methodName: "m" } },
  });
});

test.each([
  ["a number for an attribute", { count: 1 }],
  ["text for its data", { datacontenttype: "text/plain", data: "é" }],
  ["a scalar for its data", { data: 1 }],
  ["no data", { data: undefined }],
])(
  "with %s, which the framework does not take in binary mode, it comes in structured mode",
  async (_title, members) => {
    const sent = await encodeEvent(made(members));
    expect(sent.headers["content-type"]).toBe("application/cloudevents+json; charset=utf-8");
    const handler = vi.fn(async (_event: GoogleCloudEvent<unknown>) => undefined);
    await event(handler)(made(members));
    expect(handler.mock.calls[0]?.[0]).toMatchObject(JSON.parse(JSON.stringify(members)));
  },
);

test("an event that does not fit into the mode that is asked for is refused", async () => {
  for (const members of [{ count: 1 }, { data: 1 }, { datacontenttype: "text/plain", data: "é" }]) {
    await expect(encodeEvent(made(members), { mode: "binary" })).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      permanent: true,
    });
  }
});

test("an HTTP function takes text and events without data, too, in binary mode", async () => {
  const members = { datacontenttype: "text/plain", data: "é" };
  expect((await encodeEvent(made(members), { signature: "http" })).headers["content-type"]).toBe("text/plain");
});

test("a background function gets the attributes for its context", async () => {
  const handler = vi.fn(async (_data: object, _context: object) => undefined);
  await event(handler, { signature: "event" })(made());
  expect(handler.mock.calls[0]).toMatchObject([
    { protoPayload: {} },
    { id: "1", servicename: "pubsub.googleapis.com" },
  ]);
});

test("through a topic it is the JSON of a message", async () => {
  const { body } = await encodeEvent(made(), { unwrap: "pubsub", signature: "http" });
  const { message } = JSON.parse(Buffer.from(body).toString());
  expect(message.attributes).toEqual({ "content-type": "application/cloudevents+json" });
  expect(JSON.parse(Buffer.from(message.data, "base64").toString())).toMatchObject({
    type: "google.cloud.audit.log.v1.written",
  });
});

test("an event that would be read as one of another kind is refused", async () => {
  const event = { ...made(), type: "dev.portico.queue.message" } as CloudEvent;
  await expect(encodeEvent(event)).rejects.toMatchObject({ details: { field: "type" } });
});

test("what the function is not declared for is dropped", async () => {
  expect(await event(() => undefined, { sources: "/else" })(made())).toMatchObject({ outcome: "drop" });
});
