import type { EventGridEvent, EventGridHandler } from "@azure/functions";
import { type CloudEvent, fromCloudEvent } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { testContext } from "../../../core/test/message.js";
import { encodeEvent, event } from "./event.js";

const cloudEvent = {
  ...{
    specversion: "1.0",
    id: "e1",
    source: "/shop",
    type: "com.example.order",
    subject: "o1",
    time: "2026-03-05T10:15:30.1234567Z",
  },
  ...{ datacontenttype: "application/json", traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
  data: { total: 12.5 },
};
const neutral = (members: object = {}) => fromCloudEvent({ ...cloudEvent, ...members }) as CloudEvent;

test("a handler gets an event in Event Grid's own schema, every digit of its time", async () => {
  const handler = vi.fn<EventGridHandler>(async () => undefined);
  const fn = event(handler, { types: "com.example.*" });
  expect(fn.trigger).toEqual({ kind: "event", types: ["com.example.*"] });
  expect(await fn(neutral())).toEqual({ outcome: "ack" });
  expect(handler.mock.calls[0]?.[0]).toEqual({
    ...{ id: "e1", topic: "/shop", subject: "o1", eventType: "com.example.order", eventTime: cloudEvent.time },
    ...{ data: { total: 12.5 }, dataVersion: "", metadataVersion: "1" },
  } satisfies EventGridEvent);
  expect(await fn(neutral({ type: "other" }))).toMatchObject({ outcome: "drop" });
});

test("or as a CloudEvent, whose members stand in the metadata as well", async () => {
  const [delivery] = await encodeEvent([neutral()], { schema: "CloudEventSchemaV1_0" });
  expect(delivery?.input).toEqual(cloudEvent);
  // Text of the metadata is parsed, as at home.
  expect(delivery?.triggerMetadata).toMatchObject({ specversion: 1, id: "e1", data: { total: 12.5 } });
});

test("with cardinality many it gets a list", async () => {
  const handler = vi.fn();
  const fn = event.batch(handler, { eventGrid: { cardinality: "many" } as object });
  const { context } = testContext();
  await Promise.all(fn["~batch"]?.([neutral(), neutral({ id: "e2" })].map((one) => ({ event: one, context }))) ?? []);
  expect(handler).toHaveBeenCalledExactlyOnceWith(
    [expect.objectContaining({ id: "e1" }), expect.objectContaining({ id: "e2" })],
    expect.anything(),
  );
});

describe("what a schema cannot carry is refused", () => {
  test.each([
    ["data", { data: undefined, data_base64: "AAEC" }, "EventGridSchema"],
    ["extensions", { extensions: { "a b": "x" } }, "CloudEventSchemaV1_0"],
  ] as const)("%s", async (field, members, schema) => {
    const { extensions, ...others } = members as { extensions?: object };
    const given = neutral(others);
    const one = extensions ? Object.create(given, { extensions: { value: extensions } }) : given;
    await expect(encodeEvent([one], { schema })).rejects.toMatchObject({
      code: "EVENT_UNENCODABLE",
      details: { field },
    });
  });

  test("an event over a megabyte", async () => {
    const encoding = encodeEvent([neutral({ data: "x".repeat(1024 * 1024) })]);
    await expect(encoding).rejects.toMatchObject({ code: "EVENT_UNENCODABLE", details: { field: "body" } });
  });
});
