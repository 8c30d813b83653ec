import { type Context, http, reply } from "@portico/core";
import { expectTypeOf, test } from "vitest";
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
