import { type HandlerResult, type ObjectEvent, object as portable, retry, validate } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { lambdaContext } from "../test/events.js";
import { busEvent, failures, s3BusEvent, s3Record, snsRecord, snsText, sqsEvent, sqsRecord } from "../test/messages.js";
import { type ObjectOptions, object } from "./object.js";

let output: string[];
beforeEach(() => {
  output = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((line) => output.push(String(line)) > 0);
  return () => spy.mockRestore();
});

const run = (handler: (event: ObjectEvent) => HandlerResult, event: unknown, options: ObjectOptions = {}) =>
  object(portable("uploads").handle(handler), options)(event, lambdaContext());
async function see(event: unknown, options?: ObjectOptions) {
  const seen: ObjectEvent[] = [];
  const result = await run((one) => void seen.push(one), event, options);
  return { seen, result, keys: seen.map(({ key }) => key) };
}
const notice = (...keys: string[]) => JSON.stringify({ Records: keys.map((key) => s3Record(key)) });
const testEvent = {
  Service: "Amazon S3",
  Event: "s3:TestEvent",
  Time: "2014-10-13T15:57:02.089Z",
  Bucket: "uploads",
  RequestId: "5582815E1AEA5ADF",
  HostId: "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
};

test("a notification is told in neutral words, its key decoded", async () => {
  const record = s3Record("new+folder/a%2Bb.jpg", "ObjectCreated:Put", { versionId: "v1" });
  const { seen } = await see({ Records: [record] });
  expect(seen[0]).toMatchObject({
    kind: "object",
    id: "ObjectCreated:Put:0C0F6F405D6ED209E1:v1:new+folder/a%2Bb.jpg",
    source: "arn:aws:s3:::uploads",
    bucket: "uploads",
    key: "new folder/a+b.jpg",
    action: "created",
    permanent: undefined,
    size: 1305107,
    etag: "b21b84d653bb07b05b1e6b33684dc11b",
    version: "v1",
    sequence: "0C0F6F405D6ED209E1",
    contentType: undefined,
    native: record,
  });
  expect(seen[0]?.time.toISOString()).toBe("2026-01-02T03:04:05.678Z");
});

test("a deletion has no size and no etag, and says whether a version stays", async () => {
  const object = { size: undefined as never, eTag: undefined as never };
  const { seen } = await see({
    Records: [
      s3Record("a", "ObjectRemoved:Delete", object),
      s3Record("b", "ObjectRemoved:DeleteMarkerCreated", object),
    ],
  });
  expect(seen[0]).toMatchObject({ action: "deleted", permanent: true, size: undefined, etag: undefined });
  expect(seen[1]).toMatchObject({ action: "deleted", permanent: false });
});

test("the id is the same when S3 says the same again, and another one for another change", async () => {
  const id = async (...given: Parameters<typeof s3Record>) =>
    (await see({ Records: [s3Record(...given)] })).seen[0]?.id;
  expect(await id("a")).toBe(await id("a"));
  const others = [
    await id("a"),
    await id("b"),
    await id("a", "ObjectRemoved:Delete"),
    await id("a", undefined, { sequencer: "1" }),
    await id("a", undefined, { versionId: "2" }),
  ];
  expect(new Set(others).size).toBe(5);
  const without = { sequencer: undefined as never };
  expect(await id("a", "ObjectAcl:Put", without)).toBe("ObjectAcl:Put:2026-01-02T03:04:05.678Z::a");
});

test("S3 on EventBridge is told in the same words, its key as it is", async () => {
  const { seen } = await see(s3BusEvent("Object Created", "a+b%20c.jpg"));
  expect(seen[0]).toMatchObject({
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    source: "arn:aws:s3:::uploads",
    bucket: "uploads",
    key: "a+b%20c.jpg",
    action: "created",
    size: 5,
    etag: "b1946ac92492d2347c6235b4d2611184",
    version: "IYV3p45BT0ac8hjHg",
    sequence: "00617F08299329D189",
  });
  const marker = { "deletion-type": "Delete Marker Created", reason: "DeleteObject" };
  expect((await see(s3BusEvent("Object Deleted", "a", marker))).seen[0]).toMatchObject({
    action: "deleted",
    permanent: false,
  });
  const expired = { "deletion-type": "Permanently Deleted", reason: "Lifecycle Expiration" };
  expect((await see(s3BusEvent("Object Deleted", "a", expired))).seen[0]).toMatchObject({
    action: "deleted",
    permanent: true,
  });
});

