import { type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { HostRequest } from "./request.js";

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Passes a request on to the server that a streaming app opened, and its answer back, chunk by chunk. Resolves when either side is done:
 * true when something was answered. A client that leaves takes the worker's connection along, and the other way round.
 */
export function forward(
  httpUri: string,
  invocationId: string,
  { method, target, headers }: HostRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(httpUri);
    const upstream = send({
      hostname,
      port,
      method,
      path: target,
      headers: {
        ...Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name) && name !== "host")),
        "x-forwarded-host": headers.host ?? "localhost",
        "x-forwarded-proto": "http",
        "x-ms-invocation-id": invocationId,
      },
    });
    upstream.on("response", (answer) => {
      response.statusCode = answer.statusCode ?? 502;
      for (const [name, values] of Object.entries(answer.headersDistinct)) {
        if (!hopByHop.has(name) && values) response.setHeader(name, name === "set-cookie" ? values : values.join(", "));
      }
      response.flushHeaders();
      answer.pipe(response);
      answer.on("error", () => response.destroy());
      answer.on("close", () => {
        if (!answer.complete) response.destroy();
        request.unpipe(upstream).resume();
        resolve(true);
      });
    });
    upstream.on("error", () => {
      if (!response.headersSent) response.writeHead(502).end();
      resolve(false);
    });
    response.on("close", () => {
      if (!response.writableFinished) upstream.destroy();
    });
    request.pipe(upstream);
  });
}
