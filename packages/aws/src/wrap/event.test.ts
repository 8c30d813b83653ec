import { type CloudEvent, event as portable } from "@portico/core";
import { fake } from "@portico/testing";
import type { CloudWatchLogsEvent, EventBridgeEvent, EventBridgeHandler } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { lambdaContext } from "../../test/events.js";
import { event as deploy } from "../event.js";
import { type EventSource, encodeEvent, event } from "./event.js";

function given(over: Partial<CloudEvent> = {}): CloudEvent {
  const data = "data" in over ? over.data : { sku: "a" };
  return {
    kind: "event",
    id: "e1",
    source: "com.example.orders",
    type: "OrderPlaced",
    time: new Date("2026-01-02T03:04:05Z"),
    subject: undefined,
    datacontenttype: "application/json",
    dataschema: undefined,
    extensions: {},
    native: undefined,
    data,
    json: async () => data,
    text: async () => JSON.stringify(data),
    bytes: async () => new TextEncoder().encode(JSON.stringify(data)),
    ...over,
  };
}

/** What a portable function gets of a native event. */
async function read(native: unknown): Promise<CloudEvent> {
  const seen: CloudEvent[] = [];
  await deploy(portable().handle((one) => void seen.push(one)))(native, lambdaContext());
  return seen[0] as CloudEvent;
}

describe("EventBridge", () => {
  test("an event is what the bus sends; subject and extensions stand where they are read again", async () => {
    const event = await encodeEvent(
      given({ subject: "order/1", extensions: { account: "1", region: "eu-west-1", replayname: "r" } }),
    );
    expect(event satisfies EventBridgeEvent<string, unknown>).toEqual({
      version: "0",
      id: "e1",
      "detail-type": "OrderPlaced",
      source: "com.example.orders",
      account: "1",
      time: "2026-01-02T03:04:05.000Z",
      region: "eu-west-1",
      resources: ["order/1"],
      detail: { sku: "a" },
      "replay-name": "r",
    });
    const several = { subject: "a", extensions: { resources: '["a","b"]' } };
    expect((await encodeEvent(given(several))).resources).toEqual(["a", "b"]);
    expect((await encodeEvent(given({ timestamp: "2026-01-02T03:04:05.123456789Z" }))).time).toBe(
      "2026-01-02T03:04:05.123456789Z",
    );
  });

  test.each<[string, Partial<CloudEvent>]>([
    ["data", { data: undefined }],
    ["data", { data: new Uint8Array([1]) }],
    ["data", { data: "text", datacontenttype: "text/plain" }],
    ["data", { data: { a: 1n } }],
    ["id", { id: "" }],
    ["type", { type: "x".repeat(129) }],
    ["source", { source: "" }],
    ["time", { time: new Date(Number.NaN) }],
  ])("an event is refused for its %s", async (field, over) => {
    await expect(encodeEvent(given(over))).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      permanent: true,
      details: { field },
    });
  });
});

const logs = {
  messageType: "DATA_MESSAGE",
  owner: "1",
  logGroup: "/g",
  logStream: "s",
  logEvents: [{ id: "l1", timestamp: 1, message: "m" }],
};
const fromLogs = { source: "aws.logs", type: "aws.logs.DATA_MESSAGE", subject: "/g", id: "l1", data: logs };
const mail = { mail: { messageId: "e1", timestamp: "2026-01-02T03:04:05.000Z" }, receipt: {} };
const fromSes = { source: "aws.ses", type: "aws.ses.received", data: mail };

describe("an event that once was one of", () => {
  test("CloudWatch Logs is packed again", async () => {
    const event = await encodeEvent(given(fromLogs), { source: "logs" });
    const back = await read(event satisfies CloudWatchLogsEvent);
    expect([back.id, back.source, back.type, back.subject]).toEqual(["l1", "aws.logs", fromLogs.type, "/g"]);
    expect(await back.json()).toEqual(logs);
  });

  test("SES is a record again", async () => {
    const back = await read(await encodeEvent(given(fromSes), { source: "ses" }));
    expect([back.id, back.type, back.data]).toEqual(["e1", "aws.ses.received", mail]);
  });

  test.each<[EventSource, string, Partial<CloudEvent>]>([
    ["logs", "type", {}],
    ["logs", "source", { ...fromLogs, source: "x" }],
    ["logs", "subject", { ...fromLogs, subject: "x" }],
    ["logs", "id", { ...fromLogs, id: "x" }],
    ["ses", "type", {}],
    ["ses", "source", { ...fromSes, source: "x" }],
    ["ses", "subject", { ...fromSes, subject: "x" }],
    ["ses", "id", { ...fromSes, id: "x" }],
    ["ses", "time", { ...fromSes, time: new Date(0) }],
    ["json", "data", { data: undefined }],
    ["cloud-event", "id", { id: "" }],
  ])("%s alone: another one is refused for its %s", async (source, field, over) => {
    await expect(encodeEvent(given(over), { source })).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      details: { field },
    });
  });
});

test("by a direct call an event is a CloudEvent in the JSON format, or its data alone", async () => {
  expect(await encodeEvent(given(), { source: "cloud-event" })).toMatchObject({
    specversion: "1.0",
    id: "e1",
    data: { sku: "a" },
  });
  expect(await encodeEvent(given(), { source: "json" })).toEqual({ sku: "a" });
});

test("a handler gets what is within its rule at home, and its throw is retry", async () => {
  const seen: unknown[] = [];
  const handler: EventBridgeHandler<"OrderPlaced", { sku: string }, void> = async ({ detail }) =>
    void seen.push(detail.sku);
  const fn = event(handler, { types: "OrderPlaced" });
  expect(fn.trigger).toEqual({ kind: "event", types: ["OrderPlaced"] });
  expect(await fn(given(), fake.context())).toEqual({ outcome: "ack" });
  expect(await fn(given({ type: "Other" }), fake.context())).toMatchObject({ outcome: "drop" });
  expect(seen).toEqual(["a"]);
  const error = new Error("no");
  expect(await event(() => Promise.reject(error))(given(), fake.context())).toEqual({ outcome: "retry", error });
  expect(() => event(handler, { source: "sqs" as never })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
