import { setTimeout as pause } from "node:timers/promises";
import {
  ack,
  deadLetter,
  queue as declare,
  topic as declareTopic,
  drop,
  event,
  HandlerError,
  type NeutralEvent,
  type QueueMessage,
  retry,
  toCloudEvent,
} from "@portico/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { closeAll, deploy, json, logged, post, silence, toFields, toPush } from "../test/deploy.js";
import * as gcp from "./index.js";
import type { QueueOptions } from "./queue.js";

beforeEach(silence);
afterEach(() => {
  closeAll();
  vi.restoreAllMocks();
});

type Handle = Parameters<ReturnType<typeof declare>["handle"]>[0];

const serve = (handle: Handle, options?: QueueOptions) =>
  deploy((name) => gcp.queue(name, declare("q").handle(handle), options));

test.each([
  ["nothing", () => {}, 204],
  ["ack", () => ack(), 204],
  ["drop", () => drop("old"), 204],
  ["retry", () => retry(), 500],
  ["deadLetter without a sink", () => deadLetter("never"), 500],
] as const)("%s is answered with %i", async (_, handle, status) => {
  const response = await post(await serve(handle as Handle, { redelivery: true }), toPush("a"), json);
  expect([response.status, await response.text()]).toEqual([status, ""]);
});

test.each([[undefined], [new Error("secret")], ["text"], [null]])(
  "a handler that throws %s is answered with 500 and no text",
  async (thrown) => {
    const origin = await serve(() => {
      throw thrown;
    });
    const response = await post(origin, toPush("a"), json);
    expect([response.status, await response.text(), response.headers.get("x-google-status")]).toEqual([500, "", null]);
  },
);

test("with a sink, what can never be done goes there under a key of its own, and is acknowledged", async () => {
  const sunk: [string, string][] = [];
  const sink = async ({ id }: NeutralEvent, reason: string, { key }: { key: string }) => {
    sunk.push([`${id} ${key}`, reason]);
  };
  const origin = await serve(
    () => {
      throw new HandlerError("INPUT_INVALID", "not an order");
    },
    { redelivery: true, sink },
  );
  expect((await post(origin, toPush("a"), json)).status).toBe(204);
  expect(sunk).toEqual([["7 //pubsub.googleapis.com/projects/p/subscriptions/s#7", "INPUT_INVALID: not an order"]]);
});

test("a sink that fails, and one that hangs, leave the message to redelivery", async () => {
  const failing = await serve(() => deadLetter("x"), {
    redelivery: true,
    sink: () => Promise.reject(new Error("full")),
  });
  expect((await post(failing, toPush("a"), json)).status).toBe(500);
  const hanging = await serve(() => deadLetter("x"), { timeoutMs: 200, sink: () => new Promise(() => {}) });
  expect((await post(hanging, toPush("a"), json)).status).toBe(500);
});

