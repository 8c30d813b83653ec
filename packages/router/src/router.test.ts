import {
  type Context,
  HandlerError,
  type HttpFunction,
  type HttpReply,
  type HttpRequest,
  http,
  type Middleware,
  reply,
} from "@portico/core";
import { expect, test, vi } from "vitest";
import { requestFor } from "../test/request.js";
import { type RouterLayer, router } from "./index.js";

const says = (name: string) => () => reply.text(name);
const echo = (name: string) => (request: { params: object; path: string; basePath: string }) =>
  reply.json({ name, params: request.params, path: request.path, basePath: request.basePath });

async function ask(fn: HttpFunction, method: string, path: string, headers: Record<string, string> = {}) {
  const { status, headers: fields, body } = await fn(requestFor({ method, path, headers }), quiet);
  return { status, allow: fields.allow, headers: fields, body: body as string | null };
}

const quiet: Partial<Context> = {
  log: { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet.log as Context["log"] },
};

/** Marks every reply, whatever the inside does. */
const mark: Middleware<HttpRequest, Context, object, HttpReply> = async (_request, _context, next) => {
  let response: HttpReply;
  try {
    response = await next();
  } catch (error) {
    response = reply.problem(error);
  }
  return { ...response, headers: { ...response.headers, "x-mark": "1" } };
};

/** What a cors layer does with a preflight. */
const preflight: Middleware<HttpRequest, Context, object, HttpReply> = Object.assign(
  async ({ method }: { method: string }, _context: Context, next: () => Promise<HttpReply>) => {
    if (method === "OPTIONS") return reply.empty({ headers: { "x-preflight": "yes" } });
    return next();
  },
  { answers: ["OPTIONS"] },
);

test("a request goes to the function whose method and template fit, with that function's parameters decoded", async () => {
  const api = router([
    http.get("/orders/:id").handle(echo("get")),
    http.post("/orders").handle(echo("create")),
    http.put("/orders/:order").handle(echo("put")),
  ]);
  expect(JSON.parse((await ask(api, "GET", "/orders/a%2Fb")).body as string)).toMatchObject({
    name: "get",
    params: { id: "a/b" },
    path: "/orders/a%2Fb",
  });
  expect(JSON.parse((await ask(api, "PUT", "/orders/7")).body as string).params).toEqual({ order: "7" });
  expect(JSON.parse((await ask(api, "POST", "/orders")).body as string).name).toBe("create");
});

test("a literal wins over a parameter, and a parameter over the rest of the path, whatever the order of the functions", async () => {
  const functions = [
    http.get("/*rest").handle(says("rest")),
    http.get("/:any").handle(says("param")),
    http.get("/new").handle(says("literal")),
    http.get("/new/*rest").handle(says("rest of new")),
    http.get("/:a/b").handle(says("b")),
  ];
  for (const api of [router(functions), router(functions.toReversed())]) {
    expect((await ask(api, "GET", "/new")).body).toBe("literal");
    expect((await ask(api, "GET", "/old")).body).toBe("param");
    expect((await ask(api, "GET", "/new/b")).body).toBe("rest of new");
    expect((await ask(api, "GET", "/old/b")).body).toBe("b");
    expect((await ask(api, "GET", "/old/c/d")).body).toBe("rest");
    expect((await ask(api, "GET", "/")).body).toBe("rest");
  }
});

test("a less specific function takes the methods that the more specific one does not", async () => {
  const api = router([http.get("/a/:id").handle(says("get")), http.any("/a/*rest").handle(says("any"))]);
  expect((await ask(api, "GET", "/a/1")).body).toBe("get");
  expect((await ask(api, "DELETE", "/a/1")).body).toBe("any");
  expect((await ask(api, "OPTIONS", "/a/1")).body).toBe("any");
});

test("a path that no template fits is 404", async () => {
  const api = router([http.get("/a/:id").handle(says("a"))]);
  for (const path of ["/", "/a", "/a/", "/a/1/", "/a/1/2", "//a/1", "/b"]) {
    expect(await ask(api, "GET", path), path).toMatchObject({ status: 404 });
  }
  expect((await ask(router([]), "GET", "/")).status).toBe(404);
});

