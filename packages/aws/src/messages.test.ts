import {
  type Context,
  deadLetter,
  drop,
  type HandlerError,
  type HandlerResult,
  queue as portable,
  topic as portableTopic,
  type QueueMessage,
  retry,
  validate,
} from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { lambdaContext, logged } from "../test/events.js";
import { failures, fifoRecord, snsRecord, sqsEvent, sqsRecord } from "../test/messages.js";
import { type QueueOptions, queue } from "./queue.js";
import { topic } from "./topic.js";

let output: string[];

beforeEach(() => {
  output = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((line) => output.push(String(line)) > 0);
  return () => spy.mockRestore();
});

type Handler = (message: QueueMessage, context: Context) => HandlerResult | Promise<HandlerResult>;
const never = () => new Promise<void>(() => undefined);
const deploy = (handler: Handler, options: QueueOptions = { batchItemFailures: true }) =>
  queue(portable("orders").handle(handler), options);
const run = (handler: Handler, event: unknown, options?: QueueOptions) =>
  deploy(handler, options)(event, lambdaContext());
const failFor =
  (...ids: string[]): Handler =>
  ({ id }) => {
    if (ids.includes(id)) throw new Error(`${id} failed`);
  };
const [a, b, c] = [sqsRecord("a"), sqsRecord("b"), sqsRecord("c")];

test("batchItemFailures is true or false: a text would be taken for true", () => {
  for (const batchItemFailures of ["true", "false", 0, null] as never[])
    expect(() => deploy(failFor(), { batchItemFailures })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});

test("with batchItemFailures the result names the failed messages, and an empty list when all are done", async () => {
  expect(await run(failFor("b"), sqsEvent(a, b, c))).toEqual(failures("b"));
  expect(await run(failFor(), sqsEvent(a, b, c))).toEqual(failures());
  expect(await run(failFor("a", "b", "c"), sqsEvent(a, b, c))).toEqual(failures("a", "b", "c"));
});

test("without it one failure rejects, so that the whole batch comes again, and no failure gives nothing", async () => {
  const rejected = run(failFor("b"), sqsEvent(a, b, c), {});
  await expect(rejected).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("1 of 3") });
  await expect(rejected).rejects.toMatchObject({ cause: { message: "b failed" } });
  expect(await run(failFor(), sqsEvent(a, b, c), {})).toBeUndefined();
});

test("the only record's own error is what the platform sees", async () => {
  await expect(run(failFor("a"), sqsEvent(a), {})).rejects.toThrow("a failed");
  await expect(run(() => retry(), sqsEvent(a), {})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a handler that throws undefined is a failure", async () => {
  const handler = () => Promise.reject(undefined);
  expect(await run(handler, sqsEvent(a))).toEqual(failures("a"));
  await expect(run(handler, sqsEvent(a), {})).rejects.toBeInstanceOf(Error);
});

test("an empty list of records is nothing to do", async () => {
  const handler = vi.fn();
  expect(await run(handler, { Records: [] })).toEqual(failures());
  expect(await run(handler, { Records: [] }, {})).toBeUndefined();
  expect(handler).not.toHaveBeenCalled();
});

test("an event of another source is refused by name, never answered", async () => {
  for (const event of [
    { Records: [snsRecord("1", "x")] },
    { awslogs: { data: "" } },
    null,
    "text",
    7,
    [],
    {},
    { Records: [null] },
  ]) {
    await expect(run(() => undefined, event)).rejects.toMatchObject({ code: "EVENT_UNSUPPORTED" });
  }
  await expect(run(() => undefined, { Records: [snsRecord("1", "x")] })).rejects.toThrow("this is: sns.");
});

test("a function of another kind, and options that cannot be meant, are refused at registration", () => {
  const fn = portable("q").handle(() => undefined);
  // @ts-expect-error a topic function is no queue function
  expect(() => queue(portableTopic("t").handle(() => undefined))).toThrow("A queue function was expected");
  // @ts-expect-error neither is a plain one
  expect(() => queue(() => undefined)).toThrow("not portable");
  // @ts-expect-error nor nothing
  expect(() => queue(undefined)).toThrow("not portable");
  expect(() => queue(fn, { concurrency: 0 })).toThrow("concurrency");
  expect(() => queue(fn, { concurrency: Number.NaN })).toThrow("concurrency");
  expect(() => queue(fn, { timeoutMs: -1 })).toThrow("timeoutMs");
  // @ts-expect-error a sink is a function
  expect(() => queue(fn, { sink: {} })).toThrow("sink");
});

test("the handler takes two parameters, because the runtime takes a third for a callback", () => {
  expect(deploy(() => undefined)).toHaveLength(2);
});

test("a handler that never settles is given up in time, and its mates are reported as they ended", async () => {
  const handler: Handler = ({ id }) => (id === "b" ? never() : undefined);
  expect(await run(handler, sqsEvent(a, b, c), { batchItemFailures: true, timeoutMs: 100 })).toEqual(failures("b"));
  await expect(run(handler, sqsEvent(b), { timeoutMs: 100 })).rejects.toMatchObject({ code: "TIMEOUT" });
});

test("the time-out of the function counts where it is shorter", async () => {
  const lambda = lambdaContext({ getRemainingTimeInMillis: () => 100 });
  expect(await deploy(never)(sqsEvent(a), lambda)).toEqual(failures("a"));
});

test("the signal aborts before the message is given up", async () => {
  let reason: unknown;
  const handler: Handler = (_message, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
        resolve();
      });
    });
  expect(await run(handler, sqsEvent(a), { batchItemFailures: true, timeoutMs: 100 })).toEqual(failures());
  expect(reason).toMatchObject({ code: "TIMEOUT" });
});

