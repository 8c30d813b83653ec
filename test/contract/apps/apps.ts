import { type AnyHttpFunction, http } from "@portico/core";
import * as google from "@portico/gcp/wrap";
import { fromNode } from "@portico/node/wrap";
import express from "express";
import fastify from "fastify";
import { H3 } from "h3";
import { Hono } from "hono";
import Koa from "koa";

/** The same small service, as the users of each framework would write it: none of them knows a cloud. */
export const apps: Readonly<Record<string, () => AnyHttpFunction | Promise<AnyHttpFunction>>> = {
  Express() {
    const app = express();
    app.set("env", "production");
    app.get("/orders/:id", (request, response) => {
      response.json({ id: request.params.id, size: request.query.size, ip: request.ip, secure: request.secure });
    });
    app.post("/orders", express.json(), (request, response) => {
      response.status(201).location("/orders/1").json({ got: request.body });
    });
    app.post(
      "/bytes",
      express.raw(),
      (request, response) => void response.type("application/octet-stream").send(request.body),
    );
    app.get("/cookies", (_request, response) => void response.cookie("a", "1").cookie("b", "2").sendStatus(200));
    app.get("/stream", (_request, response) => {
      response.write("one,");
      setTimeout(() => response.end("two"), 2);
    });
    app.get("/boom", async () => {
      throw new Error("a secret");
    });
    return fromNode(app);
  },

  Koa() {
    const app = new Koa({ proxy: false });
    app.silent = true;
    app.use(async (context) => {
      const { method, path, request } = context;
      const [, id] = /^\/orders\/(.+)$/.exec(path) ?? [];
      const parts: Buffer[] = [];
      for await (const chunk of context.req) parts.push(chunk);
      const body = Buffer.concat(parts);
      if (path === "/boom") throw new Error("a secret");
      if (method === "POST" && path === "/orders") {
        context.status = 201;
        context.set("location", "/orders/1");
        context.body = { got: JSON.parse(body.toString()) };
      } else if (path === "/bytes") {
        context.body = body;
      } else if (path === "/cookies") {
        context.cookies.set("a", "1", { path: "/", httpOnly: false });
        context.cookies.set("b", "2", { path: "/", httpOnly: false });
        context.body = "OK";
      } else if (path === "/stream") {
        const { Readable } = await import("node:stream");
        context.body = Readable.from(["one,", "two"]);
      } else if (id !== undefined) {
        context.body = { id, size: request.query.size, ip: request.ip, secure: request.secure };
      }
    });
    return fromNode(app.callback());
  },

  async Fastify() {
    const app = fastify();
    app.addContentTypeParser("application/octet-stream", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    app.get<{ Params: { id: string }; Querystring: { size: string } }>(
      "/orders/:id",
      async ({ params, query, ip, protocol }) => ({
        id: params.id,
        size: query.size,
        ip,
        secure: protocol === "https",
      }),
    );
    app.post("/orders", async (request, answer) =>
      answer.code(201).header("location", "/orders/1").send({ got: request.body }),
    );
    app.post("/bytes", async (request, answer) => answer.type("application/octet-stream").send(request.body));
    app.get("/cookies", async (_request, answer) =>
      answer.header("set-cookie", ["a=1; Path=/", "b=2; Path=/"]).send("OK"),
    );
    app.get("/stream", async (_request, answer) => {
      const { Readable } = await import("node:stream");
      return answer.type("text/plain").send(Readable.from(["one,", "two"]));
    });
    app.setErrorHandler((_error, _request, answer) => answer.code(500).send("sorry"));
    app.get("/boom", async () => {
      throw new Error("a secret");
    });
    await app.ready();
    return fromNode(app.routing);
  },

  "a plain listener"() {
    return fromNode(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
      const [, id] = /^\/orders\/(.+)$/.exec(pathname) ?? [];
      const parts: Buffer[] = [];
      for await (const chunk of request) parts.push(chunk);
      const body = Buffer.concat(parts);
      const json = (value: unknown) =>
        response.setHeader("content-type", "application/json").end(JSON.stringify(value));
      const { remoteAddress, encrypted } = request.socket as { remoteAddress?: string; encrypted?: boolean };
      if (pathname === "/boom") throw new Error("a secret");
      if (pathname === "/orders") {
        response.writeHead(201, { location: "/orders/1" }).end(JSON.stringify({ got: JSON.parse(body.toString()) }));
      } else if (pathname === "/bytes") response.end(body);
      else if (pathname === "/cookies")
        response.writeHead(200, { "set-cookie": ["a=1; Path=/", "b=2; Path=/"] }).end("OK");
      else if (pathname === "/stream") {
        response.write("one,");
        response.end("two");
      } else if (id !== undefined) {
        json({ id, size: searchParams.get("size"), ip: remoteAddress, secure: encrypted });
      } else response.writeHead(404).end();
    });
  },

  "a Google function"() {
    return google.http(async (request: express.Request & { rawBody?: Buffer }, response: express.Response) => {
      const [, id] = /^\/orders\/(.+)$/.exec(request.path) ?? [];
      if (request.path === "/boom") throw new Error("a secret");
      if (request.path === "/orders") response.status(201).location("/orders/1").json({ got: request.body });
      else if (request.path === "/bytes") response.type("application/octet-stream").send(request.rawBody);
      else if (request.path === "/cookies") response.cookie("a", "1").cookie("b", "2").sendStatus(200);
      else if (request.path === "/stream") {
        response.write("one,");
        response.end("two");
      } else if (id !== undefined) {
        response.json({ id, size: request.query.size, ip: request.ip, secure: request.secure });
      } else response.sendStatus(404);
    });
  },

  Hono() {
    const app = new Hono();
    app.get("/orders/:id", (context) => context.json({ id: context.req.param("id"), size: context.req.query("size") }));
    app.post("/orders", async (context) =>
      context.json({ got: await context.req.json() }, 201, { location: "/orders/1" }),
    );
    app.post("/bytes", async (context) => context.body(await context.req.arrayBuffer()));
    app.get("/cookies", (context) => {
      context.header("set-cookie", "a=1; Path=/");
      context.header("set-cookie", "b=2; Path=/", { append: true });
      return context.text("OK");
    });
    app.get("/stream", () => new Response(toStream("one,", "two")));
    app.get("/boom", () => {
      throw new Error("a secret");
    });
    app.onError((_error, context) => context.text("sorry", 500));
    return http.fetch("/*rest", (request) => app.fetch(request));
  },

  h3() {
    const app = new H3({ silent: true })
      .get("/orders/:id", (event) => ({ id: event.context.params?.id, size: event.url.searchParams.get("size") }))
      .post("/orders", async (event) => {
        event.res.status = 201;
        event.res.headers.set("location", "/orders/1");
        return { got: await event.req.json() };
      })
      .post("/bytes", (event) => event.req.arrayBuffer())
      .get("/cookies", (event) => {
        event.res.headers.append("set-cookie", "a=1; Path=/");
        event.res.headers.append("set-cookie", "b=2; Path=/");
        return "OK";
      })
      .get("/stream", () => toStream("one,", "two"))
      .get("/boom", () => {
        throw new Error("a secret");
      });
    return http.fetch("/*rest", (request) => app.fetch(request));
  },
};

function toStream(...parts: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
}
