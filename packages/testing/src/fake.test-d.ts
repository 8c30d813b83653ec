import {
  ack,
  type Context,
  change,
  event,
  http,
  invoke,
  type Outcome,
  object,
  queue,
  reply,
  schedule,
  stream,
  topic,
} from "@portico/core";
import { expectTypeOf, test } from "vitest";
import { batch } from "./batch.js";
import { fake } from "./fake.js";
import { json } from "./reply.js";

const getOrder = http.get("/tenants/:tenant/orders/:id").handle(() => reply.empty());
const list = http.get("/").handle(() => reply.empty());

test("a fake request must have the parameters of the function it is given to", () => {
  getOrder(fake.http({ params: { tenant: "acme", id: "1" } }));
  list(fake.http());
  // @ts-expect-error no parameters
  getOrder(fake.http());
  // @ts-expect-error the id is missing
  getOrder(fake.http({ params: { tenant: "acme" } }));
  // @ts-expect-error parameters are text
  fake.http({ params: { id: 1 } });
});

test("a fake context keeps the type of what a layer would have added", () => {
  const context = fake.context({ user: { name: "ada" }, platform: "aws" });
  expectTypeOf(context.user).toEqualTypeOf<{ name: string }>();
  expectTypeOf(context).toExtend<Context>();
  getOrder(fake.http({ params: { tenant: "acme", id: "1" } }), context);
  // @ts-expect-error a deadline is a Date
  fake.context({ deadline: 5000 });
});

test("json is unknown until its type is said", async () => {
  expectTypeOf(json(reply.json({}))).resolves.toBeUnknown();
  expectTypeOf(json<{ id: string }>(reply.json({}))).resolves.toEqualTypeOf<{ id: string }>();
});

test("a fake of each kind goes to a function of its kind alone", () => {
  const fulfil = queue("orders").handle(() => ack());
  fulfil(fake.queue());
  // @ts-expect-error a topic's message
  fulfil(fake.topic());
  topic("orders").handle(() => ack())(fake.topic());
  stream("clicks").handle(() => ack())(fake.stream());
  object("files").handle(() => ack())(fake.object());
  change("orders").handle(() => ack())(fake.change());
  schedule("0 3 * * *").handle(() => ack())(fake.schedule());
  event().handle(() => ack())(fake.event());
  expectTypeOf(invoke("total").handle(() => 1)(fake.invoke())).resolves.toEqualTypeOf<number>();
  // @ts-expect-error misspelt
  fake.queue({ jsn: {} });
  // @ts-expect-error the action of an object is another word
  fake.object({ action: "insert" });
  // @ts-expect-error a queue has no partitions
  fake.queue({ partition: "0" });
});

test("a batch takes the events of its function", () => {
  const fulfil = queue("orders").batch(async (items) => items.map(() => undefined));
  expectTypeOf(batch(fulfil, [fake.queue()])).resolves.toEqualTypeOf<readonly Outcome[]>();
  // @ts-expect-error messages of a topic
  batch(fulfil, [fake.topic()]);
});
