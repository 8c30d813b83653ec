import middy from "@middy/core";
import cors from "@middy/http-cors";
import errors from "@middy/http-error-handler";
import jsonBody from "@middy/http-json-body-parser";
import router from "@middy/http-router";
import { find, place } from "../../work/orders.mjs";

const json = (statusCode, value) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

const routes = () =>
  router([
    {
      method: "POST",
      path: "/orders",
      handler: middy()
        .use(jsonBody())
        .handler(async ({ body }) => json(201, place(body))),
    },
    { method: "GET", path: "/orders/{id}", handler: async ({ pathParameters }) => json(200, find(pathParameters.id)) },
    { method: "GET", path: "/health", handler: async () => json(200, { ok: true }) },
  ]);

export const orders = () =>
  middy()
    .use(errors({ logger: false }))
    .handler(routes());

const requestId = {
  before: (request) => {
    request.internal.requestId = crypto.randomUUID();
  },
  after: (request) => {
    request.response.headers["x-request-id"] = request.internal.requestId;
  },
};
const auth = {
  before: ({ event }) => {
    if (event.headers.authorization !== "Bearer token-1") return json(401, { message: "who are you?" });
  },
};

export const layered = () =>
  middy()
    .use(errors({ logger: false }))
    .use(requestId)
    .use(cors({ origin: "https://shop.example.com" }))
    .use(auth)
    .handler(routes());