test("what a message passed to waitUntil is settled before it is acknowledged", async () => {
  let done = false;
  await run((_message, { waitUntil }) => {
    waitUntil(new Promise((resolve) => setTimeout(resolve, 20)).then(() => (done = true)));
  }, sqsEvent(a));
  expect(done).toBe(true);
});

const reject = (reason = "no such sku") => deadLetter(reason);

test("a dead letter goes to the sink with a key that stays the same, and is then acknowledged", async () => {
  const sink = vi.fn(async () => undefined);
  expect(await run(() => reject(), sqsEvent(a), { batchItemFailures: true, sink })).toEqual(failures());
  expect(sink).toHaveBeenCalledWith(
    expect.objectContaining({ id: "a" }),
    "no such sku",
    expect.objectContaining({ key: `${a.eventSourceARN}#a` }),
  );
});

test("without a sink a dead letter is left to the redrive policy", async () => {
  expect(await run(() => reject(), sqsEvent(a, b))).toEqual(failures("a", "b"));
  expect(output.join("")).toContain("there is no sink");
});

test("a sink that fails, and one that hangs, keep the message", async () => {
  const fails = async () => {
    throw new Error("the table is gone");
  };
  expect(await run(() => reject(), sqsEvent(a), { batchItemFailures: true, sink: fails })).toEqual(failures("a"));
  expect(await run(() => reject(), sqsEvent(a), { batchItemFailures: true, sink: never, timeoutMs: 100 })).toEqual(
    failures("a"),
  );
});

test("a message that fails its schema goes to the sink, and its mates are unharmed", async () => {
  const sink = vi.fn(async () => undefined);
  const seen: unknown[] = [];
  const fn = portable("orders")
    .use(validate(z.object({ sku: z.string() })))
    .handle((_message, { input }) => void seen.push(input.sku));
  const bodies = ['{"sku":"x"}', '{"sku":1}', "", "{", '{"__proto__":{"sku":"x"}}', "\ufffd"];
  const event = sqsEvent(...bodies.map((body, index) => sqsRecord(`m${index}`, body)));
  expect(await queue(fn, { batchItemFailures: true, sink })(event, lambdaContext())).toEqual(failures());
  expect(seen).toEqual(["x"]);
  expect(sink.mock.calls.map(([message]: unknown[]) => (message as QueueMessage).id).toSorted()).toEqual([
    "m1",
    "m2",
    "m3",
    "m4",
    "m5",
  ]);
});

