import { Router } from "@aws-lambda-powertools/event-handler/http";
import { cors } from "@aws-lambda-powertools/event-handler/http/middleware";
import { find, place } from "../../work/orders.mjs";

// Its warnings would be measured with it.
const logger = { debug() {}, info() {}, warn() {}, error() {}, trace() {} };
const json = (statusCode, value) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

function create(...middleware) {
  const app = new Router({ logger });
  for (const one of middleware) app.use(one);
  app.post("/orders", async ({ req }) => json(201, place(await req.json())));
  app.get("/orders/:id", ({ params }) => find(params.id));
  app.get("/health", () => ({ ok: true }));
  return (event, context) => app.resolve(event, context);
}

export const orders = () => create();

const requestId = async ({ reqCtx, next }) => {
  await next();
  reqCtx.res.headers.set("x-request-id", crypto.randomUUID());
};
const auth = async ({ reqCtx, next }) => {
  if (reqCtx.req.headers.get("authorization") !== "Bearer token-1") return json(401, { message: "who are you?" });
  await next();
};

export const layered = () => create(requestId, cors({ origin: "https://shop.example.com" }), auth);
