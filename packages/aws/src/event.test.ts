import { gzipSync } from "node:zlib";
import { type CloudEvent, type EventFilter, type HandlerResult, event as portable, retry } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { lambdaContext } from "../test/events.js";
import {
  busEvent,
  failures,
  queueArn,
  s3BusEvent,
  s3Record,
  snsRecord,
  snsText,
  sqsEvent,
  sqsRecord,
} from "../test/messages.js";
import { type EventOptions, event } from "./event.js";

let output: string[];
beforeEach(() => {
  output = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((line) => output.push(String(line)) > 0);
  return () => spy.mockRestore();
});

const run = (
  handler: (one: CloudEvent) => HandlerResult,
  given: unknown,
  options: EventOptions = {},
  filter: EventFilter = {},
) => event(portable(filter).handle(handler), options)(given, lambdaContext());
async function see(given: unknown, options?: EventOptions, filter?: EventFilter) {
  const seen: CloudEvent[] = [];
  const result = await run((one) => void seen.push(one), given, options, filter);
  return { seen, result, one: seen[0] as CloudEvent };
}

test("the envelope of EventBridge is a CloudEvent", async () => {
  const given = busEvent("Order Placed", { sku: "a" }, { resources: ["arn:one"], ...{ "replay-name": "r1" } });
  const { one } = await see(given);
  expect(one).toMatchObject({
    kind: "event",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    source: "com.example.orders",
    type: "Order Placed",
    subject: "arn:one",
    timestamp: "2026-01-02T03:04:05Z",
    datacontenttype: "application/json",
    data: { sku: "a" },
    native: given,
  });
  expect({ ...one.extensions }).toEqual({ account: "123456789012", region: "eu-west-1", replayname: "r1" });
  expect(one.time.toISOString()).toBe("2026-01-02T03:04:05.000Z");
  expect(await one.json()).toEqual({ sku: "a" });
});

test("several resources are all there, and a version that is missing is no matter", async () => {
  const { version: _, ...given } = busEvent("x", {}, { resources: ["arn:one", "arn:two"] });
  const { one } = await see(given);
  expect([one.subject, one.extensions.resources]).toEqual(["arn:one", '["arn:one","arn:two"]']);
});

test.each([null, "text", 7, [], false])("the detail %j is data as it is", async (detail) => {
  expect((await see(busEvent("x", detail))).one.data).toEqual(detail);
});

