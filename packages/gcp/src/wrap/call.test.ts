import type {
  CloudEventFunction,
  EventFunctionWithCallback,
  CloudEvent as GoogleCloudEvent,
  HttpFunction,
} from "@google-cloud/functions-framework";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { testContext, testMessage } from "../../../core/test/message.js";
import { type NativeHandler, queue, type WrapQueueOptions } from "./queue.js";
import { topic } from "./topic.js";

beforeEach(() => void vi.spyOn(console, "error").mockReturnValue());
afterEach(() => void vi.restoreAllMocks());

async function run(
  handler: NativeHandler,
  options: Partial<WrapQueueOptions> = {},
  message = testMessage("7", "body"),
) {
  const { context, logs } = testContext();
  return { outcome: await queue(handler, { queue: "orders", ...options })(message, context), logs, context };
}

test("a CloudEvent function gets the message as an event trigger delivers it", async () => {
  const handler = vi.fn(async (event: GoogleCloudEvent<unknown>) => void event);
  const { outcome, context } = await run(handler, { projectId: "p" });
  expect(outcome).toEqual({ outcome: "ack" });
  const { traceId, spanId } = context.trace;
  expect(handler.mock.calls).toEqual([
    [
      {
        id: "7",
        source: "//pubsub.googleapis.com/projects/p/topics/orders",
        specversion: "1.0",
        type: "google.cloud.pubsub.topic.v1.messagePublished",
        topic: "orders",
        time: "1970-01-01T00:00:00.000Z",
        traceparent: expect.stringMatching(`00-${traceId}-${spanId}-0[01]`),
        data: {
          message: {
            attributes: {},
            data: "Ym9keQ==",
            messageId: "7",
            message_id: "7",
            publishTime: "1970-01-01T00:00:00.000Z",
            publish_time: "1970-01-01T00:00:00.000Z",
          },
          subscription: "projects/p/subscriptions/orders",
        },
      },
    ],
  ]);
});

test("a background function gets data and context, as in the first generation", async () => {
  const handler = vi.fn(async (_data: object, _context: object) => undefined);
  expect((await run(handler, { signature: "event", projectId: "p" })).outcome).toEqual({ outcome: "ack" });
  expect(handler.mock.calls[0]).toEqual([
    {
      attributes: {},
      data: "Ym9keQ==",
      message_id: "7",
      publish_time: "1970-01-01T00:00:00.000Z",
    },
    {
      eventId: "7",
      timestamp: "1970-01-01T00:00:00.000Z",
      eventType: "google.pubsub.topic.publish",
      resource: {
        service: "pubsub.googleapis.com",
        name: "projects/p/topics/orders",
        type: "type.googleapis.com/google.pubsub.v1.PubsubMessage",
      },
    },
  ]);
});

test("an HTTP function gets the push", async () => {
  const bodies: unknown[] = [];
  const handler: HttpFunction = (request, response) => {
    bodies.push(request.body, request.get("user-agent"));
    response.sendStatus(204);
  };
  expect((await run(handler, { signature: "http", projectId: "p" })).outcome).toEqual({ outcome: "ack" });
  expect(bodies).toEqual([
    { message: expect.objectContaining({ data: "Ym9keQ==" }), subscription: "projects/p/subscriptions/orders" },
    expect.stringContaining("APIs-Google"),
  ]);
});

test.each<[string, Partial<WrapQueueOptions>, (fail: boolean) => NativeHandler]>([
  [
    "CloudEvent function",
    {},
    (fail) => (_event: unknown, done: (error?: unknown) => void) => void setImmediate(done, fail && lost),
  ],
  [
    "background function",
    { signature: "event" },
    (fail) => (_data: unknown, _context: unknown, done: (error?: unknown) => void) =>
      void setImmediate(done, fail && lost),
  ],
])("a %s in callback style is done, or has failed, when it calls back", async (_title, options, make) => {
  expect((await run(make(false), options)).outcome).toEqual({ outcome: "ack" });
  expect((await run(make(true), options)).outcome).toMatchObject({ outcome: "retry", error: lost });
});
const lost = new Error("lost");

test("the first call back counts, and a throw or a rejection in callback style is a failure too", async () => {
  const twice = (_event: unknown, done: (error?: unknown) => void) => {
    done();
    done(lost);
  };
  expect((await run(twice)).outcome).toEqual({ outcome: "ack" });
  const throws = (_event: unknown, _done: unknown) => {
    throw lost;
  };
  expect((await run(throws)).outcome).toMatchObject({ outcome: "retry", error: lost });
  const rejects = async (_event: unknown, _done: unknown) => {
    throw lost;
  };
  expect((await run(rejects)).outcome).toMatchObject({ outcome: "retry", error: lost });
});

