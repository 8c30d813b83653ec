// The POST on Azure Functions, and a message of Service Bus. Each registers itself with the library.
import "../work/azure-worker.mjs";
import { app } from "@azure/functions";
import { find, place } from "../work/orders.mjs";
import { isPortico, loadPortico } from "../work/portico.mjs";

const register = (handler) => app.http("orders", { methods: ["GET", "POST"], route: "{*rest}", handler });

const http = {
  bare: () =>
    register(async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method === "POST" && pathname === "/api/orders") {
        return json(201, place(await request.json()));
      }
      if (pathname.startsWith("/api/orders/")) return json(200, find(decodeURIComponent(pathname.slice(12))));
      return json(404, { message: "not found" });
    }),
  "hono-marplex": async () => {
    const [{ Hono }, { azureHonoHandler }] = await Promise.all([
      import("hono"),
      import("@marplex/hono-azurefunc-adapter"),
    ]);
    const routes = new Hono()
      .basePath("/api")
      .post("/orders", async (c) => c.json(place(await c.req.json()), 201))
      .get("/orders/:id", (c) => c.json(find(c.req.param("id"))));
    register(azureHonoHandler(routes.fetch));
  },
  h3: async () => {
    const { H3 } = await import("h3");
    const routes = new H3().post("/api/orders", async (event) => {
      event.res.status = 201;
      return place(await event.req.json());
    });
    register(async (given) => {
      const { method, url, headers } = given;
      const request = new Request(url, { method, headers: new Headers(headers.entries()), body: await given.text() });
      const response = await routes.fetch(request);
      return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
    });
  },
};

export async function registerHttp(name) {
  if (!isPortico(name)) return http[name]();
  const { http: registerFunction } = await loadPortico(name, "azure/dist/http.js");
  const { http: declare, reply } = await loadPortico(name, "core/dist/index.js");
  const { router } = await loadPortico(name, "router/dist/index.js");
  registerFunction(
    "orders",
    router([
      declare.post("/orders").handle(async (request) => reply.json(place(await request.json()), { status: 201 })),
      declare.get("/orders/:id").handle((request) => reply.json(find(request.params.id))),
    ]),
  );
}

export async function registerMessage(name, onOrder) {
  if (!isPortico(name)) {
    app.serviceBusQueue("fulfil", {
      connection: "Bus",
      queueName: "orders",
      handler: async (message) => onOrder(typeof message === "string" ? JSON.parse(message) : message),
    });
    return;
  }
  const { queue: registerFunction } = await loadPortico(name, "azure/dist/queue.js");
  const { queue: declare } = await loadPortico(name, "core/dist/index.js");
  const fn = declare("orders").handle(async (message) => onOrder(await message.json()));
  registerFunction("fulfil", fn, { serviceBus: { connection: "Bus" } });
}

function json(status, value) {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
