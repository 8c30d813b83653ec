import { change, event, http, invoke, object, queue, reply, schedule, stream, topic } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { functionUrl, lambdaContext, rest } from "../test/events.js";
import { busEvent, failures, s3BusEvent, s3Record, snsRecord, snsText, sqsEvent, sqsRecord } from "../test/messages.js";
import { type AnyOptions, any } from "./any.js";

let seen: string[];
beforeEach(() => {
  seen = [];
  const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => spy.mockRestore();
});

const note = (name: string) => () => void seen.push(name);
const sink = async () => undefined;
const index = http.get("/*rest").handle(() => {
  seen.push("http");
  return reply.empty();
});
const quote = invoke("quote").handle(({ payload }) => {
  seen.push("invoke");
  return payload;
});
const onEvent = (name: string, filter = {}) => event(filter).handle(note(name));
const onQueue = (name: string) => queue(name).handle(note(name));
const onObject = (name: string) => object(name).handle(note(name));
const all = [
  quote,
  onEvent("event"),
  schedule("0 3 * * *").handle(note("schedule")),
  change("items").handle(note("change")),
  onObject("uploads"),
  stream("clicks").handle(note("stream")),
  topic("order-placed").handle(note("topic")),
  onQueue("orders"),
  index,
];
const sinks: AnyOptions = { stream: { sink }, change: { sink } };
async function route(functions: Parameters<typeof any>[0], given: unknown, options: AnyOptions = sinks) {
  seen = [];
  const result = await any(functions, options)(given, lambdaContext());
  return { by: seen.join(), result };
}
const arn = (resource: string) => `arn:aws:${resource}`;
const fromQueue = (name: string, body = "{}") =>
  sqsEvent(sqsRecord("m", body, { eventSourceARN: arn(`sqs:eu-west-1:1:${name}`) }));
const kinesis = { sequenceNumber: "1", partitionKey: "k", data: "SGk=", approximateArrivalTimestamp: 1 };
const kinesisEvent = {
  Records: [
    {
      eventSource: "aws:kinesis",
      eventID: "shardId-0:1",
      eventSourceARN: arn("kinesis:eu-west-1:1:stream/clicks"),
      kinesis,
    },
  ],
};
const dynamoEvent = {
  Records: [
    {
      eventSource: "aws:dynamodb",
      eventName: "INSERT",
      eventID: "1",
      eventSourceARN: arn("dynamodb:eu-west-1:1:table/items/stream/2026-01-01T00:00:00.000"),
      dynamodb: { Keys: { id: { S: "1" } }, SequenceNumber: "1" },
    },
  ],
};

test.each<[string, unknown]>([
  ["http", rest()],
  ["http", functionUrl()],
  ["orders", sqsEvent(sqsRecord("1"))],
  ["topic", { Records: [snsRecord("1", "x")] }],
  ["stream", kinesisEvent],
  ["uploads", { Records: [s3Record("a")] }],
  ["uploads", s3BusEvent("Object Created", "a")],
  ["change", dynamoEvent],
  ["schedule", busEvent("Scheduled Event", {}, { source: "aws.events" })],
  ["event", busEvent("Order Placed", {})],
  ["event", { specversion: "1.0", id: "1", source: "/", type: "t" }],
  ["invoke", { any: "json" }],
  ["invoke", null],
  ["invoke", [1, 2]],
  ["invoke", { triggerSource: "PreSignUp_SignUp", userPoolId: "x" }],
])("the %s function gets what is its own", async (by, given) => {
  expect((await route(all, given)).by).toBe(by);
});

test("the result is the chosen function's", async () => {
  expect((await route(all, { any: "json" })).result).toEqual({ any: "json" });
  expect((await route(all, rest())).result).toMatchObject({ statusCode: 204 });
  const options: AnyOptions = { ...sinks, queue: { batchItemFailures: true } };
  expect((await route(all, sqsEvent(sqsRecord("1")), options)).result).toEqual(failures());
});