test("API calls that CloudTrail tells of, and other events of the bus, are refused", async () => {
  const call = busEvent("AWS API Call via CloudTrail", {}, { source: "aws.s3" });
  for (const event of [call, busEvent("Object Created", {}), sqsEvent(sqsRecord("1", notice("a")))]) {
    await expect(see(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
});

test("json is the facts, so a schema can check them", async () => {
  const fn = portable("uploads")
    .use(validate(z.object({ key: z.string(), size: z.number() })))
    .handle((_event, { input }) => void output.push(input.key));
  await object(fn)({ Records: [s3Record("a")] }, lambdaContext());
  expect(output).toContain("a");
});

test("a failure brings back the delivery, whole", async () => {
  const event = { Records: [s3Record("a"), s3Record("b")] };
  const failing = run(({ key }) => (key === "a" ? retry() : undefined), event, { batchItemFailures: true });
  await expect(failing).rejects.toThrow("1 of 2");
});

test("a malformed record brings back the delivery", async () => {
  const { s3 } = s3Record("a");
  for (const over of [
    { s3: undefined },
    { s3: { ...s3, object: {} } },
    { s3: { ...s3, bucket: {} } },
    { eventName: undefined },
  ]) {
    await expect(see({ Records: [{ ...s3Record("a"), ...over }] })).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  }
  await expect(see(s3BusEvent("Object Created", "a", { bucket: null }))).rejects.toMatchObject({
    code: "EVENT_MALFORMED",
  });
  await expect(see(s3BusEvent("Object Created", 7 as never))).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
});

test("what is outside the filter is dropped, with a log entry", async () => {
  const seen: string[] = [];
  const fn = portable("uploads", { prefix: "in/", suffix: ".csv", actions: ["created"] }).handle(
    ({ key }) => void seen.push(key),
  );
  const records = [
    s3Record("in/a.csv"),
    s3Record("in/a.jpg"),
    s3Record("a.csv"),
    s3Record("in/b.csv", "ObjectRemoved:Delete"),
  ];
  await object(fn)({ Records: records }, lambdaContext());
  expect(seen).toEqual(["in/a.csv"]);
  expect(output.filter((line) => line.includes("message dropped"))).toHaveLength(3);
});

test("the test event of S3 is acknowledged and logged, directly and in every carrier", async () => {
  const text = JSON.stringify(testEvent);
  const ways: [unknown, ObjectOptions][] = [
    [testEvent, {}],
    [sqsEvent(sqsRecord("m", text)), { unwrap: "sqs", batchItemFailures: true }],
    [{ Records: [snsRecord("n", text)] }, { unwrap: "sns" }],
    [sqsEvent(sqsRecord("m", snsText("n", text))), { unwrap: ["sqs", "sns"] }],
  ];
  for (const [event, options] of ways) {
    output = [];
    const { seen, result } = await see(event, options);
    expect(seen).toEqual([]);
    expect(result).toEqual(options.batchItemFailures ? failures() : undefined);
    expect(output.join("")).toContain("S3 tested the notification of uploads");
  }
});

test("events are taken out of every carrier", async () => {
  const bus = JSON.stringify(s3BusEvent("Object Created", "a+b"));
  const ways: [unknown, ObjectOptions["unwrap"], string][] = [
    [sqsEvent(sqsRecord("m", notice("a+b"))), "sqs", "a b"],
    [sqsEvent(sqsRecord("m", bus)), "sqs", "a+b"],
    [{ Records: [snsRecord("n", notice("a+b"))] }, "sns", "a b"],
    [sqsEvent(sqsRecord("m", snsText("n", notice("a+b")))), ["sqs", "sns"], "a b"],
    [[sqsRecord("m", notice("a+b"))], ["pipes", "sqs"], "a b"],
    [[sqsRecord("m", snsText("n", notice("a+b")))], ["pipes", "sqs", "sns"], "a b"],
  ];
  for (const [event, unwrap, key] of ways) {
    const { seen, keys } = await see(event, { unwrap });
    expect(keys).toEqual([key]);
    expect(seen[0]?.native).toHaveProperty(key === "a b" ? "s3" : "detail");
  }
});

test("several records in one message of a queue are handled in order, and acknowledged together", async () => {
  const seen: string[] = [];
  const handler = ({ key }: ObjectEvent) => {
    seen.push(key);
    return key === "b" ? retry() : undefined;
  };
  const event = sqsEvent(sqsRecord("m1", notice("a", "b", "c")), sqsRecord("m2", notice("d", "e")));
  expect(await run(handler, event, { unwrap: "sqs", batchItemFailures: true })).toEqual(failures("m1"));
  expect(seen.filter((key) => "abc".includes(key))).toEqual(["a", "b"]);
  expect(seen).toContain("e");
});

test("a message that holds no object event is a dead letter under the queue's id; without a sink it is left in the queue", async () => {
  const bodies = [
    "",
    "{",
    "null",
    '{"Records":[]}',
    JSON.stringify(busEvent("x", {})),
    JSON.stringify({ Records: [{ eventSource: "aws:s3" }] }),
    notice("ok"),
  ];
  const event = sqsEvent(...bodies.map((body, index) => sqsRecord(`m${index}`, body)));
  const sink = vi.fn(async (_event: ObjectEvent, _reason: string) => undefined);
  const { keys, result } = await see(event, { unwrap: "sqs", batchItemFailures: true, sink });
  expect(keys).toEqual(["ok"]);
  // A record that S3 cannot have sent may be our mistake: it stays.
  expect(result).toEqual(failures("m5"));
  expect(sink.mock.calls.map(([{ id }]) => id).toSorted()).toEqual(["m0", "m1", "m2", "m3", "m4"]);
  const [stand] = sink.mock.calls[0] as [ObjectEvent, string];
  expect(stand).toMatchObject({ kind: "object", bucket: "", key: "", native: { eventSource: "aws:sqs" } });
  expect((await see(event, { unwrap: "sqs", batchItemFailures: true })).result).toEqual(
    failures("m0", "m1", "m2", "m3", "m4", "m5"),
  );
});

test("a queue that is said to hold a topic's messages does not hold S3's own", async () => {
  const event = sqsEvent(sqsRecord("m", notice("a")));
  const { keys, result } = await see(event, { unwrap: ["sqs", "sns"], batchItemFailures: true });
  expect([keys, result]).toEqual([[], failures("m")]);
});

test("carriers in an order that AWS cannot make are refused at registration", () => {
  const fn = portable("uploads").handle(() => undefined);
  for (const unwrap of ["kafka", ["sns", "sqs"], []] as never[]) {
    expect(() => object(fn, { unwrap })).toThrow("unwrap");
  }
});
