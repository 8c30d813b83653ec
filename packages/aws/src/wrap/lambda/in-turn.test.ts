import { fake, text } from "@portico/testing";
import { expect, test } from "vitest";
import { queueMessage } from "../../../test/wrap.js";
import { http } from "../http.js";
import { queue } from "../queue.js";

/** A handler with its state in its module, as Lambda bears it. */
function stateful() {
  let failures: { itemIdentifier: string }[] = [];
  return async ({ Records: [record] }: { Records: { messageId: string }[] }) => {
    failures = [];
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (record?.messageId.startsWith("bad")) failures.push({ itemIdentifier: record.messageId });
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { batchItemFailures: failures };
  };
}

const ids = ["bad-1", "good-1", "good-2"];
const outcomes = async (fn: ReturnType<typeof queue>) =>
  (await Promise.all(ids.map((id) => fn(queueMessage({ id }), fake.context())))).map(({ outcome }) => outcome);

test("messages wait for each other, so that a failure is not lost among a handler's own variables", async () => {
  const options = { queue: "orders", batchItemFailures: true };
  expect(await outcomes(queue(stateful(), options))).toEqual(["retry", "ack", "ack"]);
  // What would happen else: the reason why it is the default.
  expect(await outcomes(queue(stateful(), { ...options, oneAtATime: false }))).not.toEqual(["retry", "ack", "ack"]);
});

test("one that fails, or never answers, does not hold up the next", async () => {
  let calls = 0;
  const handler = () => {
    calls += 1;
    if (calls === 1) throw new Error("no");
    return calls === 2 ? new Promise(() => undefined) : Promise.resolve();
  };
  expect(await outcomes(queue(handler, { queue: "orders", function: { timeoutMs: 10 } }))).toEqual([
    "retry",
    "retry",
    "ack",
  ]);
});

test("one whose time is up before its turn comes is never begun, and comes again", async () => {
  const begun: string[] = [];
  const fn = queue(
    async ({ Records: [record] }: { Records: { messageId: string }[] }) => {
      begun.push(String(record?.messageId));
      await new Promise((resolve) => setTimeout(resolve, 15));
    },
    { queue: "orders" },
  );
  const first = fn(queueMessage({ id: "a" }), fake.context());
  const late = fn(queueMessage({ id: "b" }), fake.context({ remainingMs: () => 0 }));
  expect(await first).toEqual({ outcome: "ack" });
  expect(await late).toMatchObject({ outcome: "retry", error: { code: "TIMEOUT" } });
  expect(begun).toEqual(["a"]);
});

test("HTTP requests run at once, unless the option says else", async () => {
  let running = 0;
  let most = 0;
  const handler = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
    return "done";
  };
  const three = async (oneAtATime?: boolean) => {
    most = 0;
    const fn = http(handler, { path: "/*rest", payload: "2.0", oneAtATime });
    await Promise.all([1, 2, 3].map(() => fn(fake.http() as never)));
    return most;
  };
  const streaming = Object.assign(
    async (_event: object, to: { end(text: string): void }) => {
      await handler();
      to.end("done");
    },
    { [Symbol.for("aws.lambda.runtime.handler.streaming")]: "response" },
  );
  const threeStreams = async (oneAtATime?: boolean) => {
    most = 0;
    const fn = http(streaming, { path: "/*rest", payload: "url", oneAtATime });
    await Promise.all([1, 2, 3].map(async () => text(await fn(fake.http() as never))));
    return most;
  };
  expect([await threeStreams(), await threeStreams(true)]).toEqual([3, 1]);
  expect(await three()).toBe(3);
  expect(await three(true)).toBe(1);
});
