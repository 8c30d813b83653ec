import {
  type InvocationContext,
  input,
  output,
  type ServiceBusQueueHandler,
  type StorageQueueHandler,
} from "@azure/functions";
import type { QueueMessage } from "@portico/core";
import { MessageContext } from "@portico/core/adapter";
import { describe, expect, test, vi } from "vitest";
import { testContext, testMessage } from "../../../core/test/message.js";
import { encodeQueue, queue } from "./queue.js";

const orders = { queue: "orders" } as const;
const many = { serviceBus: { cardinality: "many" } } as const;

/** Messages of one delivery, as an adapter runs them. */
async function deliver(fn: ReturnType<typeof queue>, messages: readonly QueueMessage[]) {
  const { context, logs } = testContext();
  const items = messages.map((event) => ({ event, context: new MessageContext(context, event, {}) }));
  const outcomes = await Promise.all(fn["~batch"]?.(items) ?? []);
  return { outcomes, logs };
}

test("a handler gets a message as the worker's library parses it, and a context of Azure's own class", async () => {
  const seen: [unknown, InvocationContext][] = [];
  const handler: StorageQueueHandler<{ sku: string }> = async (item, context) => void seen.push([item, context]);
  const fn = queue(handler, { ...orders, storageQueue: { connection: "Store" }, function: { name: "fulfil" } });
  expect(fn.trigger).toEqual({ kind: "queue", queue: "orders" });
  const { context } = testContext();
  expect(await fn(testMessage("17", '{"sku":"a","dequeueCount":99}'), context)).toEqual({ outcome: "ack" });
  const [[item, azure] = []] = seen;
  expect(item).toEqual({ sku: "a", dequeueCount: 99 });
  expect(azure?.constructor.name).toBe("InvocationContext");
  expect(azure).toMatchObject({
    invocationId: "1",
    functionName: "fulfil",
    // What a payload claims stands over what the host tells, as at home.
    triggerMetadata: { id: 17, dequeueCount: 99, popReceipt: "portico-not-live", sku: "a" },
    traceContext: {
      traceParent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-0\d$/),
      traceState: "",
      attributes: {},
    },
    options: { trigger: { type: "queueTrigger", queueName: "orders", connection: "Store", direction: "in" } },
  });
  expect(azure?.options.trigger.name).toMatch(/^queueTrigger[\da-f]{10}$/);
  expect(azure?.retryContext).toBeUndefined();
});

test("with dataType binary the payload is the bytes that were sent", async () => {
  const handler = vi.fn(async (_item: Buffer) => undefined);
  const fn = queue(handler, { ...orders, storageQueue: { dataType: "binary" } });
  await fn(testMessage("1", new Uint8Array([0xff, 0x31])));
  expect(handler.mock.calls[0]?.[0]).toEqual(Buffer.from([0xff, 0x31]));
});

test("a payload that is no text is refused where the handler's trigger takes text, and is a dead letter", async () => {
  const handler = vi.fn();
  const { context } = testContext();
  const outcome = await queue(handler, { ...orders, storageQueue: {} })(
    testMessage("1", new Uint8Array([0xff])),
    context,
  );
  expect(outcome).toMatchObject({
    outcome: "deadLetter",
    error: {
      code: "EVENT_UNENCODABLE",
      details: { field: "body" },
      hint: expect.stringContaining('dataType: "binary"'),
    },
  });
  expect(handler).not.toHaveBeenCalled();
});

test.each([
  [new Error("no")],
  [Object.assign(new Error("no"), { name: "HandlerError", code: "BAD_REQUEST", permanent: true })],
])("what a handler throws is retry with that very error, whatever it is", async (error) => {
  const { context, logs } = testContext();
  const fn = queue(() => Promise.reject(error), { ...orders, serviceBus: {} });
  const outcome = await fn(testMessage("1"), context);
  expect(outcome).toEqual({ outcome: "retry", error });
  expect((outcome as { error: unknown }).error).toBe(error);
  expect(logs()).toContainEqual(expect.objectContaining({ level: "error", message: "the handler failed" }));
});

test.each([[undefined], [null]])(
  "a handler that throws %s has failed, though Azure's worker takes it for success",
  async (value) => {
    const fail = () => {
      throw value;
    };
    const outcome = await queue(fail, { ...orders, serviceBus: {} })(testMessage("1"), testContext().context);
    expect(outcome.outcome).toBe("retry");
  },
);

