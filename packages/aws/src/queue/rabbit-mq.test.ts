import { type Context, queue as portable, type QueueMessage } from "@portico/core";
import { afterEach, expect, test, vi } from "vitest";
import { lambdaContext } from "../../test/events.js";
import { queue } from "../queue.js";

const arn = "arn:aws:mq:us-west-2:112556298976:broker:test:b-9bcfa592-423a-4942-879d-eb284b418fc8";
const message = (data: unknown, basicProperties: unknown = {}) => ({ basicProperties, redelivered: false, data });
const event = (rmqMessagesByQueue: unknown) => ({ eventSource: "aws:rmq", eventSourceArn: arn, rmqMessagesByQueue });
const base64 = (text: string) => Buffer.from(text).toString("base64");

async function see(given: unknown): Promise<{ message: QueueMessage; context: Context }[]> {
  const seen: { message: QueueMessage; context: Context }[] = [];
  const fn = portable("orders").handle((one, context) => void seen.push({ message: one, context }));
  await queue(fn)(given, lambdaContext());
  return seen;
}
const first = async (properties: unknown, data: unknown = "") =>
  (await see(event({ "orders::/": [message(data, properties)] })))[0]?.message as QueueMessage;

afterEach(() => vi.unstubAllEnvs());

test("messages of all queues are read, each from its own", async () => {
  const given = event({
    "orders::/": [message(base64("a"), { messageId: "1" })],
    "returns::prod": [message(base64("b"))],
  });
  const seen = (await see(given)).map((one) => one.message);
  expect(seen.map(({ source }) => source)).toEqual([`${arn}/orders`, `${arn}/returns`]);
  expect(await Promise.all(seen.map((one) => one.text()))).toEqual(["a", "b"]);
});

test("the id is the publisher's; without one it is the place in this delivery", async () => {
  const given = event({
    "orders::/": [message("", { messageId: "m1" }), message("", { messageId: null }), message("", null)],
  });
  expect((await see(given)).map((one) => one.message.id)).toEqual([
    "m1",
    "invocation-1/orders:://1",
    "invocation-1/orders:://2",
  ]);
});

test("headers are text: bytes with or without a sign, numbers, tables; names such as __proto__ harmless", async () => {
  const headers = JSON.parse(`{
    "text": {"bytes": [118, 97, 108]}, "euro": {"bytes": [-30, -126, -84]}, "unsigned": {"bytes": [226, 130, 172]},
    "number": 10, "flag": false, "none": null, "table": {"a": 1}, "__proto__": {"bytes": [120]}
  }`);
  const { attributes } = await first({ headers });
  expect({ ...attributes }).toEqual(
    JSON.parse(
      '{"text":"val","euro":"€","unsigned":"€","number":"10","flag":"false","none":"","table":"{\\"a\\":1}","__proto__":"x"}',
    ),
  );
});

test("a date of Java's is in UTC, whatever the zone of the function and the space before AM", async () => {
  vi.stubEnv("TZ", "America/New_York");
  for (const timestamp of ["Jan 1, 1970, 12:33:41 AM", "Jan 1, 1970, 12:33:41\u202fAM", 2_021_000]) {
    expect((await first({ timestamp })).time.toISOString()).toBe("1970-01-01T00:33:41.000Z");
  }
  for (const timestamp of [null, undefined, "", "soon"]) {
    expect((await first({ timestamp })).time.getTime()).toBeGreaterThan(Date.now() - 10_000);
  }
});

test("other properties have neutral names", async () => {
  const properties = { contentType: "text/csv", correlationId: "c1", replyTo: "answers", type: "order.new" };
  expect(await first(properties)).toMatchObject({
    contentType: "text/csv",
    correlationId: "c1",
    replyTo: "answers",
    subject: "order.new",
    attempt: undefined,
  });
  expect(await first({ contentType: null, correlationId: null, replyTo: null, type: null })).toMatchObject({
    contentType: undefined,
    correlationId: undefined,
    replyTo: undefined,
    subject: undefined,
  });
});

test("the trace is read from a header of bytes", async () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const headers = { traceparent: { bytes: [...Buffer.from(traceparent)] } };
  const [one] = await see(event({ "orders::/": [message("", { headers })] }));
  expect(one?.context.trace.traceId).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
});

test("a message without data is refused alone; what is no list of messages brings the batch back", async () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const given = event({ "orders::/": [message(undefined), null, message("")] });
  await expect(see(given)).rejects.toThrow("2 of 3");
  await expect(see(event({ "orders::/": "x" }))).rejects.toMatchObject({ code: "EVENT_MALFORMED" });
  await expect(see(event(null))).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  write.mockRestore();
  expect(await see(event({}))).toEqual([]);
});