test("a handler that never settles is given up before the deadline, its signal aborted", async () => {
  let aborted = false;
  const origin = await serve(
    (_, { signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise(() => {});
    },
    { timeoutMs: 200 },
  );
  const startMs = Date.now();
  expect((await post(origin, toPush("a"), json)).status).toBe(500);
  expect(Date.now() - startMs).toBeLessThan(600);
  expect(aborted).toBe(true);
});

test("the deadline is the earlier one of the time-out and the acknowledgement deadline", async () => {
  const remaining: number[] = [];
  const handle: Handle = (_, { remainingMs }) => void remaining.push(remainingMs());
  await post(await serve(handle, { ackDeadlineSeconds: 10 }), toPush("a"), json);
  await post(await serve(handle), toPush("a"), json);
  expect(remaining[0]).toBeGreaterThan(9_000);
  expect(remaining[0]).toBeLessThanOrEqual(10_000);
  expect(remaining[1]).toBeGreaterThan(290_000);
});

test("without declared redelivery, that a failure drops the event is logged once", async () => {
  const origin = await serve(() => retry());
  for (const id of ["1", "2"]) await post(origin, toPush("a", { messageId: id }), json);
  expect(logged().filter(({ message }) => String(message).includes("a failure drops the event"))).toHaveLength(1);
  vi.mocked(process.stdout.write).mockClear();
  await post(await serve(() => retry(), { redelivery: true }), toPush("a"), json);
  expect(logged().some(({ message }) => String(message).includes("drops the event"))).toBe(false);
});

test("a delay that Pub/Sub cannot keep is a plain retry, and logged once", async () => {
  const origin = await serve(() => retry({ afterSeconds: 30 }), { redelivery: true });
  for (const id of ["1", "2"]) {
    const response = await post(origin, toPush("a", { messageId: id }), json);
    expect([response.status, response.headers.get("retry-after")]).toEqual([500, null]);
  }
  expect(logged().filter(({ message }) => String(message).includes("a plain retry here"))).toHaveLength(1);
});

test("work passed to waitUntil is done before the acknowledgement", async () => {
  let done = false;
  const origin = await serve((_, { waitUntil }) => {
    waitUntil(
      pause(50).then(() => {
        done = true;
      }),
    );
  });
  expect((await post(origin, toPush("a"), json)).status).toBe(204);
  expect(done).toBe(true);
});

test("the same message, delivered again while it runs, waits; another one does not", async () => {
  const spans: string[] = [];
  const origin = await serve(async ({ id }) => {
    spans.push(`begin ${id}`);
    await pause(100);
    spans.push(`end ${id}`);
  });
  const send = (id: string) => post(origin, toPush("a", { messageId: id }), json);
  await Promise.all([send("1"), send("1"), pause(30).then(() => send("2"))]);
  expect(spans.filter((span) => span.endsWith("1"))).toEqual(["begin 1", "end 1", "begin 1", "end 1"]);
  expect(spans.indexOf("begin 2")).toBeLessThan(spans.indexOf("end 1"));
});

test("messages of one ordering key run one after the other", async () => {
  let running = 0;
  let most = 0;
  const origin = await serve(async () => {
    running += 1;
    most = Math.max(most, running);
    await pause(40);
    running -= 1;
  });
  await Promise.all(["1", "2", "3"].map((id) => post(origin, toPush("a", { messageId: id, orderingKey: "k" }), json)));
  expect(most).toBe(1);
});

test("a handler that was given up and still runs holds back the next of its key", async () => {
  const spans: string[] = [];
  const origin = await serve(
    async ({ id }) => {
      spans.push(`begin ${id}`);
      await pause(id === "1" ? 400 : 0);
      spans.push(`end ${id}`);
    },
    { timeoutMs: 250 },
  );
  const send = (id: string) => post(origin, toPush("a", { messageId: id, orderingKey: "k" }), json);
  expect((await send("1")).status).toBe(500);
  expect((await send("2")).status).toBe(204);
  expect(spans).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
});

test.each([
  ["JSON that is no event", '{"hello":1}', json, 415],
  ["nothing", "", {}, 415],
  ["binary", Uint8Array.of(0, 255, 1), {}, 415],
  ["a truncated push", toPush("a").slice(0, 40), { "content-type": "application/vnd.x+json" }, 415],
  ["a push without an id", '{"message":{"data":"YQ=="},"subscription":"s"}', json, 415],
  ["a push of null", '{"message":null,"subscription":"s"}', json, 415],
  ["an array", "[]", json, 415],
  ["a malformed CloudEvent", '{"specversion":"1.0"}', { "content-type": "application/cloudevents+json" }, 400],
  ["an event of Cloud Storage", "{}", toFields("google.cloud.storage.object.v1.finalized"), 500],
  ["a task", "{}", { ...json, "x-cloudtasks-taskname": "t", "x-cloudtasks-queuename": "q" }, 500],
  ["a tick", "", { "x-cloudscheduler": "true" }, 500],
] as const)("%s is refused by name, and not acknowledged", async (_, body, headers, status) => {
  const handled = vi.fn();
  const response = await post(await serve(handled), body, headers as Record<string, string>);
  expect(response.status).toBe(status);
  expect(handled).not.toHaveBeenCalled();
  const [entry] = logged();
  expect(entry).toMatchObject({ severity: "ERROR" });
  if (status !== 400) expect(entry?.message).toMatch(/^An event of kind queue was expected, and this is: ./);
});

test("a body over the limit is 413, and not acknowledged", async () => {
  expect((await post(await serve(() => {}, { bodyLimit: 10 }), toPush("a"), json)).status).toBe(413);
});

test("of a batch with a foreign event none is run", async () => {
  const handled = vi.fn();
  const origin = await serve(handled);
  const good = await toCloudEvent({
    ...({ kind: "queue", id: "1", source: "/q", time: new Date(), native: undefined } as const),
    ...{ attributes: {}, contentType: "text/plain", correlationId: undefined, subject: undefined, replyTo: undefined },
    ...{ attempt: undefined, groupId: undefined, sequence: undefined },
    text: async () => "a",
    json: async () => "a",
    bytes: async () => new Uint8Array([97]),
  } satisfies QueueMessage);
  const foreign = { specversion: "1.0", id: "2", source: "/x", type: "com.example.other" };
  const headers = { "content-type": "application/cloudevents-batch+json" };
  expect((await post(origin, JSON.stringify([good, foreign]), headers)).status).toBe(500);
  expect(handled).not.toHaveBeenCalled();
  expect((await post(origin, JSON.stringify([good]), headers)).status).toBe(204);
  expect(handled).toHaveBeenCalledOnce();
});

test("a batch of which one fails is to come again whole", async () => {
  const seen: string[] = [];
  const origin = await deploy((name) =>
    gcp.event(
      name,
      event().handle(({ id }) => {
        seen.push(id);
        if (id === "2") return retry();
      }),
    ),
  );
  const batch = ["1", "2", "3"].map((id) => ({ specversion: "1.0", id, source: "/x", type: "a" }));
  const headers = { "content-type": "application/cloudevents-batch+json" };
  expect((await post(origin, JSON.stringify(batch), headers)).status).toBe(500);
  expect(seen.sort()).toEqual(["1", "2", "3"]);
});

test("a function of another kind, a bad name and bad options are refused when they are registered", () => {
  const fn = declare("q").handle(() => {});
  const other = declareTopic("t").handle(() => {});
  // @ts-expect-error a topic function is no queue function
  expect(() => gcp.queue("a", other)).toThrow("A queue function was expected, and this one is topic.");
  // @ts-expect-error a bare function is none
  expect(() => gcp.queue("a", () => {})).toThrow("not portable");
  expect(() => gcp.queue("1a", fn)).toThrow("does not take the function name");
  for (const options of [
    { concurrency: 0 },
    { timeoutMs: -1 },
    { ackDeadlineSeconds: 5 },
    { ackDeadlineSeconds: 601 },
  ]) {
    expect(() => gcp.queue("a", fn, options)).toThrow(Object.keys(options)[0]);
  }
  // @ts-expect-error a sink is a function
  expect(() => gcp.queue("a", fn, { sink: "x" })).toThrow("sink is not a function");
});

test("the context has the platform, the function's name, the caller's trace, and that of the message", async () => {
  const traces: unknown[] = [];
  const origin = await serve((_, { platform, functionName, trace, native }) => {
    traces.push([platform, functionName.startsWith("messages"), trace.traceId, typeof native]);
  });
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const own = `00-${"c".repeat(32)}-${"d".repeat(16)}-01`;
  await post(origin, toPush("a", { messageId: "1" }), { ...json, traceparent });
  await post(origin, toPush("a", { messageId: "2", attributes: { googclient_traceparent: own } }), {
    ...json,
    traceparent,
  });
  expect(traces).toEqual([
    ["gcp", true, "a".repeat(32), "object"],
    ["gcp", true, "c".repeat(32), "object"],
  ]);
});

test("a handler that hangs once holds up one more delivery, and no other", async () => {
  let calls = 0;
  const origin = await serve(() => (++calls === 1 ? new Promise(() => {}) : undefined), {
    redelivery: true,
    timeoutMs: 150,
  });
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) statuses.push((await post(origin, toPush("a"), json)).status);
  expect(statuses).toEqual([500, 500, 204, 204]);
  expect(calls).toBe(3);
});
