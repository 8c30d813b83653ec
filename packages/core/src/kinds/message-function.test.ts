import { expect, test, vi } from "vitest";
import { z } from "zod";
import { testContext, testMessage } from "../../test/message.js";
import { HandlerError } from "../error.js";
import { ack, retry } from "../outcome.js";
import { validate } from "../validate.js";
import { change } from "./change.js";
import { type CloudEvent, event } from "./event.js";
import { type ObjectEvent, object } from "./object.js";
import { queue } from "./queue.js";
import { stream } from "./stream.js";
import { topic } from "./topic.js";

test("a function carries its trigger as plain data", () => {
  const triggers = [
    queue("orders").handle(ack).trigger,
    topic("placed").handle(ack).trigger,
    stream("clicks").handle(ack).trigger,
    object("uploads", { prefix: "in/", actions: ["created"] }).handle(ack).trigger,
    change("orders", { actions: ["insert"] }).handle(ack).trigger,
    event({ types: "order.*" }).handle(ack).trigger,
  ];
  expect(JSON.parse(JSON.stringify(triggers))).toEqual([
    { kind: "queue", queue: "orders" },
    { kind: "topic", topic: "placed" },
    { kind: "stream", stream: "clicks" },
    { kind: "object", bucket: "uploads", prefix: "in/", actions: ["created"] },
    { kind: "change", table: "orders", actions: ["insert"] },
    { kind: "event", types: ["order.*"] },
  ]);
});

test("a message function resolves to an outcome, nothing being ack", async () => {
  expect(await queue("q").handle(() => undefined)(testMessage("a"))).toEqual({ outcome: "ack" });
  expect(await queue("q").handle(async () => retry({ afterSeconds: 3 }))(testMessage("a"))).toMatchObject({
    outcome: "retry",
    afterSeconds: 3,
  });
});

test("it never rejects: a throw is retry, a permanent one deadLetter, and both are logged", async () => {
  const { context, logs } = testContext();
  const fail = (error: unknown) =>
    queue("q").handle(() => {
      throw error;
    })(testMessage("a"), context);
  const error = new Error("x");
  expect(await fail(error)).toEqual({ outcome: "retry", error });
  expect(await fail(new HandlerError("NOT_FOUND", "no order"))).toMatchObject({
    outcome: "deadLetter",
    reason: "NOT_FOUND: no order",
  });
  expect(await fail(new HandlerError("UNAVAILABLE", "later"))).toMatchObject({ outcome: "retry" });
  expect(await fail(undefined)).toMatchObject({ outcome: "retry" });
  expect(logs().filter(({ level }) => level === "error")).toHaveLength(4);
});

test("validated input is typed, and what fails is a dead letter", async () => {
  const fn = queue("q")
    .use(validate(z.object({ sku: z.string() })))
    .handle((_message, { input }) => (input.sku === "a" ? ack() : retry()));
  expect(await fn(testMessage("1", '{"sku":"a"}'))).toEqual({ outcome: "ack" });
  for (const body of ["{}", "", "{", new Uint8Array([0xff]), '{"__proto__":{"sku":"a"}}']) {
    expect(await fn(testMessage("1", body))).toMatchObject({ outcome: "deadLetter" });
  }
});

test("layers may answer early, and see the outcome", async () => {
  const seen: string[] = [];
  const fn = queue("q")
    .use(async (_message, _context, next) => {
      const outcome = await next();
      seen.push(outcome.outcome);
      return outcome;
    })
    .use(async (message, _context, next) => (message.id === "skip" ? ack() : next({ tenant: "acme" })))
    .handle((_message, { tenant }) => (tenant === "acme" ? retry() : ack()));
  await fn(testMessage("skip"));
  await fn(testMessage("a"));
  expect(seen).toEqual(["ack", "retry"]);
});

test("a batch handler that is called with one message gets a batch of one", async () => {
  const handler = vi.fn(async () => [retry()]);
  expect(await queue("q").batch(handler)(testMessage("a"))).toEqual({ outcome: "retry", afterSeconds: undefined });
  expect(handler).toHaveBeenCalledOnce();
});

test("a layer that runs the rest twice has the batch handler called again for that message", async () => {
  const sizes: number[] = [];
  let turns = 0;
  const fn = queue("q")
    .use(async (_message, _context, next) => {
      const outcome = await next();
      return outcome.outcome === "retry" ? next() : outcome;
    })
    .batch(async (items) => {
      sizes.push(items.length);
      turns += 1;
      return items.map(() => (turns === 1 ? retry() : ack()));
    });
  expect(await fn(testMessage("a"))).toEqual({ outcome: "ack" });
  expect(sizes).toEqual([1, 1]);
});

const upload = (key: string, action: ObjectEvent["action"] = "created") =>
  ({ kind: "object", id: key, source: "s", time: new Date(0), native: {}, bucket: "b", key, action }) as ObjectEvent;

test("objects outside the filter are dropped, and the handler does not see them", async () => {
  const handler = vi.fn();
  const fn = object("b", { prefix: "in/", suffix: ".png", actions: ["created"] }).handle(handler);
  expect(await fn(upload("in/a.png"))).toEqual({ outcome: "ack" });
  for (const other of [upload("out/a.png"), upload("in/a.txt"), upload("in/a.png", "deleted")]) {
    expect(await fn(other)).toMatchObject({ outcome: "drop" });
  }
  expect(handler).toHaveBeenCalledOnce();
});

test("events are filtered by type and source, with a final star", async () => {
  const fn = event({ types: ["order.*", "exact"], sources: "/shop/*" }).handle(() => retry());
  const of = (type: string, source: string) =>
    fn({ kind: "event", id: "1", type, source } as CloudEvent).then(({ outcome }) => outcome);
  expect(await of("order.placed", "/shop/1")).toBe("retry");
  expect(await of("exact", "/shop/")).toBe("retry");
  expect(await of("exactly", "/shop/1")).toBe("drop");
  expect(await of("order.placed", "/other")).toBe("drop");
});

test("what is no function is refused where it is declared", () => {
  const nothing = undefined as unknown as () => undefined;
  expect(() => queue("q").handle(nothing)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(() => queue("q").batch(nothing as never)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
