import type { EventGridEvent } from "@azure/functions";
import { type CloudEvent, event, type TopicMessage, topic } from "@portico/core";
import { describe, expect, test } from "vitest";
import { json } from "../test/rpc.js";
import { bindingOf, fire } from "../test/worker.js";
import { event as register } from "./event.js";
import { topic as registerTopic } from "./topic.js";

let count = 0;

async function receive(value: unknown) {
  count += 1;
  const events: CloudEvent[] = [];
  const traces: string[] = [];
  const fn = event().handle((one, { trace }) => {
    events.push(one);
    traces.push(trace.traceId);
  });
  register(`event${count}`, fn);
  await fire(`event${count}`, { input: json(value), metadata: {} });
  return { events, traces, one: events[0] as CloudEvent };
}

async function receiveMessage(value: unknown): Promise<TopicMessage> {
  count += 1;
  const messages: TopicMessage[] = [];
  registerTopic(
    `event${count}`,
    topic("orders").handle((message) => void messages.push(message)),
    { eventGrid: {} },
  );
  await fire(`event${count}`, { input: json(value), metadata: {} });
  return messages[0] as TopicMessage;
}

const gridEvent = {
  id: "1807",
  eventType: "recordInserted",
  subject: "myapp/vehicles/motorcycles",
  eventTime: "2026-03-05T10:15:30.1234567+00:00",
  data: { make: "Ducati", model: "Monster" },
  dataVersion: "1.0",
  metadataVersion: "1",
  topic: "/subscriptions/0/topics/bikes",
} satisfies EventGridEvent;
const cloudEvent = {
  specversion: "1.0",
  type: "com.example.order.created",
  source: "/shop/orders",
  id: "A234-1234-1234",
  time: "2026-03-05T10:15:30Z",
  subject: "o-1",
  datacontenttype: "application/json",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  data: { orderId: "o-1", total: 12.5 },
};

test("the host is told of the Event Grid trigger", () => {
  register(
    "event-told",
    event().handle(() => undefined),
    { eventGrid: { extraInputs: [] } },
  );
  expect(bindingOf("event-told")?.type).toBe("eventGridTrigger");
});

describe("an event", () => {
  test("of the CloudEvents schema is itself", async () => {
    const { one, traces } = await receive(cloudEvent);
    const { id, source, type, subject, datacontenttype } = cloudEvent;
    expect(one).toMatchObject({ id, source, type, subject, datacontenttype });
    expect(one.data).toEqual(cloudEvent.data);
    expect(one.time.toISOString()).toBe("2026-03-05T10:15:30.000Z");
    expect(traces).toEqual(["4bf92f3577b34da6a3ce929d0e0e4736"]);
  });

  test("of Event Grid's own schema has the names of CloudEvents", async () => {
    const { one } = await receive(gridEvent);
    expect(one).toMatchObject({
      id: "1807",
      source: "/subscriptions/0/topics/bikes",
      type: "recordInserted",
      subject: "myapp/vehicles/motorcycles",
      timestamp: "2026-03-05T10:15:30.1234567+00:00",
    });
    expect({ ...one.extensions }).toEqual({ dataversion: "1.0" });
    expect(await one.json()).toEqual(gridEvent.data);
  });

  test("with binary data has its bytes", async () => {
    const { one } = await receive({ specversion: "1.0", type: "t", source: "/s", id: "1", data_base64: "AAEC/w==" });
    expect([...(await one.bytes())]).toEqual([0, 1, 2, 255]);
  });

  test("without data has none", async () => {
    const { data: _, ...bare } = gridEvent;
    expect((await receive(bare)).one.data).toBeUndefined();
  });

  test("with keys that would set a prototype is a permanent failure for who reads them", async () => {
    const value = JSON.parse(JSON.stringify(gridEvent).replace('"make"', '"__proto__"'));
    await expect(receive(value).then(({ one }) => one.json())).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("that is malformed, or none, is refused", async () => {
    for (const wrong of [
      { ...gridEvent, id: "" },
      { ...gridEvent, eventType: null },
      { ...cloudEvent, id: 5 },
      { ...cloudEvent, specversion: "0.3" },
    ])
      await expect(receive(wrong)).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
    for (const foreign of [{}, null, 5, "text", [{}]])
      await expect(receive(foreign)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  });

  test("that the function is not declared for is dropped", async () => {
    let calls = 0;
    const fn = event({ types: "com.example.*" }).handle(() => {
      calls += 1;
    });
    register("filtered-event", fn);
    await fire("filtered-event", { input: json(gridEvent), metadata: {} });
    await fire("filtered-event", { input: json(cloudEvent), metadata: {} });
    expect(calls).toBe(1);
  });
});

describe("an event as a topic's message", () => {
  test("has the data as its payload, and the attributes beside it", async () => {
    const message = await receiveMessage(gridEvent);
    expect(message).toMatchObject({
      kind: "topic",
      id: "1807",
      source: "/subscriptions/0/topics/bikes",
      subject: gridEvent.subject,
    });
    expect(await message.json()).toEqual(gridEvent.data);
    expect(message.attributes.dataversion).toBe("1.0");
    expect(message.attempt).toBeUndefined();
  });

  test("in the CloudEvents schema, too", async () => {
    const message = await receiveMessage({ ...cloudEvent, tenant: "contoso" });
    expect(message).toMatchObject({ id: cloudEvent.id, contentType: "application/json", subject: "o-1" });
    expect(message.attributes.tenant).toBe("contoso");
    expect(await message.text()).toBe('{"orderId":"o-1","total":12.5}');
    const bytes = await (await receiveMessage({ ...cloudEvent, data: undefined, data_base64: "/w==" })).bytes();
    expect([...bytes]).toEqual([255]);
  });
});
