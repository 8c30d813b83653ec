import { expect, test, vi } from "vitest";
import { InvocationContext } from "./context.js";
import { childOf } from "./context-child.js";
import { createLogger, type Logger } from "./log.js";
import { toContext } from "./to-context.js";

const context = (deadlineMs?: number) =>
  new InvocationContext({ id: "1", functionName: "f", platform: "test", deadlineMs });

test("without a deadline there is no end of time", () => {
  expect(context().deadline).toBeUndefined();
  expect(context().remainingMs()).toBe(Number.POSITIVE_INFINITY);
});

test("the remaining time is never negative", () => {
  expect(context(Date.now() - 1000).remainingMs()).toBe(0);
  expect(context(Date.now() + 5000).remainingMs()).toBeGreaterThan(4000);
  expect(context(1000).deadline).toEqual(new Date(1000));
});

test("children share one signal, one logger and one trace with their root", () => {
  const root = context();
  const child = childOf(childOf(root, { a: 1 }), { b: 2 });
  expect(child.signal).toBe(root.signal);
  expect(child.log).toBe(root.log);
  expect(child.trace).toBe(root.trace);
  expect(child).toMatchObject({ a: 1, b: 2, id: "1" });
});

test("a signal that is asked for after the abort is aborted, with the first reason", () => {
  const root = context();
  root["~abort"](new Error("first"));
  root["~abort"](new Error("second"));
  expect(root.signal.aborted).toBe(true);
  expect(root.signal.reason).toEqual(new Error("first"));
});

test("a signal that is held aborts", () => {
  const root = context();
  const { signal } = root;
  root["~abort"](new Error("x"));
  expect(signal.aborted).toBe(true);
});

test("work passed to waitUntil is settled, also work that such work adds, and its failure is logged", async () => {
  const root = context();
  const error = vi.spyOn(root.log, "error").mockImplementation(() => undefined);
  const done: string[] = [];
  expect(root["~settle"]()).toBeUndefined();
  childOf(root, { a: 1 }).waitUntil(
    (async () => {
      await Promise.resolve();
      root.waitUntil(Promise.resolve().then(() => done.push("inner")));
      done.push("outer");
    })(),
  );
  root.waitUntil(Promise.reject(new Error("x")));
  await root["~settle"]();
  expect(done).toEqual(["outer", "inner"]);
  expect(error).toHaveBeenCalledOnce();
});

test("a function called without a context gets a console context", () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => undefined);
  toContext(undefined).log.info("hello", { a: 1, level: "fatal", message: "other" });
  expect(JSON.parse(info.mock.calls[0]?.[0])).toMatchObject({
    level: "info",
    message: "hello",
    a: 1,
    invocationId: "local",
  });
  info.mockRestore();
});

test("what a test gives wins over the defaults", () => {
  const { signal } = new AbortController();
  const given = toContext({ id: "7", signal, remainingMs: () => 5 });
  expect(given.id).toBe("7");
  expect(given.signal).toBe(signal);
  expect(given.remainingMs()).toBe(5);
  expect(given.functionName).toBe("local");
});

test("an adapter's context and its children are taken as they are", () => {
  const root = context();
  const child = childOf(root, { a: 1 });
  expect(toContext(root)).toBe(root);
  expect(toContext(child)).toBe(child);
});

test("fields that a layer adds to the log stand in every further entry, also with a logger that was given or in use", () => {
  const lines: string[] = [];
  const log = createLogger({
    format: ({ message, fields }) => ({ message, ...fields }),
    write: (line) => lines.push(line),
  });
  const inUse = new LoggingContext(log);
  inUse.log.info("before");
  for (const root of [toContext({ log }) as InvocationContext, new LoggingContext(log), inUse]) {
    childOf(root, { a: 1 })["~addLogFields"]({ requestId: "r" });
    root["~addLogFields"]({ b: 2 });
    root.log.info("after");
  }
  const after = '{"message":"after","requestId":"r","b":2}';
  expect(lines).toEqual(['{"message":"before"}', after, after, after]);
});

test("where a layer has put a logger of its own in front, its child is handed back to be added", () => {
  const lines: string[] = [];
  const log = createLogger({ format: ({ fields }) => fields, write: (line) => lines.push(line) });
  const root = new LoggingContext(log);
  const inner = childOf(childOf(root, { log: log.child({ tenant: "acme" }) }), { a: 1 });
  inner["~addLogFields"]({ requestId: "r" })?.info("x");
  root.log.info("x");
  expect(childOf(root, { a: 1 })["~addLogFields"]({ requestId: "r" })).toBeUndefined();
  expect(lines).toEqual(['{"tenant":"acme","requestId":"r"}', '{"requestId":"r"}']);
});

class LoggingContext extends InvocationContext {
  private readonly made: Logger;

  constructor(made: Logger) {
    super({ id: "1", functionName: "f", platform: "test" });
    this.made = made;
  }

  protected override "~createLog"(): Logger {
    return this.made;
  }
}
