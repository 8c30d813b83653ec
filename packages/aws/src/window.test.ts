import { change, deadLetter, drop, retry, stream } from "@portico/core";
import { describe, expect, test, vi } from "vitest";
import { lambdaContext, logged } from "../test/events.js";
import { dynamoDbEvent, inWindow, kinesisEvent, sequenceOf, tableArn } from "../test/stream-events.js";
import { change as deployChange } from "./change.js";
import { stream as deploy, type StreamOptions } from "./stream.js";

const sink = async () => undefined;
type Handler = Parameters<ReturnType<typeof stream>["handle"]>[0];

function start(handler: Handler, options: StreamOptions = {}) {
  const entry = deploy(stream("clicks").handle(handler), { sink, ...options });
  return (event: unknown) => entry(event, lambdaContext());
}

const declared = { batchItemFailures: true };
const count: NonNullable<StreamOptions["window"]> = (events, state) => ({
  count: (state as { count: number }).count + events.length,
});

describe("a delivery in a tumbling window", () => {
  test("gives back the state as it is where nobody makes another", async () => {
    expect(await start(() => undefined)(inWindow(kinesisEvent(1)))).toEqual({ state: { count: 2 } });
    expect(await start(() => undefined, declared)(inWindow(kinesisEvent(1)))).toEqual({
      batchItemFailures: [],
      state: { count: 2 },
    });
    expect(await start(() => undefined)(inWindow(kinesisEvent(1), { state: undefined }))).toEqual({ state: {} });
  });

  test("gives the next state, made of what was handled", async () => {
    const window = vi.fn(count);
    expect(await start(() => undefined, { window })(inWindow(kinesisEvent(1, 2)))).toEqual({ state: { count: 4 } });
    const [events, state, info, context] = window.mock.calls[0] ?? [];
    expect(events?.map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
    expect(state).toEqual({ count: 2 });
    expect(info).toEqual({
      start: new Date("2020-12-09T07:04:00Z"),
      end: new Date("2020-12-09T07:06:00Z"),
      shardId: "shardId-000000000006",
      isFinal: false,
      isTerminatedEarly: false,
    });
    expect(context).toMatchObject({ platform: "aws" });
  });

  test("counts what was acknowledged alone: not what was dropped, dead-lettered, failed or not run", async () => {
    const run = start(
      ({ sequence }) => {
        if (sequence === sequenceOf(2)) return drop("x");
        if (sequence === sequenceOf(3)) return deadLetter("x");
        return sequence === sequenceOf(4) ? retry() : undefined;
      },
      { ...declared, window: count },
    );
    expect(await run(inWindow(kinesisEvent(1, 2, 3, 4, 5)))).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceOf(4) }],
      state: { count: 3 },
    });
  });

  test("leaves the state where the handler of the window returns nothing", async () => {
    const run = start(() => undefined, { window: () => undefined });
    expect(await run(inWindow(kinesisEvent(1)))).toEqual({ state: { count: 2 } });
    const cleared = start(() => undefined, { window: () => null });
    expect(await cleared(inWindow(kinesisEvent(1)))).toEqual({ state: null });
  });

  test("is not over before the work that the handler of the window passed to waitUntil", async () => {
    const done: string[] = [];
    const window: NonNullable<StreamOptions["window"]> = (_events, state, _info, { waitUntil }) => {
      const work = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        done.push("stored");
      };
      waitUntil(work());
      return state;
    };
    await start(() => undefined, { window })(inWindow(kinesisEvent(1)));
    expect(done).toEqual(["stored"]);
    const hangs: NonNullable<StreamOptions["window"]> = (_events, state, _info, { waitUntil }) => {
      waitUntil(new Promise(() => undefined));
      return state;
    };
    const run = start(() => undefined, { ...declared, window: hangs, timeoutMs: 60 });
    await expect(run(inWindow(kinesisEvent(1)))).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  test("does not ask for a state where the whole delivery comes again", async () => {
    const window = vi.fn(count);
    await expect(start(() => retry(), { window })(inWindow(kinesisEvent(1)))).rejects.toThrow();
    expect(window).not.toHaveBeenCalled();
  });

  test.each([
    ["throws", () => Promise.reject(new Error("no table"))],
    ["hangs", () => new Promise(() => undefined)],
  ])("comes again when the handler of the window %s", async (_, window) => {
    const run = start(() => undefined, { ...declared, window, timeoutMs: 60 });
    await expect(run(inWindow(kinesisEvent(1)))).rejects.toThrow();
  });
});

describe("the last invocation of a window", () => {
  test.each([
    ["an empty list of records", { Records: [] }],
    ["no list at all", {}],
  ])("has %s, and the state to be stored", async (_, event) => {
    const window = vi.fn(count);
    const run = start(() => undefined, { ...declared, window });
    const final = inWindow(event, { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true });
    expect(await run(final)).toEqual({ batchItemFailures: [], state: { count: 2 } });
    expect(window).toHaveBeenCalledWith(
      [],
      { count: 2 },
      expect.objectContaining({ isFinal: true, isTerminatedEarly: true }),
      expect.anything(),
    );
  });

  test("is DynamoDB's too, with any ARN", async () => {
    const entry = deployChange(
      change("Orders").handle(() => undefined),
      { sink },
    );
    for (const eventSourceARN of [tableArn, "stream-ARN", undefined]) {
      const final = inWindow({ Records: [] }, { isFinalInvokeForWindow: true, eventSourceARN });
      expect(await entry(final, lambdaContext())).toEqual({ state: { count: 2 } });
    }
    expect(await entry(inWindow(dynamoDbEvent(1), { eventSourceARN: tableArn }), lambdaContext())).toEqual({
      state: { count: 2 },
    });
  });
});

test("without a window there is no state, and the handler of the window is not called", async () => {
  const window = vi.fn(count);
  expect(await start(() => undefined, { window })(kinesisEvent(1))).toBeUndefined();
  expect(window).not.toHaveBeenCalled();
});

test("a handler of the window that is none is refused at registration", () => {
  expect(() => start(() => undefined, { window: 7 as never })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});

test("a window that is named by a text nobody can read as a time has no valid time", async () => {
  const window = vi.fn(count);
  await logged(() => start(() => undefined, { window })(inWindow(kinesisEvent(1), { window: {} })));
  expect(window.mock.calls[0]?.[2].start.getTime()).toBeNaN();
});