test("drop is success, and a log entry", async () => {
  expect(await run(() => drop("out of date"), sqsEvent(a))).toEqual(failures());
  expect(output.join("")).toContain("out of date");
});

test("retry with a delay calls the hook with the record, and comes again all the same", async () => {
  const retryDelay = vi.fn(async () => undefined);
  expect(await run(() => retry({ afterSeconds: 30 }), sqsEvent(a), { batchItemFailures: true, retryDelay })).toEqual(
    failures("a"),
  );
  expect(retryDelay).toHaveBeenCalledWith(a, 30, expect.objectContaining({ platform: "aws" }));
  await run(() => retry(), sqsEvent(a), { batchItemFailures: true, retryDelay });
  expect(retryDelay).toHaveBeenCalledTimes(1);
});

test("a hook that fails or hangs loses no message", async () => {
  const fails = async () => {
    throw new Error("throttled");
  };
  const handler = () => retry({ afterSeconds: 30 });
  expect(await run(handler, sqsEvent(a), { batchItemFailures: true, retryDelay: fails })).toEqual(failures("a"));
  expect(await run(handler, sqsEvent(a), { batchItemFailures: true, retryDelay: never, timeoutMs: 100 })).toEqual(
    failures("a"),
  );
});

test("without a hook, and from a source that knows none, a delay is said once to be lost", async () => {
  const handler = deploy(() => retry({ afterSeconds: 30 }));
  await handler(sqsEvent(a, b), lambdaContext());
  await handler(sqsEvent(c), lambdaContext());
  const retryDelay = vi.fn(async () => undefined);
  const fromTopic = topic(
    portableTopic("t").handle(() => retry({ afterSeconds: 30 })),
    { retryDelay },
  );
  await expect(fromTopic({ Records: [snsRecord("1", "x")] }, lambdaContext())).rejects.toThrow();
  expect(retryDelay).not.toHaveBeenCalled();
  expect(output.filter((line) => line.includes("plain retry"))).toHaveLength(2);
});

test("in a FIFO queue the first failure stops its group, which is reported whole from there, and no other", async () => {
  const seen: string[] = [];
  const handler: Handler = ({ id }) => {
    seen.push(id);
    if (id === "x2") throw new Error("x");
  };
  const event = sqsEvent(
    fifoRecord("x1", "x"),
    fifoRecord("y1", "y"),
    fifoRecord("x2", "x"),
    fifoRecord("x3", "x"),
    fifoRecord("y2", "y"),
  );
  expect(await run(handler, event)).toEqual(failures("x2", "x3"));
  expect(seen.toSorted()).toEqual(["x1", "x2", "y1", "y2"]);
});

test("the messages of a FIFO group run one after the other; a standard queue's run together, groups or not", async () => {
  let running = 0;
  let most = 0;
  const handler: Handler = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
  };
  await run(handler, sqsEvent(fifoRecord("1", "g"), fifoRecord("2", "g"), fifoRecord("3", "g")));
  expect(most).toBe(1);
  const fair = ["1", "2", "3"].map((id) => sqsRecord(id, "{}", { attributes: { MessageGroupId: "g" } }));
  await run(handler, sqsEvent(...fair));
  expect(most).toBe(3);
  most = 0;
  await run(handler, sqsEvent(a, b, c), { batchItemFailures: true, concurrency: 2 });
  expect(most).toBe(2);
});

test("a group that a handler still holds after its time-out waits for it in the next invocation", async () => {
  const order: string[] = [];
  let release: () => void = () => undefined;
  const handler = deploy(
    ({ id }) => {
      order.push(id);
      return id === "1" ? new Promise<void>((resolve) => (release = resolve)) : undefined;
    },
    { batchItemFailures: true, timeoutMs: 200 },
  );
  expect(await handler(sqsEvent(fifoRecord("1", "g")), lambdaContext())).toEqual(failures("1"));
  const next = handler(sqsEvent(fifoRecord("2", "g")), lambdaContext());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(order).toEqual(["1"]);
  release();
  expect(await next).toEqual(failures());
  expect(order).toEqual(["1", "2"]);
});

