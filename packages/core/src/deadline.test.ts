import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { testContext } from "../test/message.js";
import { type Context, InvocationContext } from "./context.js";
import { childOf } from "./context-child.js";
import {
  checkCanBegin,
  checkHasTime,
  Deadline,
  inTime,
  isPromise,
  noteAbandoned,
  noteRunning,
  toStepMs,
  withDeadline,
} from "./deadline.js";
import { MessageContext } from "./delivery/message-context.js";
import { HandlerError } from "./error.js";
import { Watchdog } from "./watchdog.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function start(deadlineMs: number) {
  const context = new InvocationContext({ id: "1", functionName: "f", platform: "test", deadlineMs });
  new Deadline(context, new Watchdog());
  return context;
}
const never = () => new Promise<string>(() => undefined);

test("the signal aborts first, then the innermost wait is given up, then all", async () => {
  const context = start(1000);
  const seen: string[] = [];
  context.signal.addEventListener("abort", () => seen.push(`abort ${Date.now()}`));
  const note = (name: string) => () => void seen.push(`${name} ${Date.now()}`);
  const outer = inTime(async () => {
    await Promise.resolve(inTime(never, context)).catch(note("inner"));
    return never();
  }, context);
  Promise.resolve(outer).catch(note("outer"));
  await vi.advanceTimersByTimeAsync(2000);
  // The first five milliseconds pass before anybody looks at the clock.
  expect(seen).toEqual(["abort 851", "inner 901", "outer 951"]);
});

test("the steps of a long invocation are a quarter of a second apart", async () => {
  const context = start(60_000);
  Promise.resolve(inTime(never, context)).catch(() => undefined);
  const abort = vi.fn();
  context.signal.addEventListener("abort", abort);
  await vi.advanceTimersByTimeAsync(59_249);
  expect(abort).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(abort).toHaveBeenCalledOnce();
});

test("what settled in time is not given up, and what goes on beside it is, in the end", async () => {
  const context = start(1000);
  const outer = inTime(never, context);
  const inner = inTime(async () => "done", context);
  const result = expect(Promise.resolve(outer)).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(await inner).toBe("done");
  await vi.advanceTimersByTimeAsync(952);
  await result;
});

test("values and failures pass through, also without a deadline", async () => {
  const free = new InvocationContext({ id: "1", functionName: "f", platform: "test" });
  for (const context of [free, start(1000)]) {
    expect(await inTime(() => "value", context)).toBe("value");
    expect(await inTime(async () => "value", context)).toBe("value");
    await expect(Promise.resolve(inTime(() => Promise.reject(new Error("x")), context))).rejects.toThrow("x");
  }
  const fail = () => {
    throw new Error("x");
  };
  for (const context of [free, start(1000)]) expect(() => inTime(fail, context)).toThrow("x");
});

test("what would begin after the last step does not: nobody would give it up", async () => {
  const context = start(1000);
  Promise.resolve(inTime(never, context)).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(952);
  const begin = vi.fn(never);
  await expect(inTime(begin, context)).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(begin).not.toHaveBeenCalled();
});

test("what is there at once needs no clock, and no timer", () => {
  const context = start(1000);
  expect(inTime(() => "value", context)).toBe("value");
  expect(vi.getTimerCount()).toBe(0);
});

/** Lets a wait go unheard: its end is looked at elsewhere. */
function unheard(promise: unknown): void {
  Promise.resolve(promise).catch(() => undefined);
}

test("of each message in flight the innermost wait ends first, and what holds all of them last", async () => {
  const context = start(1000);
  const messages = ["a", "b"].map((id) => new MessageContext(context, { id }, {}));
  const seen: string[] = [];
  const note = (name: string) => (error: Error) => void seen.push(`${name} ${Date.now()} ${error.message}`);
  const all = inTime(async () => {
    const waits = messages.map((message, index) =>
      inTime(async () => {
        await Promise.resolve(inTime(never, message)).catch(note(`handler ${index}`));
        return never();
      }, message),
    );
    waits.map((wait, index) => Promise.resolve(wait).catch(note(`middleware ${index}`)));
    await Promise.allSettled(waits);
    return never();
  }, context);
  Promise.resolve(all).catch(note("delivery"));
  await vi.advanceTimersByTimeAsync(2000);
  const text = "The function did not answer in time.";
  expect(seen).toEqual([
    `handler 1 901 ${text}`,
    `handler 0 901 ${text}`,
    `middleware 1 951 ${text}`,
    `middleware 0 951 ${text}`,
    `delivery 951 ${text}`,
  ]);
});

test("a wait for several messages is asked with those whose middleware decides already, and then with none", async () => {
  const context = start(1000);
  const [one, two] = ["a", "b"].map((id) => new MessageContext(context, { id }, {})) as [
    MessageContext,
    MessageContext,
  ];
  unheard(inTime(never, one));
  const asked: (readonly unknown[])[] = [];
  context["~deadline"]?.outermost((error, decided) => {
    asked.push([error.message, decided.has(one), decided.has(two), decided.size]);
    return true;
  });
  await vi.advanceTimersByTimeAsync(1000);
  const text = "The function did not answer in time.";
  expect(asked).toEqual([
    [text, true, false, 1],
    [text, false, false, 0],
  ]);
});

