import { InvocationContext } from "@azure/functions";
import { ack, deadLetter, drop, type QueueMessage, queue, retry } from "@portico/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { bindingOf } from "../../test/worker.js";
import { queue as register } from "../queue.js";

type Handler = (message: QueueMessage, context: { signal: AbortSignal }) => unknown;
const calls: string[] = [];
const lines: { level: string; message: string; [field: string]: unknown }[] = [];
let count = 0;
beforeEach(() => {
  calls.length = 0;
  lines.length = 0;
});

interface Sent {
  readonly lockToken: string;
  readonly sessionId?: string;
  readonly [property: string]: unknown;
}

const messages = (...ids: string[]): Sent[] =>
  ids.map((id) => ({
    messageId: id,
    lockToken: id,
    body: Buffer.from(id),
    deliveryCount: 1,
    applicationProperties: { Tenant: "x" },
  }));

/** What the extension gives; each call can be made to fail. */
function actionsThat(failing: Partial<Record<string, Error | "hang">> = {}) {
  const act =
    (name: string) =>
    async (given: Sent | string, ...more: unknown[]) => {
      const target = typeof given === "string" ? given : given.lockToken;
      calls.push(
        [name, target, ...more.filter((value) => value !== undefined).map((value) => JSON.stringify(value))].join(" "),
      );
      const failure = failing[`${name} ${target}`] ?? failing[name];
      if (failure === "hang") await new Promise(() => undefined);
      if (failure instanceof Error) throw failure;
    };
  const names = ["complete", "abandon", "deadletter", "renewMessageLock", "renewSessionLock", "releaseSession"];
  return Object.fromEntries(names.map((name) => [name, act(name)]));
}

interface Init {
  readonly own?: object;
  readonly ours?: object;
  readonly actions?: object;
  readonly metadata?: Record<string, unknown>;
}

async function run(
  given: Sent | Sent[],
  handler: Handler,
  { own, ours, actions = actionsThat(), metadata }: Init = {},
) {
  count += 1;
  const fn = queue("orders").handle(handler as never);
  const options = {
    settlement: "imported",
    serviceBus: { connection: "Bus", cardinality: "many", ...own },
    ...ours,
  } as const;
  const handle = register(`settled${count}`, fn, options as never);
  const context = new InvocationContext({
    invocationId: "1",
    functionName: "fulfil",
    ...(metadata && { triggerMetadata: metadata }),
    logHandler: (_level, line) => void lines.push(JSON.parse(String(line))),
  });
  await handle({ messages: given, actions }, context);
}

test("the host is told to hand over messages for settlement, and to settle none of them itself", () => {
  register(
    "settle-told",
    queue("orders").handle(() => undefined),
    {
      settlement: "imported",
      serviceBus: { connection: "Bus", cardinality: "many", autoCompleteMessages: true },
    },
  );
  expect(bindingOf("settle-told")).toMatchObject({
    sdkBinding: true,
    autoCompleteMessages: false,
    cardinality: "many",
  });
  expect(bindingOf("settle-told")?.dataType).toBeUndefined();
});

test("each message is settled by its own outcome, and the invocation succeeds", async () => {
  await run(messages("done", "dropped", "bad", "again", "thrown"), ({ id }) => {
    if (id === "dropped") return drop("not ours");
    if (id === "bad") return deadLetter("no such sku");
    if (id === "again") return retry();
    if (id === "thrown") throw undefined;
    return ack();
  });
  expect(calls.sort()).toEqual([
    "abandon again",
    "abandon thrown",
    "complete done",
    "complete dropped",
    'deadletter bad "no such sku" "no such sku"',
  ]);
});

test("a message is settled as soon as it is done, not when the others are", async () => {
  let seen: string[] = [];
  await run(messages("quick", "slow"), async ({ id }) => {
    if (id !== "slow") return;
    await new Promise((resolve) => setTimeout(resolve, 30));
    seen = [...calls];
  });
  expect(seen).toEqual(["complete quick"]);
});

