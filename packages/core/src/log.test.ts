import { expect, test } from "vitest";
import { HandlerError } from "./error.js";
import { createLogger, errorFields, type LogEntry, toLine, toLogLevel } from "./log.js";

function recorder(level?: "debug" | "warn") {
  const lines: string[] = [];
  const format = ({ level: entryLevel, message, fields }: LogEntry) => ({ level: entryLevel, message, ...fields });
  return { lines, log: createLogger({ format, write: (line) => lines.push(line), level }) };
}

test("an entry is one line of JSON", () => {
  const { lines, log } = recorder();
  log.info("two\nlines", { sku: "a" });
  expect(lines).toEqual(['{"level":"info","message":"two\\nlines","sku":"a"}']);
});

test("a child adds its fields, and an entry's own win", () => {
  const { lines, log } = recorder();
  log.child({ tenant: "acme", n: 1 }).child({ order: 7 }).warn("x", { n: 2 });
  expect(JSON.parse(lines[0]!)).toEqual({ level: "warn", message: "x", tenant: "acme", order: 7, n: 2 });
});

test("entries below the level are left out, of children too", () => {
  const { lines, log } = recorder("warn");
  log.debug("a");
  log.child({}).info("b");
  log.error("c");
  expect(lines).toHaveLength(1);
});

test("info is the default level", () => {
  const { lines, log } = recorder();
  log.debug("a");
  expect(lines).toEqual([]);
});

test("cycles, bigints, functions, dates and getters that throw do not stop a line", () => {
  const cycle: Record<string, unknown> = { n: 10n, f() {}, date: new Date(0), bad: new Date(Number.NaN) };
  cycle.self = cycle;
  Object.defineProperty(cycle, "trap", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
  const line = toLine({ cycle, list: [cycle] });
  expect(JSON.parse(line)).toMatchObject({
    cycle: { n: "10", self: "[circular]", date: "1970-01-01T00:00:00.000Z", bad: "Invalid Date", trap: "[unreadable]" },
  });
});

test("a value seen twice without a cycle is written twice", () => {
  const shared = { a: 1 };
  const cycle: Record<string, unknown> = { one: shared, two: shared };
  cycle.self = cycle;
  expect(JSON.parse(toLine(cycle))).toEqual({ one: { a: 1 }, two: { a: 1 }, self: "[circular]" });
});

test("a writer that throws does not reach the caller", () => {
  const log = createLogger({
    format: () => ({}),
    write: () => {
      throw new Error("disk full");
    },
  });
  expect(() => log.error("x")).not.toThrow();
});

test("an error is written with its stack, code, hint and causes", () => {
  const error = new HandlerError("NOT_FOUND", "gone", {
    hint: "look elsewhere",
    details: [1],
    cause: new TypeError("inner", { cause: "root" }),
  });
  expect(errorFields(error)).toMatchObject({
    name: "HandlerError",
    message: "gone",
    stack: expect.stringContaining("log.test.ts"),
    code: "NOT_FOUND",
    hint: "look elsewhere",
    details: [1],
    cause: { name: "TypeError", message: "inner", cause: "root" },
  });
});

test("an error that is its own cause is written", () => {
  const error = new Error("x");
  error.cause = error;
  expect(() => toLine({ error })).not.toThrow();
});

test("levels are read in any case", () => {
  expect(toLogLevel("WARN")).toBe("warn");
  expect(toLogLevel("toString")).toBeUndefined();
  expect(toLogLevel(undefined)).toBeUndefined();
});

test("an entry with a tangle of objects is written in no time, and one that is nested very deep too", () => {
  const tangle = Array.from({ length: 40 }, (_, id): Record<string, unknown> => ({ id }));
  for (const from of tangle) for (const to of tangle) from[`to${String(to.id)}`] = to;
  const { lines, log } = recorder();
  log.info("tangle", { tangle });
  let deep: object = {};
  for (let level = 0; level < 50_000; level += 1) deep = { deep };
  log.info("deep", { deep });
  expect(lines).toHaveLength(2);
  expect(lines[0]!.length).toBeLessThan(1_000_000);
});
