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

/**
 * A value in the shapes of the host's protocol: text, JSON, bytes, lists of them, integers of 64 bits as their halves, or what an SDK binding
 * is made of.
 */
export type RpcData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly int: number }
  | { readonly double: number }
  | { readonly collectionString: { readonly string: readonly string[] } }
  | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } }
  | { readonly collectionSint64: { readonly sint64: readonly object[] } }
  | { readonly modelBindingData: object }
  | { readonly collectionModelBindingData: object };

export interface RpcRetryContext {
  /** 0 for the first attempt, which has no context. */
  readonly retryCount: number;
  readonly maxRetryCount: number;
}

/** A function as the worker announces it. */
export interface RpcFunction {
  readonly name: string;
  /** The trigger's: `httpTrigger`, `queueTrigger`. */
  readonly type: string;
  readonly route: string | undefined;
  readonly methods: readonly string[];
}

export type ToWorker =
  | {
      readonly type: "invoke";
      readonly id: string;
      readonly name: string;
      readonly input: RpcData | { readonly http: RpcRequest };
      readonly retryContext?: RpcRetryContext | undefined;
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
