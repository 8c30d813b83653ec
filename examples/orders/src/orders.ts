import { HandlerError, http, reply, validate } from "@portico/core";
import { cors } from "@portico/middleware/cors";
import { requestId } from "@portico/middleware/request-id";
import { router } from "@portico/router";
import { z } from "zod";
import { downloadAttachment, uploadAttachment, uploadForm } from "./attachments.js";
import { homePage, orderForm } from "./pages.js";
import { findOrder, ordersOf, saveOrder, states } from "./store.js";
import { tour } from "./tour.js";

const NewOrder = z.object({
  sku: z.string().min(1),
  quantity: z.number().int().positive(),
  tags: z.array(z.string()).default([]),
  note: z.string().optional(),
});

export const createOrder = http
  .post("/tenants/:tenant/orders")
  .use(validate(NewOrder))
  .handle((request, { input, log }) => {
    const { tenant } = request.params;
    const order = { id: crypto.randomUUID(), tenant, ...input, state: "open" } as const;
    saveOrder(order);
    log.info("order received", { tenant, sku: order.sku });
    const location = `${request.basePath}${request.path}/${order.id}`;
    return reply.json(order, { status: 201, headers: { location } });
  });

export const getOrder = http.get("/tenants/:tenant/orders/:id").handle(({ params }) => {
  const order = findOrder(params.tenant, params.id);
  if (!order) throw new HandlerError("NOT_FOUND", "There is no such order.");
  return reply.json(order);
});

const Filter = z.object({
  state: z.enum(states).optional(),
  tag: z.union([z.string(), z.array(z.string())]).default([]),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const listOrders = http
  .get("/tenants/:tenant/orders")
  .use(validate({ query: Filter }))
  .handle(({ params }, { input }) => {
    const { state, tag, limit } = input.query;
    const found = ordersOf(params.tenant)
      .filter((order) => state === undefined || order.state === state)
      .filter((order) => [tag].flat().every((name) => order.tags.includes(name)));
    return reply.json({ orders: found.slice(0, limit), total: found.length });
  });

export const latestOrder = http.get("/tenants/:tenant/orders/latest").handle(({ params, basePath }) => {
  const [order] = ordersOf(params.tenant);
  if (!order) throw new HandlerError("NOT_FOUND", "This tenant has no orders.");
  return reply.redirect(`${basePath}/tenants/${encodeURIComponent(params.tenant)}/orders/${order.id}`);
});

export const orderEvents = http.get("/tenants/:tenant/orders/:id/events").handle(({ params }, { signal }) => {
  const order = findOrder(params.tenant, params.id);
  if (!order) throw new HandlerError("NOT_FOUND", "There is no such order.");
  async function* progress() {
    for (const [index, state] of states.entries()) {
      if (signal.aborted) return;
      if (index > 0) await new Promise((resolve) => setTimeout(resolve, 60));
      yield { id: String(index + 1), event: "state", data: { order: params.id, state } };
    }
  }
  return reply.sse(progress());
});

export const app = router(
  [
    createOrder,
    getOrder,
    listOrders,
    latestOrder,
    orderEvents,
    uploadAttachment,
    uploadForm,
    downloadAttachment,
    homePage,
    orderForm,
    ...tour,
  ],
  { use: [requestId(), cors({ origin: "https://shop.example.com", exposeHeaders: ["x-request-id"] })] },
);
