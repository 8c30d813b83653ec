import { request } from "node:http";

/** A request as it goes on the wire: header lines as written, repeated ones apart. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, sent as they stand. */
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
}

/** What came back, byte for byte. */
export interface WireReply {
  readonly status: number;
  /** In the order they came; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** When each chunk of the body arrived, in milliseconds since the request was sent. */
  readonly chunksMs: readonly number[];
  readonly totalMs: number;
}

/** Sends one request over a connection of its own. */
export function send(origin: string, { method, target, headers = [], body }: WireRequest): Promise<WireReply> {
  const { hostname, port } = new URL(origin);
  const lines = [["host", `${hostname}:${port}`], ...headers].flat();
  if (body !== undefined) lines.push("content-length", String(Buffer.byteLength(body)));
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path: target, headers: lines, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      const chunksMs: number[] = [];
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        chunksMs.push(performance.now() - start);
      });
      incoming.on("error", reject);
      incoming.on("end", () => {
        const names = incoming.rawHeaders.filter((_, index) => index % 2 === 0);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: names.map((name, index) => [name.toLowerCase(), incoming.rawHeaders[index * 2 + 1] ?? ""]),
          body: Buffer.concat(chunks),
          chunksMs,
          totalMs: performance.now() - start,
        });
      });
    });
    outgoing.setTimeout(15_000, () => outgoing.destroy(new Error(`${method} ${target} got no answer in 15 s`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