test("a detail that would set a prototype is refused when it is read", async () => {
  const given = busEvent("x", JSON.parse('{"__proto__":{"admin":true}}'));
  await expect(run((one) => void one.data, given)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect((await see(given)).seen).toHaveLength(1);
});

test("an envelope without id and time has the request's id, and the time of arrival", async () => {
  const { one } = await see({ source: "s", "detail-type": "t", detail: {} });
  expect(one.id).toBe("invocation-1");
  expect(one.timestamp).toBeUndefined();
  expect(one.time.getTime()).toBeGreaterThan(Date.now() - 10_000);
});

test("what is outside the filter is dropped, with a log entry", async () => {
  expect((await see(busEvent("Order Placed", {}), {}, { types: "Order *" })).seen).toHaveLength(1);
  expect((await see(busEvent("Order Placed", {}), {}, { sources: "aws.*" })).seen).toHaveLength(0);
  expect(output.join("")).toContain("message dropped");
});

test("a failure rejects with the handler's error, so that Lambda tries again", async () => {
  const given = busEvent("x", {});
  await expect(run(() => retry(), given)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const throws = () => {
    throw new RangeError("x");
  };
  await expect(run(throws, given)).rejects.toThrow(RangeError);
  await expect(run((() => new Promise(() => undefined)) as never, given, { timeoutMs: 100 })).rejects.toMatchObject({
    code: "TIMEOUT",
  });
});

test("schedules and objects are events too, for a function that is declared so", async () => {
  const tick = busEvent("Scheduled Event", {}, { source: "aws.events" });
  expect((await see(tick)).one.type).toBe("Scheduled Event");
  expect((await see(s3BusEvent("Object Created", "a"))).one).toMatchObject({
    source: "aws.s3",
    subject: "arn:aws:s3:::uploads",
  });
  expect((await see({ Records: [s3Record("a+b")] })).one).toMatchObject({
    source: "arn:aws:s3:::uploads",
    type: "aws.s3.ObjectCreated:Put",
    subject: "a b",
    data: { s3: { object: { key: "a+b" } } },
  });
});

const logs = (value: unknown) => ({
  awslogs: { data: gzipSync(typeof value === "string" ? value : JSON.stringify(value)).toString("base64") },
});
const logData = {
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: "/aws/lambda/orders",
  logStream: "2026/01/02/[$LATEST]1",
  subscriptionFilters: ["all"],
  logEvents: [
    { id: "34622316099697884706540976068822859012661220141643892546", timestamp: 1552518348220, message: "é" },
  ],
};

test("log data is unpacked", async () => {
  const { one } = await see(logs(logData));
  expect(one).toMatchObject({
    id: "34622316099697884706540976068822859012661220141643892546",
    source: "aws.logs",
    type: "aws.logs.DATA_MESSAGE",
    subject: "/aws/lambda/orders",
    data: logData,
  });
  expect(one.time.toISOString()).toBe("2019-03-13T23:05:48.220Z");
  const control = {
    ...logData,
    messageType: "CONTROL_MESSAGE",
    logEvents: [{ id: "", timestamp: 1, message: "CWL CONTROL MESSAGE" }],
  };
  expect((await see(logs(control))).one).toMatchObject({ id: "invocation-1", type: "aws.logs.CONTROL_MESSAGE" });
});

test("log data that is too large unpacked, not packed, cut off, no JSON or not there rejects", async () => {
  const bomb = logs(JSON.stringify({ x: "0".repeat(40 * 2 ** 20) }));
  await expect(see(bomb)).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(see(logs(logData), { unpackedLimit: 64 })).rejects.toMatchObject({ code: "TOO_LARGE" });
  const cut = logs(logData).awslogs.data.slice(0, 60);
  for (const data of ["", "aGk=", "%%%", cut, logs("{").awslogs.data]) {
    await expect(see({ awslogs: { data } })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  }
  for (const awslogs of [{}, null, { data: 7 }]) {
    await expect(see({ awslogs })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  }
});

test("mails of SES and triggers of CodeCommit are events, each record one", async () => {
  const mail = { messageId: "d6iitobk75", timestamp: "2015-09-11T20:32:33.936Z" };
  const { one } = await see({ Records: [{ eventSource: "aws:ses", eventVersion: "1.0", ses: { mail, receipt: {} } }] });
  expect(one).toMatchObject({
    id: "d6iitobk75",
    source: "aws.ses",
    type: "aws.ses.received",
    data: { mail, receipt: {} },
  });
  expect(one.time.toISOString()).toBe("2015-09-11T20:32:33.936Z");
  const commit = {
    eventSource: "aws:codecommit",
    eventId: "1",
    eventName: "ReferenceChanges",
    eventTime: "2018-01-26T15:58:33.475+0000",
    eventSourceARN: "arn:repo",
  };
  const seen = (await see({ Records: [commit, { ...commit, eventId: "2" }] })).seen;
  expect(seen.map(({ id, type, source }) => [id, type, source])).toEqual([
    ["1", "aws.codecommit.ReferenceChanges", "arn:repo"],
    ["2", "aws.codecommit.ReferenceChanges", "arn:repo"],
  ]);
  for (const ses of [undefined, {}, { mail: {} }]) {
    await expect(see({ Records: [{ eventSource: "aws:ses", ses }] })).rejects.toMatchObject({
      code: "EVENT_MALFORMED",
    });
  }
});

const cloudEvent = {
  specversion: "1.0",
  id: "1",
  source: "/orders",
  type: "order.placed",
  tenant: "acme",
  data: { sku: "a" },
};

test("a CloudEvent in the JSON format is taken as it is, and a malformed one rejects", async () => {
  expect((await see(cloudEvent)).one).toMatchObject({
    id: "1",
    source: "/orders",
    type: "order.placed",
    extensions: { tenant: "acme" },
    data: { sku: "a" },
  });
  await expect(see({ ...cloudEvent, specversion: "0.3" })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  await expect(see({ ...cloudEvent, id: "" })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
});

test("JSON without an envelope is an event of a function without a filter, with the id of the request", async () => {
  for (const given of [{ temperature: 21.5 }, { serialNumber: "G030", clickType: "SINGLE" }]) {
    expect((await see(given)).one).toMatchObject({ id: "invocation-1", type: "aws.lambda.payload", data: given });
    await expect(see(given, {}, { types: "x" })).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
  await expect(see({})).resolves.toMatchObject({ one: { data: {} } });
});

test("with `raw` any JSON is an event under the given name", async () => {
  const raw = { type: "telemetry", source: "sensors/1" };
  for (const given of [{ temperature: 21 }, "text", 7, null, [1], { triggerSource: "x", userPoolId: "y" }]) {
    const { one } = await see(given, { raw }, { types: "telemetry" });
    expect(one).toMatchObject({ type: "telemetry", source: "sensors/1" });
    expect(one.data).toEqual(given);
  }
  expect((await see({ a: 1 }, { raw: {} })).one.source).toBe("arn:aws:lambda:eu-west-1:123456789012:function:orders");
});

test("what a function of another kind should get is refused, with `raw` too", async () => {
  const foreign = [
    sqsEvent(sqsRecord("1")),
    [sqsRecord("1")],
    { Records: [snsRecord("1", "x")] },
    { eventSource: "aws:kafka", records: {} },
    { requestContext: { http: {} } },
    { DurableExecutionArn: "a", CheckpointToken: "b" },
  ];
  for (const given of foreign) {
    await expect(see(given)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
    await expect(see(given, { raw: {} })).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
  for (const given of [{ triggerSource: "PreSignUp_SignUp", userPoolId: "x" }, null, "text", 7, [1]]) {
    await expect(see(given)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
});

test("events are taken out of queues and topics, and acknowledged as these are", async () => {
  const text = JSON.stringify(busEvent("Order Placed", { sku: "a" }));
  const ways: [unknown, EventOptions["unwrap"]][] = [
    [sqsEvent(sqsRecord("m", text)), "sqs"],
    [{ Records: [snsRecord("n", text)] }, "sns"],
    [sqsEvent(sqsRecord("m", snsText("n", text))), ["sqs", "sns"]],
  ];
  for (const [given, unwrap] of ways) expect((await see(given, { unwrap })).one.type).toBe("Order Placed");
  expect((await see(sqsEvent(sqsRecord("m", JSON.stringify(cloudEvent))), { unwrap: "sqs" })).one.id).toBe("1");
  const handler = ({ id }: CloudEvent) => (id === "2" ? retry() : undefined);
  const records = ["1", "2"].map((id) => sqsRecord(`m${id}`, JSON.stringify({ ...cloudEvent, id })));
  expect(await run(handler, sqsEvent(...records), { unwrap: "sqs", batchItemFailures: true })).toEqual(failures("m2"));
});

test("a message that holds no event goes to the sink as text; JSON of its own is named by its message", async () => {
  const sink = vi.fn(async (_event: CloudEvent, _reason: string) => undefined);
  const given = sqsEvent(
    sqsRecord("m1", "{"),
    sqsRecord("m2", '{"a":1}'),
    sqsRecord("m3", JSON.stringify({ ...cloudEvent, id: "" })),
  );
  const options: EventOptions = { unwrap: "sqs", batchItemFailures: true, sink };
  const { seen, result } = await see(given, options);
  expect(result).toEqual(failures());
  expect(seen.map(({ id, source, data }) => [id, source, data])).toEqual([["m2", queueArn, { a: 1 }]]);
  const sunk = sink.mock.calls.map(([one]) => [one.id, one.type, one.data]);
  expect(sunk.toSorted()).toEqual([
    ["m1", "aws.message", "{"],
    ["m3", "aws.message", JSON.stringify({ ...cloudEvent, id: "" })],
  ]);
});

test("what is no event function is refused at registration", () => {
  // @ts-expect-error nothing is no function
  expect(() => event(undefined)).toThrow("An event function was expected");
});
