import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on the loopback, on a port of the system's choice. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

export async function listen(listener: RequestListener): Promise<Running> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The whole body; rejects where the client breaks off. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Sends an object's content, or the range of it that was asked for. */
export function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  refuse: () => void,
): void {
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  if (start === undefined) {
    response.writeHead(200, { ...headers, "content-length": body.byteLength });
    response.end(request.method === "HEAD" ? undefined : body);
    return;
  }
  const from = Number(start);
  const to = end ? Math.min(Number(end), body.byteLength - 1) : body.byteLength - 1;
  if (from >= body.byteLength) {
    refuse();
    return;
  }
  const part = body.subarray(from, to + 1);
  const range = `bytes ${from}-${to}/${body.byteLength}`;
  response.writeHead(206, { ...headers, "content-length": part.byteLength, "content-range": range });
  response.end(part);
}
