import type { EventGridEvent, EventGridHandler, InvocationContext, ServiceBusTopicHandler } from "@azure/functions";
import type { TopicMessage } from "@portico/core";
import { expect, test, vi } from "vitest";
import { testMessage } from "../../../core/test/message.js";
import { encodeTopic, topic } from "./topic.js";

const message = (id: string, body?: string, facts: Partial<TopicMessage> = {}): TopicMessage =>
  Object.create(
    testMessage(id, body),
    Object.fromEntries(Object.entries({ kind: "topic", ...facts }).map(([name, value]) => [name, { value }])),
  );

test("a subscription's handler gets what a queue's gets, and its trigger names topic and subscription", async () => {
  const handler = vi.fn<ServiceBusTopicHandler>(async () => undefined);
  const fn = topic(handler, { topic: "orders", serviceBus: { subscriptionName: "billing" } });
  expect(fn.trigger).toEqual({ kind: "topic", topic: "orders" });
  await fn(message("1", '{"a":1}', { subject: "order.created" }));
  const [body, context] = handler.mock.calls[0] as [unknown, InvocationContext];
  expect(body).toEqual({ a: 1 });
  expect(context.triggerMetadata).toMatchObject({ subject: "order.created", label: "order.created" });
  expect(context.options.trigger).toMatchObject({
    type: "serviceBusTrigger",
    topicName: "orders",
    subscriptionName: "billing",
  });
});

test("an Event Grid handler gets the payload as data, in the schema that it was written for", async () => {
  const handler = vi.fn<EventGridHandler>(async () => undefined);
  const given = message("e1", '{"a":1}', { source: "/subscriptions/0/topics/orders", subject: "orders/1" });
  await topic(handler, { topic: "orders", eventGrid: {}, type: "order.created" })(given);
  expect(handler.mock.calls[0]?.[0]).toEqual({
    id: "e1",
    topic: "/subscriptions/0/topics/orders",
    subject: "orders/1",
    eventType: "order.created",
    eventTime: "1970-01-01T00:00:00.000Z",
    data: { a: 1 },
    dataVersion: "",
    metadataVersion: "1",
  } satisfies EventGridEvent);
  const [cloudEvent] = await encodeTopic([given], { topic: "orders", eventGrid: {}, schema: "CloudEventSchemaV1_0" });
  expect(cloudEvent?.input).toMatchObject({
    specversion: "1.0",
    id: "e1",
    type: "dev.portico.topic.message",
    data: { a: 1 },
  });
});

test("a payload that is no JSON is refused in Event Grid's own schema, and carried in a CloudEvent", async () => {
  const given = message("e1", "plain");
  await expect(encodeTopic([given], { topic: "orders", eventGrid: {} })).rejects.toMatchObject({
    code: "EVENT_UNENCODABLE",
    details: { field: "body" },
    hint: expect.stringContaining("CloudEventSchemaV1_0"),
  });
  const [cloudEvent] = await encodeTopic([given], { topic: "orders", eventGrid: {}, schema: "CloudEventSchemaV1_0" });
  expect(JSON.stringify(cloudEvent?.input)).toContain("plain");
});