test("what an outermost wait with a root has ended counts as decided", async () => {
  const context = start(1000);
  const message = new MessageContext(context, { id: "a" }, {});
  const seen: string[] = [];
  context["~deadline"]?.outermost(() => seen.push("outer") > 0, message);
  context["~deadline"]?.outermost(() => seen.push("outermost") > 0, message);
  await vi.advanceTimersByTimeAsync(902);
  expect(seen).toEqual(["outer"]);
});

test("a wait that has nothing left leaves the step to the one around it", async () => {
  const context = start(1000);
  const seen: string[] = [];
  context["~deadline"]?.outermost(() => seen.push("around") > 0, context);
  const value = inTime(async () => "done", context);
  expect(await value).toBe("done");
  await vi.advanceTimersByTimeAsync(902);
  expect(seen).toEqual(["around"]);
});

test("what comes after a wait was given up goes to `onLate`, and what it comes from to `onGivenUp`", async () => {
  const context = start(1000);
  const onLate = vi.fn();
  const onGivenUp = vi.fn();
  const running = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 2000));
  const wait = inTime(() => running, context, onLate, onGivenUp);
  const failed = expect(wait).rejects.toMatchObject({ code: "TIMEOUT" });
  await vi.advanceTimersByTimeAsync(1999);
  await failed;
  expect(onGivenUp.mock.calls).toEqual([[running]]);
  expect(onLate).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onLate.mock.calls).toEqual([["late"]]);
});

test("what is over is forgotten: a delivery of many messages keeps no more waits than there are at once", async () => {
  const context = start(60_000);
  const waits = (): number => Reflect.get(context["~deadline"] as Deadline, "waits").length;
  let most = 0;
  const whole = inTime(async () => {
    for (let count = 0; count < 100; count += 1) {
      const slow = inTime(() => new Promise((resolve) => setTimeout(resolve, 3)), context);
      await inTime(() => inTime(() => new Promise((resolve) => setTimeout(resolve, 1)), context), context);
      await slow;
      most = Math.max(most, waits());
    }
  }, context);
  await vi.advanceTimersByTimeAsync(400);
  await whole;
  expect(most).toBeLessThan(5);
  expect(waits()).toBe(0);
});

test("neither is called for what settled in time", async () => {
  const context = start(1000);
  const called = vi.fn();
  await inTime(async () => "done", context, called, called);
  await Promise.resolve(inTime(() => Promise.reject(new Error("x")), context, called, called)).catch(() => undefined);
  unheard(inTime(never, context));
  await vi.advanceTimersByTimeAsync(2000);
  expect(called).not.toHaveBeenCalled();
});

test("an invocation that is known to have no deadline plans no timer, and what it waits for is passed on as it is", async () => {
  const context = start(Number.POSITIVE_INFINITY);
  const running = never();
  expect(inTime(() => running, context)).toBe(running);
  context["~deadline"]?.outermost(() => true);
  expect(vi.getTimerCount()).toBe(0);
});

test("when an invocation is over its deadline does nothing more", async () => {
  const context = start(1000);
  unheard(inTime(never, context));
  context["~deadline"]?.end();
  await vi.advanceTimersByTimeAsync(2000);
  expect(context["~isAborted"]).toBe(false);
});

