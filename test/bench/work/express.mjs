import express from "express";
import { find, place } from "./orders.mjs";

/** The three routes as an Express app. */
export function createApp() {
  const app = express();
  app.post("/orders", express.json(), (request, response) => response.status(201).json(place(request.body)));
  app.get("/orders/:id", (request, response) => response.json(find(request.params.id)));
  app.get("/health", (_request, response) => response.json({ ok: true }));
  return app;
}
