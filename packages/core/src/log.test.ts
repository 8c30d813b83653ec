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
  expect(toLogLevel("TRACE")).toBe("debug");
  expect(toLogLevel("fatal")).toBe("error");
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

const parse = (line: string | undefined) => JSON.parse(line ?? "null");

test("an error may be the message, or stand in the place of the fields", () => {
  const { lines, log } = recorder();
  const boom = new TypeError("boom", { cause: new Error("inner") });
  log.error(boom);
  log.error("payment failed", boom);
  log.warn("payment failed", { error: boom, order: 7 });
  log.error(boom, { order: 7 });
  for (const line of lines)
    expect(parse(line).error).toMatchObject({ name: "TypeError", message: "boom", cause: { message: "inner" } });
  expect(lines.map((line) => parse(line).message)).toEqual(["boom", "payment failed", "payment failed", "boom"]);
  expect(parse(lines[3])).toMatchObject({ order: 7 });
});

test("an error beside another one is kept", () => {
  const { lines, log } = recorder();
  log.error(new Error("first"), { error: new Error("second"), n: 1 });
  expect(parse(lines[0])).toMatchObject({
    error: { message: "first" },
    fields: { error: { message: "second" } },
    n: 1,
  });
});

test("what is no error, and was thrown, is written too", () => {
  const { lines, log } = recorder();
  log.error("failed", "a text");
  log.error("failed", 42);
  log.error(undefined);
  log.error({ code: "E1" });
  log.error(null);
  expect(parse(lines[0])).toMatchObject({ message: "failed", error: "a text" });
  expect(parse(lines[1])).toMatchObject({ message: "failed", error: 42 });
  expect(parse(lines[2]).message).toMatch(/undefined/);
  expect(parse(lines[3]).error).toMatchObject({ cause: { code: "E1" } });
  expect(parse(lines[4]).message).toMatch(/null/);
});

test("fields may come first, and what is no object of fields is kept as a value", () => {
  const { lines, log } = recorder();
  log.info({ order: 7 }, "received");
  log.info({ order: 7 });
  log.info("count", 3);
  log.info("list", ["a"]);
  log.info(12);
  log.child(new Map([["a", 1]]) as never).info("child");
  expect(lines.map(parse)).toEqual([
    { level: "info", message: "received", order: 7 },
    { level: "info", message: "", order: 7 },
    { level: "info", message: "count", value: 3 },
    { level: "info", message: "list", value: ["a"] },
    { level: "info", message: "12" },
    { level: "info", message: "child", value: { a: 1 } },
  ]);
});

test("an aggregate error is written with its errors, an error of the platform with its code", () => {
  const errors = Array.from({ length: 12 }, (_, n) => new Error(`e${n}`));
  const shown = errorFields(new AggregateError([...errors, "text"], "all failed"));
  expect(shown).toMatchObject({ name: "AggregateError", message: "all failed" });
  expect(shown.errors).toHaveLength(11);
  expect((shown.errors as unknown[])[10]).toBe("[3 more]");
  expect(errorFields(Object.assign(new Error("no"), { code: "ECONNREFUSED" }))).toMatchObject({ code: "ECONNREFUSED" });
});

test("an aggregate error that holds itself is written", () => {
  const error = new AggregateError([], "x");
  error.errors.push(error);
  error.cause = error;
  expect(toLine({ error }).length).toBeLessThan(100_000);
});

test("maps, sets, bytes, patterns and values without members of their own can be read", () => {
  const line = parse(
    toLine({
      map: new Map<unknown, unknown>([["a", new Set([1n])]]),
      pairs: new Map([[1, "one"]]),
      bytes: new TextEncoder().encode("hello"),
      many: new Uint8Array(1000),
      pattern: /a+/g,
      symbol: Symbol("s"),
      not: Number.NaN,
      promise: Promise.resolve(1),
      big: 2n ** 70n,
      zero: null,
      gone: undefined,
    }),
  );
  expect(line).toMatchObject({
    map: { a: ["1"] },
    pairs: [[1, "one"]],
    bytes: "<Uint8Array 68 65 6c 6c 6f>",
    pattern: "/a+/g",
    symbol: "Symbol(s)",
    not: "NaN",
    promise: "[Promise]",
    big: "1180591620717411303424",
    zero: null,
  });
  expect(line.many).toMatch(/^<Uint8Array 00 .* \.\.\. 968 more bytes>$/);
});