test("what no function takes is refused by name, never answered", async () => {
  const some = [onQueue("orders"), schedule("0 3 * * *").handle(note("schedule"))];
  const foreign: [unknown, string][] = [
    [{ Records: [snsRecord("1", "x")] }, "sns"],
    [rest(), "apigw-v1"],
    [busEvent("Order Placed", {}), "eventbridge"],
    [{ requestContext: { connectionId: "c", eventType: "CONNECT" } }, "websocket"],
    [{ any: "json" }, "unknown"],
    [null, "null"],
  ];
  for (const [given, name] of foreign) {
    const refused = route(some, given);
    await expect(refused).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED", message: expect.stringContaining(name) });
  }
  const notCalls: [unknown, string][] = [
    [fromQueue("orders"), "sqs"],
    [busEvent("Order Placed", {}), "eventbridge (Order Placed"],
    [busEvent("Scheduled Event", {}, { source: "aws.events" }), "schedule"],
    [s3BusEvent("Object Created", "a"), "eventbridge (Object Created of aws.s3)"],
    [{ Records: [{ eventSource: "aws:ses", ses: {} }] }, "ses"],
    [{ Records: [{ eventSource: "aws:codecommit" }] }, "codecommit"],
    [{ Records: [{ cf: { request: {} } }] }, "lambda@edge"],
  ];
  for (const [given, name] of notCalls) {
    const refused = route([index, quote], given);
    await expect(refused).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED", message: expect.stringContaining(name) });
  }
  expect(seen).toEqual([]);
});

test("two queues are told apart by their names; one alone takes every name", async () => {
  const two = [onQueue("orders"), onQueue("returns")];
  expect((await route(two, fromQueue("orders"))).by).toBe("orders");
  expect((await route(two, fromQueue("returns"))).by).toBe("returns");
  await expect(route(two, fromQueue("prod-orders"))).rejects.toMatchObject({
    code: "EVENT_UNSUPPORTED",
    message: expect.stringContaining("prod-orders"),
  });
  expect((await route([onQueue("orders")], fromQueue("prod-orders"))).by).toBe("orders");
  const names = { orders: "prod-orders", returns: undefined };
  expect((await route(two, fromQueue("prod-orders"), { names })).by).toBe("orders");
  expect((await route(two, fromQueue("returns"), { names })).by).toBe("returns");
});

test("so are brokers' queues, topics, streams, buckets and tables", async () => {
  const broker = arn("mq:eu-west-1:1:broker:b:b-1");
  const rabbit = { eventSource: "aws:rmq", eventSourceArn: broker, rmqMessagesByQueue: { "b::/": [{ data: "" }] } };
  const active = {
    eventSource: "aws:amq",
    eventSourceArn: broker,
    messages: [{ messageID: "1", data: "", destination: { physicalName: "b" } }],
  };
  const kafka = (name: string) => ({
    eventSource: "aws:kafka",
    eventSourceArn: arn("kafka:eu-west-1:1:cluster/c/1"),
    records: {
      [`${name}-0`]: [
        {
          topic: name,
          partition: 0,
          offset: 1,
          timestamp: 1,
          timestampType: "CREATE_TIME",
          value: "SGk=",
          headers: [],
        },
      ],
    },
  });
  const sns = (name: string) => ({ Records: [snsRecord("1", "", { TopicArn: arn(`sns:eu-west-1:1:${name}`) })] });
  const s3 = s3Record("k");
  const s3From = (name: string) => ({ Records: [{ ...s3, s3: { ...s3.s3, bucket: { ...s3.s3.bucket, name } } }] });
  const pairs = [
    ["queue", onQueue("a"), onQueue("b"), [rabbit, active]],
    ["topic", topic("a").handle(note("a")), topic("b").handle(note("b")), [sns("b")]],
    ["stream", stream("clicks").handle(note("b")), stream("a").handle(note("a")), [kinesisEvent]],
    ["kafka", stream("a-1").handle(note("a")), stream("b-1").handle(note("b")), [kafka("b-1")]],
    [
      "object",
      onObject("a"),
      onObject("b"),
      [s3From("b"), { ...s3BusEvent("Object Created", "k", { bucket: { name: "b" } }) }],
    ],
    ["table", change("items").handle(note("b")), change("a").handle(note("a")), [dynamoEvent]],
  ] as const;
  for (const [kind, one, two, events] of pairs) {
    for (const given of events) expect([kind, (await route([one, two], given)).by]).toEqual([kind, "b"]);
  }
});

