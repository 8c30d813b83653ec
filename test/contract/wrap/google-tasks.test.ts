import * as aws from "@portico/aws";
import { encodeQueue } from "@portico/aws/wrap";
import type { QueueMessage } from "@portico/core";
import * as google from "@portico/gcp/wrap";
import { fake } from "@portico/testing";
import { context } from "@portico/testing/aws";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

interface TaskRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

const seen: TaskRequest[] = [];
const sunk: unknown[] = [];
beforeEach(() => {
  seen.length = sunk.length = 0;
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const handler = ({ headers, body }: TaskRequest, response: { sendStatus(status: number): void }) => {
  seen.push({ headers, body });
  response.sendStatus(204);
};

/** A message of SQS through Lambda's adapter to a handler of Cloud Tasks. */
async function deliver(message: QueueMessage): Promise<void> {
  const fn = google.queue(handler as never, { queue: "orders", from: "cloud-tasks" });
  const deployed = aws.queue(fn, { batchItemFailures: true, sink: async (one) => void sunk.push(one) });
  const event = JSON.parse(JSON.stringify(await encodeQueue([message], { queue: "orders" })));
  expect(await deployed(event, context())).toEqual({ batchItemFailures: [] });
}

const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test("a handler of Cloud Tasks gets the JSON of an SQS message parsed, and its attributes as header fields", async () => {
  const attributes = { traceparent: trace, tracestate: "a=b", correlationId: "c-7", TenantName: "acme", from: "shop" };
  await deliver(fake.queue({ id: "m1", text: '{"sku":"a"}', attributes, correlationId: "c-7" }));
  expect(sunk).toEqual([]);
  expect(seen).toHaveLength(1);
  expect(seen[0]?.body).toEqual({ sku: "a" });
  expect(seen[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "x-cloudtasks-taskname": "m1",
    correlationid: "c-7",
    tenantname: "acme",
    from: "shop",
    traceparent: expect.stringContaining("0af7651916cd43dd8448eb211c80319c"),
  });
});

test.each([
  ["application/json", '{"a":1}', { a: 1 }],
  ["application/json; charset=utf-8", "[1]", [1]],
  ["text/plain", '{"a":1}', '{"a":1}'],
  [undefined, "[1,2]", [1, 2]],
  [undefined, "{not json", undefined],
  [undefined, '"a text"', undefined],
])("the content type %j of an SQS message counts for the body %j", async (contentType, text, body) => {
  await deliver(fake.queue({ text, contentType, ...(contentType && { attributes: { contentType } }) }));
  expect(sunk).toEqual([]);
  expect(seen.map((one) => one.body)).toEqual([body]);
});

test("an attribute that would forge a field of the service is dead-lettered", async () => {
  await deliver(fake.queue({ text: "{}", attributes: { "X-CloudTasks-TaskName": "forged" } }));
  expect(seen).toEqual([]);
  expect(sunk).toHaveLength(1);
});
