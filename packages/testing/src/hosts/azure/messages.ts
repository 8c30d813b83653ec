import type { Socket } from "node:net";

/** An HTTP request as the Functions host hands it to its worker. */
export interface RpcRequest {
  readonly url: string;
  readonly method: string;
  readonly nullableHeaders: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableQuery: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableParams: Readonly<Record<string, { readonly value: string }>>;
  readonly body?: { readonly bytes: Uint8Array };
}

export interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value: string };
  readonly path?: { readonly value: string };
  readonly expires?: { readonly value: { readonly seconds: number } };
  readonly secure?: { readonly value: boolean };
  readonly httpOnly?: { readonly value: boolean };
  readonly sameSite: "none" | "lax" | "strict" | "explicitNone";
  readonly maxAge?: { readonly value: number };
}

/** An HTTP reply as the worker hands it to the host. */
export interface RpcReply {
  readonly statusCode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly RpcCookie[];
  readonly body: { readonly bytes: Uint8Array };
}

/** A function as the worker announces it. */
export interface RpcFunction {
  readonly name: string;
  readonly route: string | undefined;
  readonly methods: readonly string[];
}

export type ToWorker =
  | {
      readonly type: "invoke";
      readonly id: string;
      readonly name: string;
      readonly request: RpcRequest;
      readonly triggerMetadata: Readonly<Record<string, object>>;
      readonly traceContext: { readonly traceParent: string; readonly traceState: string };
    }
  | { readonly type: "terminate" };

export type FromWorker =
  | { readonly type: "ready"; readonly functions: readonly RpcFunction[]; readonly httpUri: string | undefined }
  | { readonly type: "result"; readonly id: string; readonly error?: string; readonly reply?: RpcReply };

/** Sends messages over a socket, a line of JSON each; bytes as base64. */
export function send(socket: Socket, message: ToWorker | FromWorker): void {
  if (!socket.writable) return;
  const line = JSON.stringify(message, (_key, value: unknown) => {
    // A Buffer's own toJSON has run before this.
    if (isBufferJson(value)) return { $bytes: Buffer.from(value.data).toString("base64") };
    return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value;
  });
  socket.write(`${line}\n`);
}

/** Reads what {@link send} sent. */
export function receive<M extends ToWorker | FromWorker>(socket: Socket, take: (message: M) => void): void {
  let parts: Buffer[] = [];
  socket.on("data", (data: Buffer) => {
    let start = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      const line = Buffer.concat([...parts, data.subarray(start, end)]).toString("utf8");
      parts = [];
      start = end + 1;
      take(JSON.parse(line, revive) as M);
    }
    if (start < data.length) parts.push(data.subarray(start));
  });
}

function revive(_key: string, value: unknown): unknown {
  const bytes = typeof value === "object" && value !== null ? (value as { $bytes?: unknown }).$bytes : undefined;
  return typeof bytes === "string" ? Buffer.from(bytes, "base64") : value;
}

function isBufferJson(value: unknown): value is { data: number[] } {
  const given = value as { type?: unknown; data?: unknown } | null;
  return typeof given === "object" && given?.type === "Buffer" && Array.isArray(given.data);
}
