import type { InvocationContext } from "@azure/functions";
import type { QueueMessage } from "@portico/core";
import { MessageContext } from "@portico/core/adapter";
import { describe, expect, test, vi } from "vitest";
import { testContext, testMessage } from "../../../../core/test/message.js";
import { encodeQueue, queue } from "../queue.js";
import type { ReceivedMessage } from "./received.js";
import type { Settlement } from "./settlement.js";

interface Given {
  readonly messages: readonly ReceivedMessage[];
  readonly actions: ReturnType<Settlement["actions"]>;
}
type Handler = (given: Given, context: InvocationContext) => Promise<unknown>;

const settling = {
  queue: "orders",
  serviceBus: { sdkBinding: true, cardinality: "many", autoCompleteMessages: false },
} as const;

async function run(handler: Handler, ids: readonly string[], own: object = {}) {
  const fn = queue.batch(handler, { ...settling, serviceBus: { ...settling.serviceBus, ...own } });
  const { context, logs } = testContext();
  const items = ids.map((id) => ({ event: testMessage(id), context: new MessageContext(context, { id }, {}) }));
  return { outcomes: await Promise.all(fn["~batch"]?.(items) ?? []), logs };
}

test("complete is ack, abandon is retry, deadletter is a dead letter with its reason, what is left comes again", async () => {
  const { outcomes } = await run(
    async ({ messages: [a, b, c], actions }) => {
      await actions.complete(a as ReceivedMessage);
      await actions.abandon(b as ReceivedMessage);
      await actions.deadletter(c as ReceivedMessage, undefined, "no stock", "of sku 7");
    },
    ["a", "b", "c", "d"],
  );
  expect(outcomes).toEqual([
    { outcome: "ack" },
    { outcome: "retry" },
    { outcome: "deadLetter", reason: "no stock: of sku 7" },
    { outcome: "retry" },
  ]);
});

test("what a handler leaves is completed where the host does so", async () => {
  const { outcomes } = await run(async () => undefined, ["a"], { autoCompleteMessages: true });
  expect(outcomes).toEqual([{ outcome: "ack" }]);
});

test("a later failure leaves what was settled settled, and brings back the rest", async () => {
  const error = new Error("no");
  const { outcomes } = await run(
    async ({ messages: [a], actions }) => {
      await actions.complete(a as ReceivedMessage);
      throw error;
    },
    ["a", "b"],
    { autoCompleteMessages: true },
  );
  expect(outcomes).toEqual([{ outcome: "ack" }, { outcome: "retry", error }]);
});

test("reasons in the shape that the first versions of the extension take are read", async () => {
  const { outcomes } = await run(
    async ({ messages: [a, b], actions }) => {
      await actions.deadletter(a as ReceivedMessage, new Uint8Array(), { value: "bad" }, { value: "bad" });
      await actions.deadletter(b as ReceivedMessage);
    },
    ["a", "b"],
  );
  expect(outcomes).toMatchObject([{ reason: "bad" }, { reason: "the handler dead-lettered it" }]);
});

describe("what no other cloud has is refused by name", () => {
  const properties = new Uint8Array([1]);
  test.each<[string, (given: Given) => Promise<unknown>]>([
    ["defer", ({ messages, actions }) => actions.defer(messages[0] as ReceivedMessage)],
    ["setSessionState", ({ actions }) => actions.setSessionState("s", properties)],
    ["getSessionState", ({ actions }) => actions.getSessionState("s")],
    ["releaseSession", ({ actions }) => actions.releaseSession("s")],
    ["renewSessionLock", ({ actions }) => actions.renewSessionLock("s")],
    ["abandon with properties", ({ messages, actions }) => actions.abandon(messages[0] as ReceivedMessage, properties)],
    [
      "deadletter with properties",
      ({ messages, actions }) => actions.deadletter(messages[0] as ReceivedMessage, properties),
    ],
  ])("%s", async (name, act) => {
    const { outcomes } = await run(act, ["a"]);
    expect(outcomes).toMatchObject([{ outcome: "retry", error: { message: expect.stringContaining(name) } }]);
    // Also where the handler bears it, and the host would complete what it left.
    const borne = await run((given) => act(given).catch(() => undefined), ["a"], { autoCompleteMessages: true });
    expect(borne.outcomes).toMatchObject([{ outcome: "retry", error: { code: "NOT_IMPLEMENTED" } }]);
  });
});

test("a message is settled once, and only one of this delivery", async () => {
  const errors: string[] = [];
  const note = (error: Error) => void errors.push(error.message);
  const { outcomes } = await run(
    async ({ messages: [a], actions }) => {
      await actions.renewMessageLock(a as ReceivedMessage);
      await actions.complete(a as ReceivedMessage);
      await actions.abandon(a as ReceivedMessage).catch(note);
      await actions.complete({ lockToken: "other" }).catch(note);
      await actions.complete({} as ReceivedMessage).catch(note);
    },
    ["a"],
  );
  expect(outcomes).toEqual([{ outcome: "ack" }]);
  expect(errors).toEqual([
    expect.stringContaining("settled already"),
    expect.stringContaining("no message of this delivery"),
    expect.stringContaining("lockToken is required"),
  ]);
});

test("a message has the members that the extension gives it, and names of properties as they were sent", async () => {
  const message: QueueMessage = Object.create(testMessage("m1", '{"sku":"a"}'), {
    attributes: { value: { Tenant: "x" } },
    contentType: { value: "application/json" },
    sequence: { value: "1152921504606846977" },
    attempt: { value: 2 },
    groupId: { value: "s1" },
  });
  const [delivery] = await encodeQueue([message], settling);
  const [received] = ((delivery as { input: unknown }).input as Given).messages;
  expect(received).toMatchObject({
    body: { sku: "a" },
    messageId: "m1",
    contentType: "application/json",
    sessionId: "s1",
    deliveryCount: 2,
    applicationProperties: { Tenant: "x" },
    lockToken: "00000000-0000-0000-0000-000000000001",
    enqueuedTimeUtc: new Date(0),
    state: "active",
  });
  expect(String(received?.sequenceNumber)).toBe("1152921504606846977");
  expect(delivery?.triggerMetadata).toMatchObject({
    messageIdArray: ["m1"],
    client: { fullyQualifiedNamespace: expect.any(String) },
  });
});

test("for one message, the extension's first versions give it by itself, later ones in a list, with its bytes", async () => {
  const one = { queue: "orders", serviceBus: { sdkBinding: true } } as const;
  const [first] = await encodeQueue([testMessage("1", "text")], one);
  expect(first?.input).toMatchObject({ messages: { body: "text" } });
  const [later] = await encodeQueue([testMessage("1", "text")], { ...one, extension: "0.5" });
  expect(later?.input).toMatchObject({ messages: [{ body: Buffer.from("text") }] });
});

test("a handler that takes its actions apart is understood", async () => {
  const handler = vi.fn(async ({ messages, actions: { complete } }: Given) => complete(messages[0] as ReceivedMessage));
  expect((await run(handler, ["a"])).outcomes).toEqual([{ outcome: "ack" }]);
});
