import { request as send } from "node:http";

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method?: string;
  /** Path and query, as the client spells them. */
  readonly target: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | string;
}

/** A reply as it comes over the wire; names in lower case, a line each. */
export interface WireReply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** The lines of one field. */
export function lines(reply: WireReply, name: string): string[] {
  return reply.headers.filter(([field]) => field === name).map(([, value]) => value);
}

export function text(reply: WireReply): string {
  return new TextDecoder().decode(reply.body);
}

/** Sends a request over a connection of its own, with the target as it is spelled. */
export function overHttp(
  origin: string,
  { method = "GET", target, headers = [], body }: WireRequest,
): Promise<WireReply> {
  const { hostname, port } = new URL(origin);
  const raw = headers.flat();
  // Always told, since Azure drops bodies of unknown length.
  if (body !== undefined || !["GET", "HEAD"].includes(method)) {
    raw.push("content-length", String(Buffer.byteLength(body ?? "")));
  }
  if (!headers.some(([name]) => name === "host")) raw.push("host", `${hostname}:${port}`);
  return new Promise((resolve, reject) => {
    const request = send({ hostname, port, method, path: target, headers: raw, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const fields = response.rawHeaders;
        const pairs = Array.from(
          { length: fields.length / 2 },
          (_, index) => [fields[2 * index]?.toLowerCase() ?? "", fields[2 * index + 1] ?? ""] as const,
        );
        resolve({ status: response.statusCode ?? 0, headers: pairs, body: Buffer.concat(chunks) });
      });
    });
    request.on("error", reject);
    request.setTimeout(20_000, () => request.destroy(new Error(`no answer to ${method} ${target}`)));
    request.end(body);
  });
}
