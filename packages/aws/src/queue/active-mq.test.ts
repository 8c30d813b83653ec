import { queue as portable, type QueueMessage } from "@portico/core";
import { expect, test, vi } from "vitest";
import { lambdaContext } from "../../test/events.js";
import { type QueueOptions, queue } from "../queue.js";

const arn = "arn:aws:mq:us-west-2:533019413397:broker:shask-test:b-0f5b7522-2b41-4f85-a615-735a4e6d96b5";
const message = (data: string | null | undefined, over: Record<string, unknown> = {}) => ({
  messageID: "ID:b-1-2.mq.us-west-2.amazonaws.com-34859-1598944546501-4:12:1:1:3",
  messageType: "jms/text-message",
  timestamp: 1599863938941,
  deliveryMode: 1,
  correlationID: "",
  replyTo: "null",
  destination: { physicalName: "orders" },
  redelivered: false,
  type: "",
  expiration: 0,
  priority: 0,
  data,
  brokerInTime: 1599863938943,
  brokerOutTime: 1599863938944,
  properties: {},
  ...over,
});
const event = (...messages: unknown[]) => ({ eventSource: "aws:amq", eventSourceArn: arn, messages });

async function see(given: unknown, options: QueueOptions = {}): Promise<QueueMessage[]> {
  const seen: QueueMessage[] = [];
  const fn = portable("orders").handle((one) => void seen.push(one));
  await queue(fn, options)(given, lambdaContext());
  return seen;
}
const first = async (given: unknown) => (await see(given))[0] as QueueMessage;

test("a message is read under either name of the source, its payload as exact bytes", async () => {
  const bytes = Buffer.from([0, 255, 128, 10]);
  for (const eventSource of ["aws:amq", "aws:mq"]) {
    const one = await first({ ...event(message(bytes.toString("base64"))), eventSource });
    expect(one).toMatchObject({ kind: "queue", source: `${arn}/orders`, attempt: undefined, groupId: undefined });
    expect(one.id).toBe("ID:b-1-2.mq.us-west-2.amazonaws.com-34859-1598944546501-4:12:1:1:3");
    expect(one.time.toISOString()).toBe("2020-09-11T22:38:58.941Z");
    expect(Buffer.from(await one.bytes())).toEqual(bytes);
  }
});

test("what stands for nothing is nothing: empty texts, and a reply address that is the text null", async () => {
  expect(await first(event(message("")))).toMatchObject({
    correlationId: undefined,
    replyTo: undefined,
    subject: undefined,
  });
  const over = { correlationID: "c1", replyTo: "queue://answers", type: "order.new" };
  expect(await first(event(message("", over)))).toMatchObject({
    correlationId: "c1",
    replyTo: "queue://answers",
    subject: "order.new",
  });
});

test("the other spelling of the queue's name is read too", async () => {
  const one = await first(event(message("", { destination: { physicalname: "testQueue" } })));
  expect(one.source).toBe(`${arn}/testQueue`);
});

test("properties of any type are attributes as text", async () => {
  const properties = JSON.parse('{"key":"value","count":3,"flag":true,"list":[1],"none":null,"__proto__":"x"}');
  const { attributes } = await first(event(message("", { properties })));
  expect({ ...attributes }).toEqual(
    JSON.parse('{"key":"value","count":"3","flag":"true","list":"[1]","none":"","__proto__":"x"}'),
  );
});

test("a message without a payload is empty; one with a payload of another type is refused, and its mates are not", async () => {
  expect(await (await first(event(message(null)))).text()).toBe("");
  expect(await (await first(event(message(undefined)))).text()).toBe("");
  const sink = vi.fn(async () => undefined);
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await expect(see(event(message(7 as never), message("")), { sink })).rejects.toThrow("1 of 2");
  write.mockRestore();
  expect(sink).not.toHaveBeenCalled();
});

test("an empty list is nothing to do, and a message without an id brings the batch back", async () => {
  expect(await see(event())).toEqual([]);
  await expect(see(event(message("", { messageID: undefined })))).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  await expect(see({ eventSource: "aws:amq" })).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
});

test("a failure brings back the whole batch, because brokers take no report", async () => {
  const fn = portable("orders").handle(() => {
    throw new Error("x");
  });
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const result = queue(fn, { batchItemFailures: true })(event(message(""), message("")), lambdaContext());
  await expect(result).rejects.toThrow("2 of 2");
  write.mockRestore();
});