test("a batch function gets the batch, and its outcomes are reported by index", async () => {
  const fn = portable("orders").batch(async (items) =>
    items.map(({ event }) => (event.id === "b" ? retry() : undefined)),
  );
  expect(await queue(fn, { batchItemFailures: true })(sqsEvent(a, b, c), lambdaContext())).toEqual(failures("b"));
});

test("a record that cannot be read is refused alone, also from a batch function", async () => {
  const broken = { ...b, body: undefined as unknown as string };
  expect(await run(() => undefined, sqsEvent(a, broken, c))).toEqual(failures("b"));
  const fn = portable("orders").batch(async (items) => items.map(() => undefined));
  expect(await queue(fn, { batchItemFailures: true })(sqsEvent(a, broken, c), lambdaContext())).toEqual(failures("b"));
  expect(output.join("")).toContain("EVENT_MALFORMED");
});

test("a record without an id cannot be reported, so the whole batch comes again", async () => {
  const handler = vi.fn();
  for (const messageId of ["", undefined, null] as string[]) {
    const rejected = run(handler, sqsEvent(a, { ...b, messageId }));
    await expect(rejected).rejects.toMatchObject({ code: "EVENT_MALFORMED" } satisfies Partial<HandlerError>);
  }
  expect(handler).not.toHaveBeenCalled();
});

test("of two messages with the same id both come again when one fails", async () => {
  let calls = 0;
  const handler: Handler = () => {
    calls += 1;
    if (calls === 2) throw new Error("x");
  };
  expect(await run(handler, sqsEvent(a, a))).toEqual(failures("a"));
});

test("each message has its own log fields and trace, and all have one signal and deadline", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const traceparent = { stringValue: `00-${traceId}-00f067aa0ba902b7-01`, dataType: "String" };
  const one = sqsRecord("a", "", { messageAttributes: { traceparent } });
  const two = sqsRecord("b", "", {
    attributes: { AWSTraceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1" },
  });
  const contexts: Context[] = [];
  const lines = await logged(() =>
    run(
      (_message, context) => {
        contexts.push(context);
        context.log.info("seen");
      },
      sqsEvent(one, two),
    ),
  );
  expect(contexts.map(({ trace }) => trace.traceId)).toEqual([traceId, "5759e988bd862e3fe1be46a994272793"]);
  expect(lines.map(({ messageId, requestId }) => [messageId, requestId])).toEqual([
    ["a", "invocation-1"],
    ["b", "invocation-1"],
  ]);
  expect(contexts[0]?.signal).toBe(contexts[1]?.signal);
});

test.each([
  ["a standard queue", sqsRecord("a")],
  ["a FIFO queue", fifoRecord("a", "g")],
])("a handler that hangs once holds up one more delivery of %s, and no other", async (_, record) => {
  let calls = 0;
  const handler = deploy(() => (++calls === 1 ? never() : undefined), { batchItemFailures: true, timeoutMs: 60 });
  const results: unknown[] = [];
  for (let count = 0; count < 4; count += 1) results.push(await handler(sqsEvent(record), lambdaContext()));
  expect(results).toEqual([failures("a"), failures("a"), failures(), failures()]);
  expect(calls).toBe(3);
  const told = output.filter((line) => line.includes("no longer waited for"));
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0] as string)).toMatchObject({ level: "ERROR", messageId: "a" });
});

test("work that retryDelay passes to waitUntil is settled before the message is reported", async () => {
  const done: string[] = [];
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push("extended");
  };
  const retryDelay: QueueOptions["retryDelay"] = async (_record, _seconds, { waitUntil }) => waitUntil(work());
  await run(() => retry({ afterSeconds: 9 }), sqsEvent(a), { batchItemFailures: true, retryDelay });
  expect(done).toEqual(["extended"]);
});

test("a retry leaves a line with the message's id, its attempt and the reason", async () => {
  await run(() => retry({ reason: "out of stock" }), sqsEvent(a));
  expect(output.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ messageId: "a", outcome: "retry", attempt: expect.any(Number), reason: "out of stock" }),
  );
});
