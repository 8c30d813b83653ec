import { events, fake, header, json } from "@portico/testing";
import { expect, test } from "vitest";
import { app, createOrder, getOrder, latestOrder, listOrders, orderEvents } from "./orders.js";
import type { Order } from "./store.js";

const order = { sku: "café-42", quantity: 2 };

test("an order is created, and found by its id", async () => {
  const context = fake.context();
  const created = await createOrder(fake.http({ params: { tenant: "acme" }, json: order }), context);
  expect(created.status).toBe(201);
  expect(context.logs).toContainEqual({
    level: "info",
    message: "order received",
    fields: { tenant: "acme", sku: "café-42" },
  });

  const { id } = await json<Order>(created);
  const found = await getOrder(fake.http({ params: { tenant: "acme", id } }));
  expect(await json(found)).toMatchObject({ id, ...order, state: "open" });
});

test("an order of another tenant is not found", async () => {
  const { id } = await json<Order>(
    await createOrder(fake.http({ params: { tenant: "acme" }, json: order }), fake.context()),
  );
  const found = await getOrder(fake.http({ params: { tenant: "other", id } }), fake.context());
  expect(found.status).toBe(404);
});

test("orders are listed by state and tags, and the latest has an address of its own", async () => {
  const params = { tenant: "list" };
  for (const tags of [["a"], ["a", "b"]]) {
    await createOrder(fake.http({ params, json: { ...order, tags } }), fake.context());
  }
  const tagged = await listOrders(fake.http({ params, query: { state: "open", tag: ["a", "b"] } }));
  const { orders, total } = await json<{ orders: Order[]; total: number }>(tagged);
  expect(total).toBe(1);
  const latest = await latestOrder(fake.http({ params }));
  expect(header(latest, "location")).toBe(`/tenants/list/orders/${orders[0]?.id}`);
});

test("the states of an order arrive one after the other", async () => {
  const { id } = await json<Order>(
    await createOrder(fake.http({ params: { tenant: "acme" }, json: order }), fake.context()),
  );
  const states = await events(await orderEvents(fake.http({ params: { tenant: "acme", id } })));
  expect(states.map(({ data }) => JSON.parse(data ?? "").state)).toEqual(["open", "paid", "shipped", "delivered"]);
});

test("behind the router, a refused order carries a request id and CORS headers", async () => {
  const headers = { origin: "https://shop.example.com" };
  const request = fake.http({ url: "/tenants/acme/orders", headers, json: { ...order, quantity: 0 } });
  const refused = await app(request, fake.context());
  expect(refused.status).toBe(400);
  expect(await json(refused)).toMatchObject({ code: "INPUT_INVALID", details: [{ path: "body.quantity" }] });
  expect(header(refused, "access-control-allow-origin")).toBe("https://shop.example.com");
  expect(header(refused, "x-request-id")).toBeDefined();
});