test("a single message that is no list is one, as the extension's first version gives it", async () => {
  await run(messages("only")[0] as Sent, () => undefined, { own: { cardinality: "one" } });
  expect(calls).toEqual(["complete only"]);
});

test("a reason is given as text, or in the wire's own shape where the extension takes no other, and is not too long", async () => {
  const actions = {
    ...actionsThat(),
    deadletter: async (_message: Sent, _properties: unknown, reason: unknown) => {
      if (typeof reason === "string") throw new Error(".DeadletterRequest.deadletterReason: object expected");
      calls.push(`deadletter ${(reason as { value: string }).value.length}`);
    },
  };
  await run(messages("bad"), () => deadLetter("x".repeat(9000)), { actions });
  expect(calls).toEqual(["deadletter 4096"]);
});

test("a dead letter that is not taken is a retry", async () => {
  await run(messages("bad"), () => deadLetter("no"), {
    actions: actionsThat({ deadletter: new Error("connection lost") }),
  });
  expect(calls).toEqual(['deadletter bad "no" "no"', "abandon bad"]);
});

test("a completion that is not taken is logged, and the message is given back", async () => {
  await run(messages("late", "fine"), () => undefined, {
    actions: actionsThat({ "complete late": new Error("MessageLockLost") }),
  });
  expect(calls).toEqual(["complete late", "complete fine", "abandon late"]);
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: "error",
      message: "the platform did not take the outcome of a message, which will be redelivered",
      messageId: "late",
      error: expect.objectContaining({ message: "MessageLockLost" }),
    }),
  );
});

test("when time is up, what is finished stays finished, what hangs is abandoned, and so is what was not begun", async () => {
  await run(
    messages("done", "hangs", "waits"),
    ({ id }) => (id === "hangs" ? new Promise(() => undefined) : undefined),
    {
      ours: { timeoutMs: 60, concurrency: 1 },
    },
  );
  expect(calls).toEqual(["complete done", "abandon hangs", "abandon waits"]);
});

test("a settlement that hangs does not hold the invocation for ever", async () => {
  await run(messages("done"), () => undefined, { actions: actionsThat({ complete: "hang" }), ours: { timeoutMs: 60 } });
  expect(calls).toEqual(["complete done"]);
});

describe("sessions", () => {
  const ofSession = (...ids: string[]) => messages(...ids).map((message) => ({ ...message, sessionId: "cart-9" }));
  const own = { isSessionsEnabled: true };

  test("messages are handled in order, each completed before the next begins", async () => {
    await run(ofSession("a", "b"), ({ id, groupId }) => void calls.push(`handle ${groupId} ${id}`), { own });
    expect(calls).toEqual(["handle cart-9 a", "complete a", "handle cart-9 b", "complete b"]);
  });

  test("the first failure is abandoned, what is behind it is left unsettled, and the session is released", async () => {
    await run(ofSession("a", "b", "c", "d"), ({ id }) => (id === "b" ? retry() : ack()), { own });
    expect(calls).toEqual(["complete a", "abandon b", "releaseSession cart-9"]);
  });

  test("a session that cannot be released is logged", async () => {
    await run(ofSession("a"), () => retry(), { own, actions: actionsThat({ releaseSession: new Error("gone") }) });
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "warn", message: expect.stringContaining("could not release the session") }),
    );
  });
});

