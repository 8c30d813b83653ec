import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { NodeApp, type NodeListener } from "./node-app.js";

async function send(app: RequestListener, method = "GET") {
  const server = new NodeApp(app as never, (listener: NodeListener) => createServer(listener) as never);
  return server.send(
    { method, target: "/", headers: [["host", "a.test"]], body: null, clientIp: undefined, encrypted: false },
    { signal: new AbortController().signal, onLate: () => undefined },
  );
}

test.each([
  ["HEAD with a length", "HEAD", 200, { "content-length": "5" }],
  ["HEAD without one", "HEAD", 200, {}],
  ["204", "GET", 204, {}],
  ["304 with a length", "GET", 304, { "content-length": "5" }],
  ["304 without one", "GET", 304, { etag: '"a"' }],
])("%s has no body, and keeps its fields", async (_, method, status, headers) => {
  const reply = await send((_request, response) => void response.writeHead(status, headers).end(), method);
  expect(reply).toMatchObject({ status, headers, body: null });
});

test("any other reply has its body, of a known length or not", async () => {
  const known = await send(
    (_request, response) => void response.writeHead(200, { "content-length": "5" }).end("hello"),
  );
  expect(Buffer.from(known.body as Uint8Array).toString()).toBe("hello");
  const streamed = await send((_request, response) => void response.writeHead(200).end("hello"));
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamed.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("hello");
});
