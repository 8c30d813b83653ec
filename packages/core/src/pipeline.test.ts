import { expect, test } from "vitest";
import { childOf } from "./context-child.js";
import { compose, type Layer } from "./pipeline.js";

type L = Layer<string, object, string>;

test("layers run from the outside in and back", async () => {
  const seen: string[] = [];
  const layer =
    (name: string): L =>
    async (event, _context, next) => {
      seen.push(`${name} in`);
      const result = await next();
      seen.push(`${name} out`);
      return `${event}:${result}`;
    };
  const run = compose([layer("a"), layer("b")], async () => "done");
  expect(await run("e", {})).toBe("e:e:done");
  expect(seen).toEqual(["a in", "b in", "b out", "a out"]);
});

test("without layers the handler is the pipeline", () => {
  const handler = async () => "x";
  expect(compose([], handler)).toBe(handler);
});

test("next without additions passes the same context on", async () => {
  const context = {};
  const seen: object[] = [];
  const pass: L = (_event, _context, next) => next();
  await compose([pass], async (_event: string, given: object) => String(seen.push(given)))("e", context);
  expect(seen[0]).toBe(context);
});

test("additions are seen inside, not outside, and not by a second run", async () => {
  const seen: object[] = [];
  let turn = 0;
  const twice: L = async (_event, _context, next) => {
    await next({ turn: ++turn });
    return next();
  };
  const outer = { base: true };
  const handler = async (_event: string, { base, turn }: { base?: boolean; turn?: number }) =>
    String(seen.push({ base, turn }));
  await compose([twice], handler as (event: string, context: object) => Promise<string>)("e", outer);
  expect(seen).toEqual([
    { base: true, turn: 1 },
    { base: true, turn: undefined },
  ]);
  expect(outer).toEqual({ base: true });
});

test("an addition may carry the name of a getter, or __proto__", () => {
  const parent = {
    get log() {
      return "parent";
    },
  };
  const child = childOf(parent, { log: "child", ["__proto__"]: "own" });
  expect(child.log).toBe("child");
  expect(Object.hasOwn(child, "__proto__")).toBe(true);
  expect(parent.log).toBe("parent");
});

test("a rejection passes through the layers", async () => {
  const seen: unknown[] = [];
  const layer: L = async (_event, _context, next) => {
    try {
      return await next();
    } catch (error) {
      seen.push(error);
      throw error;
    }
  };
  const run = compose([layer, layer], async () => Promise.reject(new Error("x")));
  await expect(run("e", {})).rejects.toThrow("x");
  expect(seen).toHaveLength(2);
});
