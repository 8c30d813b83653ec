import { queue as portable, type QueueMessage, retry } from "@portico/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "../../../core/test/random.js";
import { lambdaContext } from "../../test/events.js";
import { failures, fifoRecord, queueArn, sqsEvent, sqsRecord } from "../../test/messages.js";
import { queue } from "../queue.js";
import type { SqsRecord } from "./sqs-record.js";

async function see(record: SqsRecord): Promise<QueueMessage> {
  let seen: QueueMessage | undefined;
  const fn = portable("orders").handle((message) => {
    seen = message;
  });
  await queue(fn)({ Records: [record] }, lambdaContext());
  return seen as QueueMessage;
}

test("a message has the names of SQS under those of every cloud", async () => {
  const record = sqsRecord("m1", '{"sku":"a"}', { attributes: { ApproximateReceiveCount: "3" } });
  const message = await see(record);
  expect(message).toMatchObject({ kind: "queue", id: "m1", source: queueArn, attempt: 3, native: record });
  expect(message.time.toISOString()).toBe("2018-12-17T21:37:29.183Z");
  expect(await message.text()).toBe('{"sku":"a"}');
  expect(await message.json()).toEqual({ sku: "a" });
});

test("attributes are text: numbers as they were sent, binary ones as base64, names such as __proto__ harmless", async () => {
  const messageAttributes = JSON.parse(`{
    "tenant": {"stringValue": "acme", "dataType": "String", "stringListValues": [], "binaryListValues": []},
    "amount": {"stringValue": "12345678901234567890.10", "dataType": "Number.decimal"},
    "thumb": {"binaryValue": "MTEwMA==", "dataType": "Binary"},
    "empty": {"stringValue": "", "dataType": "String"},
    "nothing": null,
    "__proto__": {"stringValue": "x", "dataType": "String"}
  }`);
  const { attributes } = await see(sqsRecord("m", "", { messageAttributes }));
  expect(Object.entries(attributes)).toEqual([
    ["tenant", "acme"],
    ["amount", "12345678901234567890.10"],
    ["thumb", "MTEwMA=="],
    ["empty", ""],
    ["nothing", ""],
    ["__proto__", "x"],
  ]);
  expect(Object.getPrototypeOf(attributes)).toBeNull();
});

test("content type, correlation, subject and reply address are attributes by convention", async () => {
  const text = (stringValue: string) => ({ stringValue, dataType: "String" as const });
  const messageAttributes = {
    contentType: text("text/csv"),
    correlationId: text("c1"),
    subject: text("new"),
    replyTo: text("answers"),
  };
  expect(await see(sqsRecord("m", "", { messageAttributes }))).toMatchObject({
    contentType: "text/csv",
    correlationId: "c1",
    subject: "new",
    replyTo: "answers",
  });
  expect(await see(sqsRecord("m", "", { messageAttributes: { "Content-Type": text("text/xml") } }))).toMatchObject({
    contentType: "text/xml",
    correlationId: undefined,
  });
});

test("a FIFO message has its group and place; fair queues have a group without order", async () => {
  expect(await see(fifoRecord("m", "customer-7"))).toMatchObject({
    groupId: "customer-7",
    sequence: "18849496460467696128",
  });
  const fair = await see(sqsRecord("m", "", { attributes: { MessageGroupId: "tenant-1" } }));
  expect(fair).toMatchObject({ groupId: "tenant-1", sequence: undefined });
});

test("what is missing is not invented", async () => {
  const { messageId, body, eventSource, eventSourceARN } = sqsRecord("m", "x");
  const bare = { messageId, body, eventSource, eventSourceARN } as SqsRecord;
  const message = await see(bare);
  expect(message).toMatchObject({ attempt: undefined, groupId: undefined, contentType: undefined });
  expect(message.attributes).toEqual({});
  expect(message.time.getTime()).toBeGreaterThan(Date.now() - 10_000);
  for (const count of ["", "0", "x"]) {
    const attributes = { ApproximateReceiveCount: count };
    expect((await see(sqsRecord("m", "", { attributes }))).attempt).toBeUndefined();
  }
});

test("a body of 256 KiB, with big numbers and any text, arrives whole", async () => {
  const large = JSON.stringify({ n: "x".repeat(256 * 1024 - 8) });
  expect(await (await see(sqsRecord("m", large))).text()).toBe(large);
  const digits = '{"id":123456789012345678901234567890}';
  expect(await (await see(sqsRecord("m", digits))).text()).toBe(digits);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (body) => {
      const message = await see(sqsRecord("m", body));
      expect(Buffer.from(await message.bytes())).toEqual(Buffer.from(body));
    }),
    cases(50),
  );
});

test("whatever fails, the report is exactly the failures, and for a FIFO group all from the first on", async () => {
  const item = fc.record({ group: fc.constantFrom("x", "y", "z"), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 10 }), fc.boolean(), async (items, fifo) => {
      const fn = portable("orders").handle(({ id }) => {
        return items[Number(id)]?.fails ? retry() : undefined;
      });
      const records = items.map(({ group }, id) => (fifo ? fifoRecord(String(id), group) : sqsRecord(String(id))));
      const result = await queue(fn, { batchItemFailures: true })(sqsEvent(...records), lambdaContext());
      const expected = items.flatMap(({ group, fails }, id) => {
        const earlier = items.slice(0, id).some((one) => one.group === group && one.fails);
        return fails || (fifo && earlier) ? [String(id)] : [];
      });
      expect(result).toEqual(failures(...expected));
    }),
    cases(100),
  );
});
