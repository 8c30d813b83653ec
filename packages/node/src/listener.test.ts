import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { http, reply } from "@portico/core";
import express from "express";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toNodeListener } from "./index.js";

const open: (() => void)[] = [];

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  for (const close of open.splice(0)) close();
  vi.restoreAllMocks();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const echo = http
  .post("/:name")
  .handle(async (request) =>
    reply.json({ ...request.params, basePath: request.basePath, path: request.path, text: await request.text() }),
  );

test("a function can be the listener of a server that is there already", async () => {
  const url = await listen(toNodeListener(echo));
  const response = await fetch(`${url}/a`, { method: "POST", body: "hello" });
  expect(await response.json()).toEqual({ name: "a", basePath: "", path: "/a", text: "hello" });
  expect((await fetch(`${url}/a/b`)).status).toBe(404);
});

test("a function mounted in an Express application sees its own path, and the mount path as base path", async () => {
  const app = express();
  app.use("/shop", toNodeListener([echo]));
  const url = await listen(app);
  const response = await fetch(`${url}/shop/a`, { method: "POST", body: "hello" });
  expect(await response.json()).toEqual({ name: "a", basePath: "/shop", path: "/a", text: "hello" });
});

test("behind a body parser the function says that the body is gone, in place of an empty one", async () => {
  const app = express();
  app.use(express.json());
  app.use(toNodeListener(echo));
  const url = await listen(app);
  const response = await fetch(`${url}/a`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(response.status).toBe(500);
  expect(String(vi.mocked(process.stdout.write).mock.calls[0]?.[0])).toContain("in front of body parsers");
});

test("a field from a request takes over no member of a log entry", async () => {
  const fields = {
    level: "fatal",
    message: "forged",
    time: "1970",
    invocationId: "forged",
    traceId: "forged",
    own: "a",
  };
  const forge = http.get("/").handle((_request, { log }) => {
    log.info("real", fields);
    return reply.empty();
  });
  await fetch(await listen(toNodeListener(forge)));
  const entry = JSON.parse(String(vi.mocked(process.stdout.write).mock.calls[0]?.[0]));
  const { own, ...moved } = fields;
  expect(entry).toMatchObject({ level: "info", message: "real", functionName: "node", own, fields: moved });
  expect(JSON.stringify({ ...entry, fields: undefined })).not.toMatch(/forged|1970/);
});
