import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { bearerAuth } from "hono/bearer-auth";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import { find, place } from "../../work/orders.mjs";

const addRoutes = (app) =>
  app
    .post("/orders", async (c) => c.json(place(await c.req.json()), 201))
    .get("/orders/:id", (c) => c.json(find(c.req.param("id"))))
    .get("/health", (c) => c.json({ ok: true }));

export const orders = () => handle(addRoutes(new Hono()));

export const layered = () =>
  handle(
    addRoutes(
      new Hono().use(requestId(), cors({ origin: "https://shop.example.com" }), bearerAuth({ token: "token-1" })),
    ),
  );
