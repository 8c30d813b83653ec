// What the functions framework serves; `BENCH_CONTESTANT` says who.
import * as framework from "@google-cloud/functions-framework";
import { find, place } from "../work/orders.mjs";
import { isPortico, loadPortico } from "../work/portico.mjs";

const name = process.env.BENCH_CONTESTANT;

const http = {
  bare: () => async (request, response) => {
    if (request.method === "POST" && request.path === "/orders") return json(response, 201, place(request.body));
    if (request.path.startsWith("/orders/"))
      return json(response, 200, find(decodeURIComponent(request.path.slice(8))));
    json(response, 404, { message: "not found" });
  },
  express: async () => {
    const { createApp } = await import("../work/express.mjs");
    return createApp();
  },
  hono: async () => {
    const { Hono } = await import("hono");
    const app = new Hono()
      .post("/orders", async (c) => c.json(place(await c.req.json()), 201))
      .get("/orders/:id", (c) => c.json(find(c.req.param("id"))));
    return throughFetch(app.fetch);
  },
  h3: async () => {
    const { H3 } = await import("h3");
    const app = new H3().post("/orders", async (event) => {
      event.res.status = 201;
      return place(await event.req.json());
    });
    return throughFetch(app.fetch);
  },
};

function throughFetch(fetch) {
  return async ({ method, headers, url, rawBody }, response) => {
    const answer = await fetch(new Request(`http://${headers.host}${url}`, { method, headers, body: rawBody }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  };
}

function json(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

if (isPortico(name)) {
  const { http: registerFunction } = await loadPortico(name, "gcp/dist/http.js");
  const { queue: registerQueue } = await loadPortico(name, "gcp/dist/queue.js");
  const { http: declare, queue, reply } = await loadPortico(name, "core/dist/index.js");
  const { router } = await loadPortico(name, "router/dist/index.js");
  registerFunction(
    "orders",
    router([
      declare.post("/orders").handle(async (request) => reply.json(place(await request.json()), { status: 201 })),
      declare.get("/orders/:id").handle((request) => reply.json(find(request.params.id))),
    ]),
  );
  registerQueue(
    "fulfil",
    queue("orders").handle(async (message) => {
      if (place(await message.json()).total !== 5997) throw new Error("wrong");
    }),
    { redelivery: true },
  );
} else {
  framework.http("orders", await http[name]());
  framework.http("fulfil", async ({ body }, response) => {
    const order = JSON.parse(Buffer.from(body.message.data, "base64").toString());
    response.status(place(order).total === 5997 ? 204 : 500).end();
  });
}
