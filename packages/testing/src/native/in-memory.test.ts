import { createServer, type IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { sendInMemory } from "./in-memory.js";

const read = async (request: IncomingMessage) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
};

test("a request reaches a server that listens nowhere, and its reply comes back whole", async () => {
  const seen: unknown[] = [];
  const server = createServer(async (request, response) => {
    seen.push([request.method, request.url, request.headersDistinct["x-tag"], await read(request)]);
    response.writeHead(201, { "set-cookie": ["a=1", "b=2"], "x-one": "1" });
    response.write("first ");
    setImmediate(() => response.end(Buffer.from([0xff])));
  });
  const reply = await sendInMemory(server, {
    method: "POST",
    path: "/a?b=c",
    headers: { "x-tag": ["1", "2"], "content-type": "text/plain" },
    body: Uint8Array.of(0, 1),
  });
  expect(seen).toEqual([["POST", "/a?b=c", ["1", "2"], Buffer.from([0, 1])]]);
  expect(reply).toMatchObject({ status: 201, headers: { "set-cookie": ["a=1", "b=2"], "x-one": "1" } });
  expect(Buffer.from(reply.body).toString("latin1")).toBe("first \xff");
  expect(server.listening).toBe(false);
});

test("a connection that ends without a reply is an error", async () => {
  const server = createServer((request) => request.socket.destroy());
  const request = { method: "GET", path: "/", headers: {}, body: new Uint8Array() };
  await expect(sendInMemory(server, request)).rejects.toThrow();
});
