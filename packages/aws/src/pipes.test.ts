import { queue as portable, retry } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { lambdaContext } from "../test/events.js";
import { failures, fifoRecord, sqsRecord } from "../test/messages.js";
import { queue } from "./queue.js";

beforeEach(() => {
  const spy = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => spy.mockRestore();
});

async function run(event: unknown, failing: readonly string[] = []) {
  const texts: string[] = [];
  const fn = portable("orders").handle(async (message) => {
    texts.push(await message.text());
    return failing.includes(message.id) ? retry() : undefined;
  });
  const result = await queue(fn, { unwrap: "pipes", batchItemFailures: true })(event, lambdaContext());
  return { texts, result };
}

test("messages of SQS come as a bare array, and failures are reported as to an event source mapping", async () => {
  const event = [sqsRecord("a", "1"), sqsRecord("b", "2")];
  expect(await run(event, ["b"])).toEqual({ texts: ["1", "2"], result: failures("b") });
  const fifo = [fifoRecord("a", "g", "1"), fifoRecord("b", "g", "2")];
  expect(await run(fifo, ["a"])).toEqual({ texts: ["1"], result: failures("a", "b") });
});

test("messages of both brokers come as flat records", async () => {
  const arn = "arn:aws:mq:us-west-2:112556298976:broker:test:b-1";
  const data = Buffer.from("hi").toString("base64");
  const active = {
    eventSource: "aws:amq",
    eventSourceArn: arn,
    messageID: "ID:1",
    data,
    destination: { physicalname: "q" },
  };
  expect((await run([active])).texts).toEqual(["hi"]);
  const rabbit = {
    eventSource: "aws:rmq",
    eventSourceArn: arn,
    eventSourceKey: "orders::/",
    basicProperties: {},
    data,
  };
  expect((await run([rabbit, { ...rabbit, eventSourceKey: "returns::/" }])).texts).toEqual(["hi", "hi"]);
});

test("an empty array is nothing to do; other arrays, and an event that is none, are refused", async () => {
  expect(await run([])).toEqual({ texts: [], result: failures() });
  for (const event of [[1], [null], [{ eventSource: "aws:s3" }], { Records: [sqsRecord("a")] }]) {
    await expect(run(event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
  const fn = portable("orders").handle(() => undefined);
  await expect(queue(fn)([sqsRecord("a")], lambdaContext())).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
});