test("a list of failures that another cloud would read is success here, as at home", async () => {
  const handler = async () => ({ batchItemFailures: [{ itemIdentifier: "1" }] });
  expect(await queue(handler, { ...orders, serviceBus: {} })(testMessage("1"))).toEqual({ outcome: "ack" });
});

describe("batches", () => {
  test("a handler for many gets a batch of one for each message", async () => {
    const handler: ServiceBusQueueHandler<unknown[]> = vi.fn(async () => undefined);
    await queue(handler, { ...orders, ...many })(testMessage("a", "1"));
    expect(handler).toHaveBeenCalledWith(
      [1],
      expect.objectContaining({ triggerMetadata: expect.objectContaining({ messageIdArray: ["a"] }) }),
    );
  });

  test("with .batch it gets all of a delivery, and all come again when it fails", async () => {
    const error = new Error("no");
    const handler = vi.fn(async (bodies: unknown[]) => {
      if (bodies.length === 3) throw error;
    });
    const fn = queue.batch(handler, { ...orders, ...many });
    const { outcomes } = await deliver(
      fn,
      ["a", "b", "c"].map((id) => testMessage(id, `"${id}"`)),
    );
    expect(handler).toHaveBeenCalledExactlyOnceWith(["a", "b", "c"], expect.anything());
    expect(outcomes).toEqual(Array(3).fill({ outcome: "retry", error }));
  });

  test("a message that cannot be carried is a dead letter by itself; the others are delivered", async () => {
    const handler = vi.fn();
    const fn = queue.batch(handler, { ...orders, ...many });
    const { outcomes } = await deliver(fn, [testMessage("a", "1"), testMessage("b", new Uint8Array([0xff]))]);
    expect(handler).toHaveBeenCalledExactlyOnceWith([1], expect.anything());
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["ack", "deadLetter"]);
  });

  test("an empty text would vanish from a batch, and is refused unless the app keeps such", async () => {
    const refused = encodeQueue([testMessage("a", "")], { ...orders, ...many });
    await expect(refused).rejects.toMatchObject({ code: "EVENT_UNENCODABLE", details: { field: "body" } });
    const [kept] = await encodeQueue([testMessage("a", "")], { ...orders, ...many, includesEmptyEntries: true });
    expect(kept?.input).toEqual([""]);
    expect(kept?.triggerMetadata?.correlationIdArray).toEqual([""]);
  });

  test("messages of different sessions never share an invocation", async () => {
    const inSession = (id: string, groupId: string) => Object.assign(testMessage(id), { groupId });
    const options = { ...orders, serviceBus: { cardinality: "many", isSessionsEnabled: true } } as const;
    const deliveries = await encodeQueue([inSession("1", "a"), inSession("2", "b"), inSession("3", "a")], options);
    expect(deliveries.map(({ events }) => events.map(({ id }) => id))).toEqual([["1", "3"], ["2"]]);
  });

  test("a handler for one message at a time cannot be wrapped for batches", () => {
    for (const source of [{ serviceBus: {} }, { storageQueue: {} }, { rabbitMQ: {} }])
      expect(() => queue.batch(vi.fn(), { ...orders, ...source } as never)).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID", hint: expect.stringContaining('cardinality: "many"') }),
      );
  });
});