test("a getter, a toJSON, a proxy and a message that throw cost a line no other field", () => {
  const { lines, log } = recorder();
  const bad = {
    order: 7,
    get trap(): never {
      throw new Error("no");
    },
  };
  log.info("fields", bad);
  log.info("deep", { bad, order: 7 });
  log.info("json", {
    value: {
      order: 7,
      toJSON() {
        throw new Error("no");
      },
    },
  });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  log.info("proxy", { proxy, order: 7 });
  const error = new Error("x");
  Object.defineProperty(error, "message", {
    get() {
      throw new Error("no");
    },
  });
  log.error(error, { order: 7 });
  log.info(Symbol("message") as never, { order: 7 });
  expect(lines).toHaveLength(6);
  for (const line of lines) expect(line).toContain('"order":7');
  expect(parse(lines[0]).trap).toBe("[unreadable]");
  expect(parse(lines[1]).bad.trap).toBe("[unreadable]");
});

test("a line is bounded, and says what it leaves out", () => {
  const { lines, log } = recorder();
  log.info("text", { body: "x".repeat(10_000_000) });
  log.info("list", { list: Array.from({ length: 1_000_000 }, (_, n) => n) });
  log.info("members", Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`member${n}`, n])));
  log.info("y".repeat(1_000_000), { ["k".repeat(100_000)]: 1 });
  log.info("texts", { texts: Array.from({ length: 1000 }, () => "z".repeat(1000)) });
  log.error("error", new Error("m".repeat(1_000_000), { cause: "c".repeat(1_000_000) }));
  for (const line of lines) expect(line.length).toBeLessThan(200_000);
  expect(lines[0]).toMatch(/\.\.\. \[\d+ more characters\]/);
  expect(lines[1]).toMatch(/\[\d+ more\]/);
  expect(lines[2]).toContain("[left out]");
});

test("credentials inside of a value are hidden, and a field of the caller's own is as he gave it", () => {
  const native = {
    headers: { Authorization: "Bearer secret-1", cookie: "secret-2", accept: "*/*", "X-Api-Key": "secret-3" },
    multiValueHeaders: { "Set-Cookie": ["secret-4"], "x-ms-token-aad-access-token": "secret-5" },
    cookies: ["secret-6"],
  };
  const line = toLine({ native, authorization: "as given" });
  expect(line).not.toContain("secret");
  expect(parse(line)).toMatchObject({ native: { headers: { accept: "*/*" } }, authorization: "as given" });
});

test("a request of Node's is named and not taken apart", () => {
  class IncomingMessage {
    rawHeaders = ["authorization", "secret"];
    on() {}
  }
  expect(parse(toLine({ request: new IncomingMessage() }))).toEqual({ request: "[IncomingMessage]" });
});

test("a key that would set a prototype is a field like any other", () => {
  const { lines, log } = recorder();
  log.info("x", { nested: JSON.parse('{"__proto__":{"a":1}}') });
  expect(lines[0]).toContain('"__proto__":{"a":1}');
});

test("a text that names no level is info, and said once", () => {
  const lines: string[] = [];
  const make = (level: string) =>
    createLogger({ format: ({ message }) => ({ message }), write: (line) => lines.push(line), level });
  for (const log of [make("nonsense"), make("nonsense"), make(""), make("DEBUG"), make("fatal"), make("constructor")])
    log.info("x");
  expect(lines.filter((line) => line.includes("nonsense"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('"x"'))).toHaveLength(5);
});