test("events of the bus are told apart by their filters; without one a function takes the rest", async () => {
  const functions = [
    onEvent("placed", { types: "Order Placed" }),
    onEvent("aws", { sources: "aws.*" }),
    onEvent("rest"),
  ];
  expect((await route(functions, busEvent("Order Placed", {}))).by).toBe("placed");
  expect((await route(functions, busEvent("x", {}, { source: "aws.ec2" }))).by).toBe("aws");
  expect((await route(functions, busEvent("x", {}))).by).toBe("rest");
  await expect(route(functions, busEvent("Order Placed", {}, { source: "aws.ec2" }))).rejects.toThrow("more than one");
  await expect(route(functions.slice(0, 2), busEvent("x", {}))).rejects.toThrow("none of");
});

test("a queue's messages, and what others take out of a queue, are told apart by the queue or the bucket", async () => {
  const notice = JSON.stringify({ Records: [s3Record("k")] });
  const functions = [onQueue("orders"), onObject("uploads"), onEvent("event")];
  const options: AnyOptions = { object: { unwrap: ["sqs", "sns"] }, event: { unwrap: "sqs" } };
  expect((await route(functions, fromQueue("orders"), options)).by).toBe("orders");
  expect((await route(functions, fromQueue("files", snsText("n", notice)), options)).by).toBe("uploads");
  expect((await route(functions, fromQueue("bus", JSON.stringify(busEvent("x", {}))), options)).by).toBe("event");
});

test("JSON that no source sends goes to invoke, unless an event or a schedule claims it", async () => {
  const tick = schedule("0 3 * * *").handle(note("schedule"));
  const functions = [quote, onEvent("event"), tick];
  expect((await route(functions, { a: 1 })).by).toBe("invoke");
  expect((await route(functions, { a: 1 }, { event: { raw: {} } })).by).toBe("event");
  expect((await route(functions, { a: 1 }, { schedule: { customInput: true } })).by).toBe("schedule");
  expect((await route(functions, busEvent("x", {}), { schedule: { customInput: true } })).by).toBe("event");
  expect((await route([onEvent("event")], { a: 1 })).by).toBe("event");
});

test("an empty list of records is nothing to do where a function reads records", async () => {
  expect((await route([onEvent("event"), quote], { Records: [] })).by).toBe("invoke");
  expect((await route([onEvent("event", { types: "x" }), onQueue("a"), onQueue("b")], { Records: [] })).by).toBe("");
  await expect(route([index], { Records: [] })).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
});

test("functions that nothing tells apart are refused at registration, and so is what is no function", () => {
  const same: Parameters<typeof any>[0][] = [
    [index, index],
    [quote, quote],
    [schedule("0 3 * * *").handle(note("a")), schedule("0 4 * * *").handle(note("b"))],
    [onQueue("orders"), onQueue("orders")],
    [onEvent("a"), onEvent("b")],
  ];
  for (const functions of same) expect(() => any(functions)).toThrow("cannot be told apart");
  expect(() => any([onQueue("a"), onQueue("b")], { names: { a: "b" } })).toThrow("cannot be told apart");
  expect(() => any([])).toThrow("portable function");
  // @ts-expect-error a plain function has no trigger
  expect(() => any([() => undefined])).toThrow("portable function");
  expect(() => any(all)).toThrow("sink");
  expect(any(all, sinks)).toHaveLength(2);
});