test.each<[string, unknown]>([
  ["an error", lost],
  ["nothing", undefined],
  ["null", null],
  ["text", "no"],
])("a function that throws %s is retried, and what it threw is kept", async (_title, thrown) => {
  for (const signature of ["cloudevent", "event", "http"] as const) {
    const { outcome } = await run(
      async () => {
        throw thrown;
      },
      { signature },
    );
    expect(outcome).toMatchObject({ outcome: "retry", error: thrown instanceof Error ? thrown : { cause: thrown } });
  }
});

test("what an event function returns is no outcome: success, whatever it is", async () => {
  expect((await run(async () => "text")).outcome).toEqual({ outcome: "ack" });
  expect((await run(() => ({ outcome: "retry" }))).outcome).toEqual({ outcome: "ack" });
});

test.each([
  [200, "ack"],
  [202, "ack"],
  [203, "retry"],
  [206, "retry"],
  [302, "retry"],
  [400, "retry"],
  [500, "retry"],
])("a push that is answered with %i: %s", async (status, outcome) => {
  const handler: HttpFunction = (_request, response) => void response.status(status).end();
  expect((await run(handler, { signature: "http" })).outcome).toMatchObject({ outcome });
  expect(await topic(handler, { topic: "t", signature: "http" })(testMessage("1") as never)).toMatchObject({ outcome });
});

test("a task is done with any success, and its Retry-After is honoured", async () => {
  const answer =
    (status: number): HttpFunction =>
    (_request, response) => {
      response.set("retry-after", "30").status(status).end();
    };
  const options = { from: "cloud-tasks" } as const;
  const task = Object.defineProperty(testMessage("7"), "time", { value: new Date("2026-01-02") });
  expect((await run(answer(203), options, task)).outcome).toEqual({ outcome: "ack" });
  const { outcome, logs } = await run(answer(503), options, task);
  expect(outcome).toMatchObject({ outcome: "retry", afterSeconds: 30 });
  expect(logs()).toMatchObject([{ level: "error", message: "The function answered with the status 503." }]);
});

test("an answer that breaks off acknowledges nothing", async () => {
  const handler: HttpFunction = (_request, response) => {
    response.status(200).write("half");
    setTimeout(() => response.destroy());
  };
  expect((await run(handler, { signature: "http" })).outcome).toMatchObject({ outcome: "retry" });
});

test("a message that cannot be carried is dead-lettered, with the field", async () => {
  const { outcome } = await run(() => undefined, {}, testMessage("1", ""));
  expect(outcome).toMatchObject({
    outcome: "deadLetter",
    error: { code: "EVENT_UNENCODABLE", details: { field: "body" } },
  });
});

test("a signature that the source does not call is refused when it is wrapped", () => {
  const handler: CloudEventFunction = () => undefined;
  const typed: EventFunctionWithCallback = () => undefined;
  expect(() => queue(handler, { queue: "q", from: "cloud-tasks", signature: "cloudevent" })).toThrow(/signature/);
  expect(() => queue(typed, { queue: "q", signature: "typed" as never })).toThrow(/signature/);
  expect(() => queue({} as never, { queue: "q" })).toThrow(/no function/);
});

test("a topic's names are the event's own where it is from that topic; a subscription is called as its topic by default", async () => {
  const seen: unknown[] = [];
  const handler = (event: GoogleCloudEvent<{ subscription: string }>) =>
    void seen.push([event.source, event.data?.subscription]);
  const options = { topic: "orders", projectId: "p" };
  const send = (source: string, given = options) =>
    topic(handler, given)(
      Object.create(testMessage("7", "body"), { source: { value: source } }),
      testContext().context,
    );
  await send("");
  await send("//pubsub.googleapis.com/projects/acme/topics/orders");
  await send("//pubsub.googleapis.com/projects/acme/topics/refunds");
  await send("//pubsub.googleapis.com/projects/acme/subscriptions/billing", {
    ...options,
    topic: "projects/q/topics/t",
  });
  expect(seen).toEqual([
    ["//pubsub.googleapis.com/projects/p/topics/orders", "projects/p/subscriptions/orders"],
    ["//pubsub.googleapis.com/projects/acme/topics/orders", "projects/p/subscriptions/orders"],
    ["//pubsub.googleapis.com/projects/p/topics/orders", "projects/p/subscriptions/orders"],
    ["//pubsub.googleapis.com/projects/q/topics/t", "projects/acme/subscriptions/billing"],
  ]);
});
