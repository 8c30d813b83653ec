import { deadLetter, drop, HandlerError, queue, retry } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "../fake.js";
import { recordingSink } from "../recording-sink.js";
import { onEveryCloud } from "./index.js";

const clouds = ["aws", "azure", "gcp"] as const;
const order = fake.queue({ json: { sku: "ä" }, seed: 1 });

describe("a queue function on every cloud", () => {
  test("gets the message, and every platform forgets it", async () => {
    const fulfil = queue("orders").handle(async (message, { log }) => log.info("got", { order: await message.json() }));
    const results = await onEveryCloud(fulfil).send(order);
    for (const cloud of clouds) {
      expect(results[cloud]).toMatchObject({
        cloud,
        fate: "acknowledged",
        outcome: { outcome: "ack" },
        reason: undefined,
        error: undefined,
        logs: [{ level: "info", message: "got", fields: { order: { sku: "ä" } } }],
        received: { kind: "queue", id: order.id },
      });
    }
    expect(results.differences).toEqual([]);
    expect(results.aws.nativeEvent).toMatchObject({
      Records: [{ eventSource: "aws:sqs", eventSourceARN: expect.stringMatching(/:orders$/) }],
    });
    expect(results.azure.nativeEvent).toMatchObject({ triggerMetadata: { messageId: order.id } });
    expect(results.gcp.nativeEvent).toMatchObject({ method: "POST", headers: { "ce-id": order.id } });
    expect([results.aws.nativeResult, results.azure.nativeResult]).toEqual([{ batchItemFailures: [] }, undefined]);
    expect(results.gcp.nativeResult).toMatchObject({ status: 204 });
  });

  test.each([
    ["a retry", () => retry()],
    ["a throw", () => Promise.reject(new Error("secret"))],
    ["a throw of nothing", () => Promise.reject(undefined)],
  ])("that ends with %s gets the message again everywhere", async (_, handler) => {
    const results = await onEveryCloud(queue("orders").handle(handler)).send(order);
    for (const cloud of clouds) expect(results[cloud].fate).toBe("comes again");
    expect(results.differences).toEqual([]);
  });

  test("that says it can never be done has the message set aside, with the reason", async () => {
    const sink = recordingSink();
    const never = queue("orders").handle(() => deadLetter("no such article"));
    const results = await onEveryCloud(never, { sink }).send(order);
    for (const cloud of clouds) expect(results[cloud]).toMatchObject({ fate: "set aside", reason: "no such article" });
    expect(sink.taken.map(({ message, reason }) => [message.id, reason])).toEqual(
      clouds.map(() => [order.id, "no such article"]),
    );
    expect(results.differences).toEqual([]);
    const permanent = queue("orders").handle(() => {
      throw new HandlerError("NOT_FOUND", "There is no such article.");
    });
    const { aws } = await onEveryCloud(permanent).send(order);
    expect(aws).toMatchObject({ fate: "set aside", reason: "NOT_FOUND: There is no such article." });
  });

  test("whose sink fails gets the message again", async () => {
    const sink = recordingSink({ fails: true });
    const results = await onEveryCloud(
      queue("orders").handle(() => deadLetter("never")),
      { sink },
    ).send(order);
    for (const cloud of clouds) expect(results[cloud]).toMatchObject({ fate: "comes again", reason: undefined });
    expect(sink.refused).toHaveLength(3);
  });

  test("without a sink leaves the message to each platform", async () => {
    const results = await onEveryCloud(
      queue("orders").handle(() => deadLetter("never")),
      { sink: false },
    ).send(order);
    for (const cloud of clouds) expect(results[cloud].fate).toBe("comes again");
  });

  test("that drops a message has it acknowledged, and the log has the reason", async () => {
    const results = await onEveryCloud(queue("orders").handle(() => drop("not for us"))).send(order);
    for (const cloud of clouds) {
      expect(results[cloud].fate).toBe("acknowledged");
      expect(results[cloud].logs).toContainEqual({
        level: "warn",
        message: "message dropped",
        fields: expect.objectContaining({ outcome: "drop", reason: "not for us" }),
      });
    }
  });

  test("keeps the log of a handler behind layers, and of work that goes on beside it", async () => {
    const layered = queue("orders")
      .use((_message, { log }, next) => next({ log: log.child({ layer: 1 }) }))
      .use((_message, _context, next) => next({ user: "ada" }))
      .handle((_message, { log, user, waitUntil }) => {
        log.info("got", { user });
        waitUntil(Promise.reject(new Error("late")));
      });
    const results = await onEveryCloud(layered).send(order);
    for (const cloud of clouds) {
      expect(results[cloud].logs).toMatchObject([
        { level: "info", message: "got", fields: { layer: 1, user: "ada" } },
        { level: "error", fields: { error: { message: "late" } } },
      ]);
    }
  });

  test("may take messages together", async () => {
    const together = queue("orders").batch(async (items) => items.map(() => retry()));
    const results = await onEveryCloud(together).send(order);
    for (const cloud of clouds)
      expect(results[cloud]).toMatchObject({ fate: "comes again", outcome: { outcome: "retry" } });
  });

  test("loses a message where redelivery is not declared, and that is a difference", async () => {
    const fails = queue("orders").handle(() => retry());
    const { gcp, differences } = await onEveryCloud(fails, { gcp: { redelivery: false } }).send(order);
    expect(gcp.fate).toBe("lost");
    expect(differences).toEqual(["the message comes again on aws and azure, is lost on gcp"]);
  });

  test("does not get a message that its cloud cannot carry, and that is a difference", async () => {
    let count = 0;
    const counts = queue("orders").handle(() => {
      count += 1;
    });
    const { aws, differences } = await onEveryCloud(counts).send(fake.queue({ bytes: Uint8Array.of(0xff) }));
    expect(aws).toMatchObject({ fate: "unencodable", nativeEvent: undefined, error: { code: "EVENT_UNENCODABLE" } });
    expect(count).toBe(2);
    expect(differences).toEqual([expect.stringMatching(/^aws cannot carry the event: An SQS message .*body/)]);
  });

  test("with settlement has Service Bus itself set the message aside", async () => {
    const sink = recordingSink();
    const settled = { serviceBus: { connection: "Bus" }, settlement: "imported" } as const;
    const never = onEveryCloud(
      queue("orders").handle(() => deadLetter("never")),
      { sink, azure: settled },
    );
    const { azure } = await never.send(order);
    expect(azure).toMatchObject({ fate: "set aside", reason: "never", received: { id: order.id } });
    expect(sink.taken).toHaveLength(2);
    const again = onEveryCloud(
      queue("orders").handle(() => retry()),
      { azure: settled },
    );
    expect((await again.send(order)).azure.fate).toBe("comes again");
    const done = onEveryCloud(
      queue("orders").handle(() => undefined),
      { azure: settled },
    );
    expect((await done.send(order)).azure.fate).toBe("acknowledged");
  });

  test("gets it from the source that is chosen", async () => {
    const sink = recordingSink();
    const results = await onEveryCloud(
      queue("orders").handle(() => undefined),
      {
        sink,
        aws: { source: "rabbit-mq" },
        azure: { storageQueue: { connection: "Store" } },
        gcp: { from: "cloud-tasks" },
      },
    ).send(fake.queue({ json: {} }));
    for (const cloud of clouds) expect(results[cloud].fate).toBe("acknowledged");
    expect(results.aws.nativeEvent).toMatchObject({ eventSource: "aws:rmq" });
    expect(results.azure.nativeEvent).toMatchObject({ triggerMetadata: { popReceipt: expect.any(String) } });
    expect(results.gcp.nativeEvent).toMatchObject({ headers: { "x-cloudtasks-queuename": "orders" } });
  });
});

test("what is no portable function, or an event of another kind, is refused", async () => {
  const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
  expect(() => onEveryCloud((() => undefined) as never)).toThrow(refused);
  const fulfil = onEveryCloud(queue("orders").handle(() => undefined));
  await expect(fulfil.send(fake.topic() as never)).rejects.toEqual(refused);
  // One that was refused is in nobody's way.
  expect((await fulfil.send(order)).aws.fate).toBe("acknowledged");
});