test("a method that no fitting function takes is 405 with the methods of all of them", async () => {
  const api = router([
    http.get("/a/:id").handle(says("get")),
    http.put("/a/:name").handle(says("put")),
    http.delete("/a/*rest").handle(says("delete")),
    http.post("/b").handle(says("post")),
  ]);
  const { status, allow } = await ask(api, "PATCH", "/a/1");
  expect(status).toBe(405);
  expect(String(allow).split(", ").toSorted()).toEqual(["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]);
});

test("OPTIONS is answered with 204 and the methods", async () => {
  const { status, allow, body } = await ask(router([http.get("/a").handle(says("a"))]), "OPTIONS", "/a");
  expect({ status, allow, body }).toEqual({ status: 204, allow: "GET, HEAD, OPTIONS", body: null });
});

test("HEAD runs the function for GET, unless there is one for HEAD", async () => {
  const get = http.get("/a").handle(says("get"));
  const head = http.head("/a").handle(says("head"));
  expect((await ask(router([get]), "HEAD", "/a")).body).toBe("get");
  expect((await ask(router([get, head]), "HEAD", "/a")).body).toBe("head");
  expect((await ask(router([head, get]), "HEAD", "/a")).body).toBe("head");
  expect((await ask(router([head, get]), "GET", "/a")).body).toBe("get");
});

test("the router's layers wrap its own answers and the failures of the functions", async () => {
  const api = router(
    [
      http.get("/a").handle(says("a")),
      http.get("/fails").handle(() => {
        throw new HandlerError("CONFLICT", "twice");
      }),
    ],
    { use: [mark] },
  );
  for (const [method, path, status] of [
    ["GET", "/a", 200],
    ["GET", "/fails", 409],
    ["GET", "/nothing", 404],
    ["POST", "/a", 405],
    ["OPTIONS", "/a", 204],
  ] as const) {
    const answer = await ask(api, method, path);
    expect(answer.status, path).toBe(status);
    expect(answer.headers["x-mark"], path).toBe("1");
  }
});

test("what the router's layers add is in the context of the functions and their layers", async () => {
  const user: Middleware<HttpRequest, Context, { user: string }, HttpReply> = (_request, _context, next) =>
    next({ user: "ada" });
  const hello = http.get("/").handle((_request, context) => reply.text((context as Context & { user: string }).user));
  expect((await ask(router([hello], { use: [user] }), "GET", "/")).body).toBe("ada");
});

test("a failure inside a function is logged once", async () => {
  const error = vi.fn();
  const api = router([
    http.get("/").handle(() => {
      throw new Error("boom");
    }),
  ]);
  const { status } = await api(requestFor({}), { log: { ...(quiet.log as Context["log"]), error } });
  expect(status).toBe(500);
  expect(error).toHaveBeenCalledTimes(1);
});

test("a preflight goes to the function that would get the request it asks for, when that one has a layer for it", async () => {
  const open = http.put("/a/:id").use(preflight).handle(says("put"));
  const api = router([http.get("/a/:id").handle(says("get")), open, http.any("/*rest").handle(says("any"))]);
  const asks = (method: string) => ask(api, "OPTIONS", "/a/1", { "access-control-request-method": method });
  expect((await asks("PUT")).headers["x-preflight"]).toBe("yes");
  expect((await asks("GET")).body).toBe("any");
  expect((await asks("PATCH")).body).toBe("any");
});

test("a preflight for a method that nothing takes is left to any layer there that answers it", async () => {
  const api = router([http.get("/a").handle(says("get")), http.put("/a").use(preflight).handle(says("put"))]);
  const answer = await ask(api, "OPTIONS", "/a", { "access-control-request-method": "PATCH" });
  expect(answer.headers["x-preflight"]).toBe("yes");
});

test("a layer that lets OPTIONS through brings the router's answer, never the handler", async () => {
  const through = Object.assign((_request: unknown, _context: unknown, next: () => Promise<HttpReply>) => next(), {
    answers: ["OPTIONS"],
  });
  const handler = vi.fn(says("put"));
  const api = router([http.get("/a").handle(says("get")), http.put("/a").use(through).handle(handler)]);
  const answer = await ask(api, "OPTIONS", "/a", { "access-control-request-method": "PUT" });
  expect(answer).toMatchObject({ status: 204, allow: "GET, HEAD, PUT, OPTIONS" });
  expect(handler).not.toHaveBeenCalled();
});

test("a router in front of routers finds their functions, and their layers see what they answer", async () => {
  const inner = router([http.get("/a/:id").handle(echo("a")), http.get("/b").use(preflight).handle(says("b"))], {
    use: [mark],
  });
  const api = router([inner, http.post("/a/:id").handle(says("post"))]);
  expect((await ask(api, "GET", "/a/1")).headers["x-mark"]).toBe("1");
  expect((await ask(api, "POST", "/a/1")).body).toBe("post");
  expect((await ask(api, "OPTIONS", "/b", { "access-control-request-method": "GET" })).headers["x-preflight"]).toBe(
    "yes",
  );
  expect((await ask(api, "GET", "/nothing")).status).toBe(404);
  expect(api.trigger.routes?.map(({ path }) => path)).toEqual(["/a/:id", "/b", "/a/:id"]);
});

test("two functions for one method at one place are refused, both named", () => {
  const make = (path: string) => http.get(path).handle(says("a"));
  expect(() => router([make("/a/:id"), make("/a/:name")])).toThrow(/GET.*\/a\/:id.*\/a\/:name/);
  expect(() => router([http.any("/x").handle(says("1")), http.any("/x").handle(says("2"))])).toThrow(/every method/);
  expect(() =>
    router([make("/a/:id"), make("/a/new"), make("/a/*rest"), http.post("/a/:x").handle(says("p"))]),
  ).not.toThrow();
});

test("what is no HTTP function is refused when the router is made", () => {
  const queue = Object.assign(async () => undefined, { trigger: { kind: "queue" } });
  for (const wrong of [queue, () => reply.text("x"), undefined, "text"]) {
    expect(() => router([wrong as never])).toThrow(/takes HTTP functions/);
  }
});

test("a parameter that is not valid percent-encoding is 400", async () => {
  const api = router([http.get("/a/:id").handle(says("a"))]);
  expect((await ask(api, "GET", "/a/%FF")).status).toBe(400);
});

test("behind a base path functions see their own paths", async () => {
  const api = router([http.get("/").handle(echo("root")), http.get("/a/:id").handle(echo("a"))], {
    basePath: "/api/v1/",
  });
  expect(JSON.parse((await ask(api, "GET", "/api/v1/a/7")).body as string)).toEqual({
    name: "a",
    params: { id: "7" },
    path: "/a/7",
    basePath: "/api/v1",
  });
  expect((await ask(api, "GET", "/api/v1")).status).toBe(200);
  expect((await ask(api, "GET", "/api/v1/")).status).toBe(200);
  expect((await ask(api, "GET", "/a/7")).status).toBe(404);
  expect((await ask(api, "GET", "/api/v1x")).status).toBe(404);
  expect(api.trigger).toMatchObject({
    path: "/api/v1/*path",
    routes: [{ path: "/api/v1" }, { path: "/api/v1/a/:id" }],
  });
  expect(() => router([], { basePath: "/:tenant" })).toThrow(/base path/);
});

test("the trigger is plain data that can be serialised", () => {
  const api = router([http.get("/a/:id").handle(says("a"))], { use: [preflight] });
  expect(JSON.parse(JSON.stringify(api.trigger))).toEqual({
    kind: "http",
    methods: ["*"],
    path: "/*path",
    layerMethods: ["OPTIONS"],
    routes: [{ kind: "http", methods: ["GET", "HEAD"], path: "/a/:id" }],
  });
});

test("a router uses what its layers and the functions behind it use, each resource once, with all access", () => {
  const layer = (...access: string[]) => {
    const pass: RouterLayer = (_request, _context, next) => next();
    return Object.assign(pass, { uses: [{ type: "bucket", name: "uploads", access }] });
  };
  const read = http
    .use(layer("read"))
    .get("/a")
    .handle(() => reply.empty());
  const write = http
    .use(layer("read", "write"))
    .get("/b")
    .handle(() => reply.empty());
  const expected = [{ type: "bucket", name: "uploads", access: ["read", "write"] }];
  expect(router([read, write]).uses).toEqual(expected);
  expect(router([read], { use: [layer("write")] }).uses).toEqual([{ ...expected[0], access: ["write", "read"] }]);
  expect(router([router([read, write])]).uses).toEqual(expected);
});

test("the line about a failure says the whole template, behind the base paths of routers in routers", async () => {
  const fails = () => {
    throw new HandlerError("CONFLICT", "twice");
  };
  const inner = router([http.get("/orders/:id").handle(fails)], { basePath: "/v1" });
  const api = router([inner, http.get("/").handle(fails)], { basePath: "/api" });
  const info = vi.fn();
  const log = { ...(quiet.log as Context["log"]), info };
  const route = async (method: string, path: string) => {
    await api(requestFor({ method, path }), { log });
    return info.mock.lastCall?.[1];
  };
  expect(await route("GET", "/api/v1/orders/7")).toMatchObject({
    route: "/api/v1/orders/:id",
    path: "/api/v1/orders/7",
  });
  expect(await route("PUT", "/api/v1/orders/7")).toMatchObject({ status: 405, route: "/api/v1/orders/:id" });
  expect(await route("GET", "/api/v1/none")).toMatchObject({ status: 404, route: undefined });
  expect(await route("GET", "/none")).toMatchObject({ status: 404, route: undefined, path: "/none" });
});

test("middlewares around a router see lower-case names of what those inside returned", async () => {
  const writing = (async (_request: unknown, _context: unknown, next: () => Promise<HttpReply>) => {
    const response = await next();
    return { ...response, headers: { ...response.headers, Vary: "Accept-Language" } };
  }) as RouterLayer;
  const seen: unknown[] = [];
  const observe: RouterLayer = async (_request, _context, next) => {
    const response = await next();
    seen.push(response.headers.vary);
    return response;
  };
  const inner = http
    .use(writing)
    .get("/a")
    .handle(() => reply.empty());
  const plain = http.get("/a").handle(() => reply.empty({ headers: { vary: "Cookie" } }));
  await router([inner], { use: [observe] })(requestFor({ method: "GET", path: "/a", headers: {} }), quiet);
  await router([plain], { use: [observe, writing] })(requestFor({ method: "GET", path: "/a", headers: {} }), quiet);
  expect(seen).toEqual(["Accept-Language", "Cookie, Accept-Language"]);
});