describe("locks", () => {
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const ours = { renewEverySeconds: 0.02, concurrency: 1 };

  test("are renewed for messages that wait or run, and for no other", async () => {
    await run(messages("a", "b"), () => wait(50), { ours });
    const renewed = calls.filter((call) => call.startsWith("renew"));
    expect(renewed).toContain("renewMessageLock a");
    expect(renewed).toContain("renewMessageLock b");
    expect(calls.lastIndexOf("renewMessageLock a")).toBeLessThan(calls.indexOf("complete a") + 1);
    const settled = calls.length;
    await wait(50);
    expect(calls).toHaveLength(settled);
  });

  test("of a session is one", async () => {
    const sent = messages("a", "b").map((message) => ({ ...message, sessionId: "s" }));
    await run(sent, () => wait(50), { ours, own: { isSessionsEnabled: true } });
    expect(new Set(calls.filter((call) => call.startsWith("renew")))).toEqual(new Set(["renewSessionLock s"]));
  });

  test("that are lost are logged, once each", async () => {
    await run(messages("a"), () => wait(90), {
      ours,
      actions: actionsThat({ renewMessageLock: new Error("MessageLockLost") }),
    });
    const lost = lines.filter(({ message }) => message.startsWith("the lock could not be renewed"));
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ level: "warn", lockToken: "a" });
  });
});

describe("what the extension's versions give", () => {
  const read = async (message: Partial<Sent>, metadata?: Record<string, unknown>) => {
    let got: QueueMessage | undefined;
    let payload: Uint8Array | undefined;
    const given = { ...(messages("m1")[0] as Sent), ...message };
    const handler = async (one: QueueMessage) => {
      got = one;
      payload = await one.bytes();
    };
    await run([given], handler, metadata ? { metadata } : {});
    return { message: got as QueueMessage, payload: Buffer.from(payload as Uint8Array).toString("latin1") };
  };

  test("bytes as they were sent, though the first version decodes and parses them", async () => {
    const content = Buffer.from('{"n": 12345678901234567890}');
    const raw = { _rawAmqpMessage: { body: { typecode: 117, content } }, contentType: "application/json" };
    expect((await read({ ...raw, body: { n: 12345678901234567000 } })).payload).toBe(content.toString());
    const binary = { _rawAmqpMessage: { body: { typecode: 117, content: Buffer.from([0xff]) } } };
    expect((await read({ ...binary, body: "\ufffd" })).payload).toBe("\xff");
    expect((await read({ body: Buffer.from([0xfe]) })).payload).toBe("\xfe");
    expect((await read({ body: "text" })).payload).toBe("text");
    expect((await read({ body: undefined })).payload).toBe("");
    expect((await read({ body: { a: 1 } })).payload).toBe('{"a":1}');
  });

  test("properties in the sender's case, and numbers of 64 bits", async () => {
    const { message } = await read({
      sequenceNumber: { low: 1, high: 6553600, unsigned: false },
      subject: "s",
      replyTo: "r",
    });
    expect(Object.keys(message.attributes)).toEqual(["Tenant"]);
    expect(message).toMatchObject({ id: "m1", sequence: "28147497671065601", attempt: 1, subject: "s", replyTo: "r" });
  });

  test("what it does not know comes from the host's metadata", async () => {
    const metadata = {
      client: { fullyQualifiedNamespace: "contoso.servicebus.windows.net" },
      deliveryCountArray: [4],
      enqueuedTimeUtcArray: ["2026-03-05T10:15:30.123"],
    };
    const { message } = await read({ deliveryCount: 0 }, metadata);
    expect(message).toMatchObject({ attempt: 4, source: "contoso.servicebus.windows.net/orders" });
    expect(message.time.toISOString()).toBe("2026-03-05T10:15:30.123Z");
    expect((await read({ deliveryCount: 0 })).message.attempt).toBeUndefined();
  });
});

test("plain messages, which cannot be settled, are refused", async () => {
  const handle = register("settle-plain", queue("orders").handle(vi.fn()), {
    settlement: "imported",
    serviceBus: { connection: "Bus" },
  });
  for (const input of [Buffer.from("x"), "x", { messages: [] }, { messages: [], actions: {} }, null]) {
    await expect(handle(input, new InvocationContext({ logHandler: () => undefined }))).rejects.toMatchObject({
      code: "EVENT_UNSUPPORTED",
    });
  }
});

test("an empty delivery is success", async () => {
  await run([], () => undefined);
  expect(calls).toEqual([]);
});
