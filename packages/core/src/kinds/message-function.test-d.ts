import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type AnyQueueFunction,
  ack,
  change,
  http,
  invoke,
  type QueueMessage,
  queue,
  reply,
  retry,
  schedule,
  stream,
  topic,
  validate,
} from "../index.js";

test("handlers get their kind's event, and return an outcome or nothing", () => {
  queue("q").handle((message) => expectTypeOf(message).toEqualTypeOf<QueueMessage>() as unknown as undefined);
  stream("s").handle(
    async ({ partition, sequence }) =>
      expectTypeOf([partition, sequence]).toEqualTypeOf<string[]>() as unknown as undefined,
  );
  change("t").handle(async ({ action }) => (action === "upsert" ? retry() : ack()));
  schedule("0 3 * * *").handle(async () => {});
  // @ts-expect-error a number is no outcome
  queue("q").handle(() => 42);
  // @ts-expect-error a reply is no outcome
  topic("t").handle(() => reply.empty());
});

test("validate works on every kind", () => {
  queue("q")
    .use(validate(z.object({ a: z.number() })))
    .handle((_m, { input }) => expectTypeOf(input.a).toEqualTypeOf<number>() as unknown as undefined);
  change("t")
    .use(validate(z.object({ b: z.string() })))
    .batch(async (items) => items.map(({ context }) => (context.input.b === "" ? retry() : ack())));
  invoke("i")
    .use(validate(z.object({ c: z.boolean() })))
    .handle((_c, { input }) => input.c);
});

test("an invoke function has the type of its handler's result", () => {
  const fn = invoke("i").handle(async () => ({ total: 1 }));
  expectTypeOf(fn).returns.resolves.toEqualTypeOf<{ total: number }>();
});

test("adapters take functions of their kind alone", () => {
  const take = (_fn: AnyQueueFunction) => undefined;
  take(queue("q").handle(ack));
  // @ts-expect-error another kind
  take(topic("t").handle(ack));
  // @ts-expect-error another kind
  take(http.get("/").handle(() => reply.empty()));
});
