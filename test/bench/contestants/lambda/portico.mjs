import { find, place } from "../../work/orders.mjs";
import { loadPortico } from "../../work/portico.mjs";

export async function load(build) {
  const [{ http: handler }, { HandlerError, http, reply }, { router }, { cors }, { requestId }] = await Promise.all([
    loadPortico(build, "aws/dist/http.js"),
    loadPortico(build, "core/dist/index.js"),
    loadPortico(build, "router/dist/index.js"),
    loadPortico(build, "middleware/dist/cors.js"),
    loadPortico(build, "middleware/dist/request-id.js"),
  ]);
  const routes = () => [
    http.post("/orders").handle(async (request) => reply.json(place(await request.json()), { status: 201 })),
    http.get("/orders/:id").handle((request) => reply.json(find(request.params.id))),
    http.get("/health").handle(() => reply.json({ ok: true })),
  ];
  const auth = async (request, _context, next) => {
    if (request.headers.get("authorization") !== "Bearer token-1")
      throw new HandlerError("UNAUTHORIZED", "Who are you?");
    return next({ user: "token-1" });
  };
  return {
    /** The three routes. */
    orders: () => handler(router(routes())),
    /** The same behind errors, a request id, CORS and a check of who calls. */
    layered: () =>
      handler(router(routes(), { use: [requestId(), cors({ origin: "https://shop.example.com" }), auth] })),
    /** Handlers that return a web-standard Response. */
    native: () =>
      handler(
        router([
          http.post("/orders").handle(async (request) => Response.json(place(await request.json()), { status: 201 })),
          http.get("/orders/:id").handle((request) => Response.json(find(request.params.id))),
          http.get("/health").handle(() => Response.json({ ok: true })),
        ]),
      ),
    /** So many routes, of which the last one is asked for. */
    many: (count) =>
      handler(
        router(
          Array.from({ length: count }, (_, index) =>
            http.get(`/r${index}/:id`).handle((request) => reply.json(find(request.params.id))),
          ),
        ),
      ),
  };
}