test("a deadline is over after its third step, and acts no more", async () => {
  const context = start(1000);
  unheard(inTime(never, context));
  await vi.advanceTimersByTimeAsync(950);
  await vi.advanceTimersByTimeAsync(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(context["~deadline"]?.dueMs).toBe(Number.POSITIVE_INFINITY);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  [1000, 50],
  [60_000, 250],
  [20, 5],
  [-100, 5],
])("with %i ms left the steps are %i ms apart", (leftMs, stepMs) => {
  expect(toStepMs(10_000 + leftMs, 10_000)).toBe(stepMs);
});

test.each([undefined, null, 0, "then", {}, []])("%j is no promise", (value) => {
  expect(isPromise(value)).toBe(false);
});

test("a handler that goes on is known to its context until it ends, however it ends, or another one takes its place", async () => {
  const context = start(1000);
  noteRunning(context, Promise.reject(new Error("x")));
  expect(context["~running"]).toBeInstanceOf(Promise);
  await vi.advanceTimersByTimeAsync(0);
  expect(context["~running"]).toBeUndefined();
  noteRunning(context, new Promise((resolve) => setTimeout(resolve, 10)));
  noteRunning(context, never());
  await vi.advanceTimersByTimeAsync(20);
  expect(context["~running"]).toBeInstanceOf(Promise);
  expect(() => noteRunning({} as Context, never())).not.toThrow();
});

test("what would begin after its signal has aborted is refused with the code of the signal's reason", () => {
  const context = start(1000);
  expect(() => checkCanBegin(context)).not.toThrow();
  expect(() => checkCanBegin({} as Context)).not.toThrow();
  const left = new Error("the client has left");
  context["~abort"](left);
  expect(() => checkCanBegin(context)).toThrow(
    expect.objectContaining({
      code: "CANCELLED",
      message: "The handler did not begin: its time was up before.",
      cause: left,
    }),
  );
  const late = start(1000);
  late["~abort"](new HandlerError("TIMEOUT", "late"));
  expect(() => checkCanBegin(late)).toThrow(expect.objectContaining({ code: "TIMEOUT" }));
});

test("a request's handler may begin after its client has left, and not once its time is up or its outcome is decided", () => {
  const context = start(1000);
  expect(() => checkHasTime(context)).not.toThrow();
  expect(() => checkHasTime({} as Context)).not.toThrow();
  context["~abort"](new Error("the client has left"));
  expect(() => checkHasTime(context)).not.toThrow();
  const cancelled = start(1000);
  cancelled["~abort"](new HandlerError("CANCELLED", "the client has left"));
  expect(() => checkHasTime(cancelled)).not.toThrow();
  const late = start(1000);
  late["~abort"](new HandlerError("TIMEOUT", "late"));
  expect(() => checkHasTime(late)).toThrow(expect.objectContaining({ code: "TIMEOUT" }));
  const message = new MessageContext(start(1000), { id: "a" }, {});
  message["~decided"] = true;
  for (const check of [checkHasTime, checkCanBegin])
    expect(() => check(message)).toThrow(expect.objectContaining({ code: "TIMEOUT", cause: undefined }));
});

test("a middleware's own signal keeps a handler from beginning, as the invocation's does", () => {
  const controller = new AbortController();
  const context = start(1000);
  const child = childOf(context as Context, { signal: controller.signal });
  const other = childOf(context as Context, { user: "ann" });
  for (const one of [child, other]) expect(() => checkCanBegin(one)).not.toThrow();
  controller.abort(new HandlerError("TIMEOUT", "the middleware's"));
  expect(() => checkCanBegin(child)).toThrow(
    expect.objectContaining({ code: "TIMEOUT", cause: expect.objectContaining({ message: "the middleware's" }) }),
  );
  expect(() => checkHasTime(child)).toThrow(expect.objectContaining({ code: "TIMEOUT" }));
  for (const one of [other, context]) expect(() => checkCanBegin(one)).not.toThrow();
  context["~abort"](new Error("the client has left"));
  for (const one of [other, context])
    expect(() => checkCanBegin(one)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: "the client has left" }) }),
    );
});

test("what was abandoned and fails in the end says so in the log, and nothing else does", async () => {
  const { context, logs } = testContext(1000);
  noteAbandoned(context, Promise.resolve("fine"));
  noteAbandoned(context, Promise.reject(new Error("no disk")));
  await vi.advanceTimersByTimeAsync(0);
  expect(logs()).toEqual([
    {
      level: "warn",
      message: "what was abandoned at the deadline has failed",
      error: expect.objectContaining({ message: "no disk" }),
    },
  ]);
});

test("after the end of an invocation its deadline aborts nothing, and gives up nothing that starts then", async () => {
  const context = start(1000);
  const deadline = context["~deadline"] as Deadline;
  expect(await inTime(async () => "value", context)).toBe("value");
  deadline.end();
  expect(deadline.isEnded).toBe(true);
  vi.setSystemTime(5000);
  deadline.look();
  expect(context["~isAborted"]).toBe(false);
  const late = inTime(() => new Promise((resolve) => setTimeout(() => resolve("late"), 9000)), context);
  await vi.advanceTimersByTimeAsync(9000);
  expect(await late).toBe("late");
});

test("a look at the moment when the deadline is due aborts", () => {
  const context = start(1000);
  const deadline = context["~deadline"] as Deadline;
  deadline.look();
  vi.setSystemTime(849);
  deadline.look();
  expect(context["~isAborted"]).toBe(false);
  vi.setSystemTime(850);
  deadline.look();
  expect(context["~isAborted"]).toBe(true);
});

test("an invocation has its result once its background work is settled, and its failure at once", async () => {
  const seen: string[] = [];
  const make = () => new InvocationContext({ id: "1", functionName: "f", platform: "test", deadlineMs: 1000 });
  const context = make();
  const result = withDeadline(context, new Watchdog(), () => {
    context.waitUntil(new Promise<void>((resolve) => setTimeout(resolve, 10)).then(() => seen.push("work")));
    return "value";
  }).then((value) => seen.push(value));
  await vi.advanceTimersByTimeAsync(10);
  await result;
  expect(seen).toEqual(["work", "value"]);
  await expect(withDeadline(make(), new Watchdog(), () => Promise.reject(new Error("x")))).rejects.toThrow("x");
  await vi.advanceTimersByTimeAsync(2000);
  expect(context["~isAborted"]).toBe(false);
});

test("background work that hangs fails the invocation at its deadline", async () => {
  const context = new InvocationContext({ id: "1", functionName: "f", platform: "test", deadlineMs: 1000 });
  const result = withDeadline(context, new Watchdog(), () => context.waitUntil(never()));
  const failed = expect(result).rejects.toMatchObject({ code: "TIMEOUT" });
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
});
