import { http, reply } from "@portico/core";
import { fake, json } from "@portico/testing";
import { afterEach, expect, test, vi } from "vitest";
import { timeout } from "./timeout.js";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

afterEach(() => {
  vi.useRealTimers();
});

test("an answer in time passes, and no timer is left", async () => {
  vi.useFakeTimers();
  const fn = http
    .get("/")
    .use(timeout(50))
    .handle(() => reply.text("done"));
  expect((await fn(fake.http(), fake.context())).body).toBe("done");
  expect(vi.getTimerCount()).toBe(0);
});

test("a handler that does not answer in time gives 504, and its signal aborts with the reason", async () => {
  let reason: unknown;
  const fn = http
    .get("/")
    .use(timeout(10, { message: "The report takes too long." }))
    .handle(async (_request, { signal }) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      await sleep(30);
      return reply.text("late");
    });
  const response = await fn(fake.http(), fake.context());
  expect(response.status).toBe(504);
  expect(await json(response)).toMatchObject({ code: "TIMEOUT", detail: "The report takes too long." });
  expect(reason).toMatchObject({ code: "TIMEOUT" });
});

test("a handler that never settles, and one that fails because of the signal, give 504 alike", async () => {
  const never = http
    .get("/")
    .use(timeout(5))
    .handle(() => new Promise<never>(() => undefined));
  expect((await never(fake.http(), fake.context())).status).toBe(504);
  const obedient = http
    .get("/")
    .use(timeout(5))
    .handle(
      (_request, { signal }) =>
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("given up")))),
    );
  expect((await obedient(fake.http(), fake.context())).status).toBe(504);
});

test("what rejects after its time is nobody's unhandled rejection", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  try {
    const fn = http
      .get("/")
      .use(timeout(5))
      .handle(async () => {
        await sleep(15);
        throw new Error("late");
      });
    expect((await fn(fake.http(), fake.context())).status).toBe(504);
    await sleep(30);
    expect(unhandled).not.toHaveBeenCalled();
  } finally {
    process.off("unhandledRejection", unhandled);
  }
});

test("an error in time is the handler's own, and no timer is left", async () => {
  vi.useFakeTimers();
  const context = fake.context();
  const fn = http
    .get("/")
    .use(timeout(50))
    .handle(() => {
      throw new Error("mine");
    });
  expect((await fn(fake.http(), context)).status).toBe(500);
  expect(context.logs).toMatchObject([{ fields: { error: { message: "mine" } } }]);
  expect(vi.getTimerCount()).toBe(0);
});

test("the invocation's own abort reaches the handler, before and after its reply, also one that came first", async () => {
  const signals: AbortSignal[] = [];
  const fn = http
    .get("/")
    .use(timeout(1000))
    .handle((_request, { signal }) => {
      signals.push(signal);
      return reply.empty();
    });
  const context = fake.context();
  await fn(fake.http(), context);
  expect(signals[0]?.aborted).toBe(false);
  context.abort(new Error("the client left the stream"));
  expect(signals[0]?.reason).toEqual(new Error("the client left the stream"));
  await fn(fake.http(), context);
  expect(signals[1]?.aborted).toBe(true);
});

test("the rest of the context sees the narrower signal, what is outside keeps its own", async () => {
  const context = fake.context();
  const fn = http
    .get("/")
    .use(timeout(5))
    .handle(() => new Promise<never>(() => undefined));
  await fn(fake.http(), context);
  expect(context.signal.aborted).toBe(false);
});

test("the inner of two time-outs ends first", async () => {
  const fn = http
    .get("/")
    .use(timeout(1000, { message: "outer" }))
    .use(timeout(5, { message: "inner" }))
    .handle(() => new Promise<never>(() => undefined));
  expect(await json(await fn(fake.http(), fake.context()))).toMatchObject({ detail: "inner" });
});

test("a time that is none is refused at creation", () => {
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    expect(() => timeout(ms)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
});

test("the body of a reply that comes too late is let go", async () => {
  const cancel = vi.fn();
  const fn = http
    .get("/")
    .use(timeout(5))
    .handle(async () => {
      await sleep(20);
      return reply.stream(new ReadableStream({ cancel }));
    });
  expect((await fn(fake.http(), fake.context())).status).toBe(504);
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
});
