import { HandlerError, http, reply } from "@portico/core";
import { saveOrder } from "./store.js";

export const homePage = http.get("/").handle(({ basePath }) =>
  reply.html(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Orders</title>
<h1>Orders</h1>
<form method="post" action="${basePath}/forms/order">
  <label>Tenant <input name="tenant" value="acme"></label>
  <label>Article <input name="sku" value="café-42"></label>
  <label>Quantity <input name="quantity" type="number" value="1"></label>
  <button>Order</button>
</form>
</html>
`),
);

export const orderForm = http.post("/forms/order").handle(async (request) => {
  const form = await request.formData();
  const text = (name: string) => String(form.get(name) ?? "");
  const quantity = Number(text("quantity"));
  if (text("tenant") === "" || text("sku") === "" || !(quantity > 0)) {
    throw new HandlerError("INPUT_INVALID", "Tenant, article and quantity are needed.");
  }
  const order = {
    id: crypto.randomUUID(),
    tenant: text("tenant"),
    sku: text("sku"),
    quantity,
    tags: form.getAll("tag").map(String),
    state: "open",
  } as const;
  saveOrder(order);
  const location = `${request.basePath}/tenants/${encodeURIComponent(order.tenant)}/orders/${order.id}`;
  return reply.redirect(location, { status: 303 });
});