describe("bindings", () => {
  const audit = output.storageQueue({ queueName: "audit", connection: "Store" });

  test("outputs are handed over once the handler has succeeded, before the message is acknowledged", async () => {
    const order: string[] = [];
    const outputs = vi.fn(async (name: string, value: unknown) => {
      await Promise.resolve();
      order.push(`${name}: ${JSON.stringify(value)}`);
    });
    const handler = async (_item: unknown, context: InvocationContext) => {
      context.extraOutputs.set(audit, { done: true });
      context.extraOutputs.set("other", undefined);
      order.push(`handler ${JSON.stringify(context.extraOutputs.get(audit))}`);
      return "receipt";
    };
    const own = { extraOutputs: [audit], return: output.storageQueue({ queueName: "receipts", connection: "Store" }) };
    const fn = queue(handler, { ...orders, storageQueue: own, outputs });
    expect(await fn(testMessage("1"))).toEqual({ outcome: "ack" });
    expect(order).toEqual(['handler {"done":true}', '$return: "receipt"', `${audit.name}: {"done":true}`]);
  });

  test("no output is handed over when the handler fails, and a message whose outputs were not taken comes again", async () => {
    const error = new Error("full");
    const outputs = vi.fn(() => Promise.reject(error));
    const set = (_item: unknown, context: InvocationContext) => context.extraOutputs.set(audit, 1);
    const options = { ...orders, storageQueue: { extraOutputs: [audit] }, outputs };
    const { context } = testContext();
    expect(await queue(set, options)(testMessage("1"), context)).toEqual({ outcome: "retry", error });
    outputs.mockClear();
    const fail = (item: unknown, azure: InvocationContext) => {
      set(item, azure);
      throw error;
    };
    await queue(fail, options)(testMessage("1"), context);
    expect(outputs).not.toHaveBeenCalled();
  });

  test("an output that nobody takes is an error, never lost", async () => {
    const set = (_item: unknown, context: InvocationContext) => context.extraOutputs.set(audit, 1);
    const { context } = testContext();
    expect(await queue(set, { ...orders, storageQueue: {} })(testMessage("1"), context)).toMatchObject({
      outcome: "retry",
      error: { code: "CONFIG_INVALID", message: expect.stringContaining(audit.name) },
    });
    expect(() => queue(set, { ...orders, storageQueue: { extraOutputs: [audit] } })).toThrow(
      /output binding \(queue\)/,
    );
  });

  test("an extra input is asked of the user", async () => {
    const blob = input.storageBlob({ path: "a/b", connection: "Store" });
    const seen: unknown[] = [];
    const handler = (_item: unknown, context: InvocationContext) => void seen.push(context.extraInputs.get(blob));
    const options = { ...orders, storageQueue: { extraInputs: [blob] } };
    expect(() => queue(handler, options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    await queue(handler, { ...options, inputs: async ({ type }) => `a ${type}` })(testMessage("1"));
    expect(seen).toEqual(["a blob"]);
  });
});

test("log calls go to the portable log, formatted as the worker does it", async () => {
  const { context, logs } = testContext();
  const handler = (_item: unknown, azure: InvocationContext) => {
    azure.log("got %d", 2, { a: 1 });
    azure.warn("late");
    azure.error(new TypeError("bad"));
    azure.trace("fine");
  };
  await queue(handler, { ...orders, storageQueue: {} })(testMessage("1"), context);
  expect(logs()).toMatchObject([
    { level: "info", message: "got 2 { a: 1 }" },
    { level: "warn", message: "late" },
    { level: "error", message: expect.stringContaining("TypeError: bad") },
    { level: "debug", message: "fine" },
  ]);
});

test("what a payload claims replaces what the host tells, whatever its case", async () => {
  const [delivery] = await encodeQueue([testMessage("m1", '{"MESSAGEID":"other"}')], { ...orders, serviceBus: {} });
  expect(delivery?.triggerMetadata).toMatchObject({ messageId: "other" });
  expect(delivery?.triggerMetadata).not.toHaveProperty("mESSAGEID");
});

test("attributes whose names differ in case alone would become one, and are refused", async () => {
  const message = Object.create(testMessage("1"), { attributes: { value: { Tenant: "a", tenant: "b" } } });
  await expect(encodeQueue([message], { ...orders, serviceBus: {} })).rejects.toMatchObject({
    code: "EVENT_UNENCODABLE",
    details: { field: expect.stringContaining("tenant") },
  });
});

test("a source that has the entity's own form is kept, another is made", async () => {
  const from = async (source: string) => {
    const message = Object.create(testMessage("1"), { source: { value: source } });
    const [delivery] = await encodeQueue([message], {
      ...orders,
      serviceBus: {},
      namespace: "given.servicebus.windows.net",
    });
    const { client } = delivery?.triggerMetadata ?? {};
    return (client as { fullyQualifiedNamespace: string }).fullyQualifiedNamespace;
  };
  expect(await from("contoso.servicebus.windows.net/orders")).toBe("contoso.servicebus.windows.net");
  expect(await from("arn:aws:sqs:us-east-1:123456789012:orders")).toBe("given.servicebus.windows.net");
});

test("without a source, or with two, it is not wrapped; nor is what is no function", () => {
  expect(() => queue(vi.fn(), orders as never)).toThrow(/No source/);
  expect(() => queue(vi.fn(), { ...orders, serviceBus: {}, storageQueue: {} } as never)).toThrow(/Several sources/);
  expect(() => queue({} as never, { ...orders, serviceBus: {} })).toThrow(/not a function/);
});
