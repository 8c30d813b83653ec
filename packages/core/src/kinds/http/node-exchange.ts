import { HandlerError } from "../../error.js";
import { concat } from "./body.js";
import type { HttpReply } from "./http-reply.js";
import { frameBody, inOnePiece, type NodeWireRequest, ofConnection } from "./node-wire.js";

// What is used of `node:http` and `node:stream`, without their types: core knows no platform, and this file runs on Node alone.
interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
  once(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}
export interface Side extends Emitter {
  destroy(error?: Error): unknown;
}
interface ClientRequest extends Emitter {
  write(chunk: Uint8Array): boolean;
  end(): unknown;
}
interface Incoming extends Emitter, AsyncIterable<Uint8Array> {
  readonly statusCode: number;
  readonly rawHeaders: readonly string[];
  resume(): unknown;
  destroy(error?: Error): unknown;
}
export interface Outgoing {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  sendDate: boolean;
  destroy(): unknown;
}
interface Builtins {
  getBuiltinModule(name: "node:http"): { request(options: object): ClientRequest };
  getBuiltinModule(name: "node:stream"): { duplexPair(): [Side, Side] };
}
declare const process: Builtins;
declare function setImmediate(run: () => void): unknown;

/** A server of `node:http`, which need not listen. */
export interface NodeServer {
  maxHeaderSize?: number | undefined;
  emit(event: "connection", socket: unknown): unknown;
}

/** How one request is sent. */
export interface NodeSendOptions {
  /** Ends the exchange: the app sees its request and response close. */
  readonly signal: AbortSignal;
  /** Takes what the app throws when its response is over already. */
  readonly onLate: (error: unknown) => void;
  /** What an app has answered that throws before it answers. Default: nothing, `send` rejects with what was thrown. */
  readonly onFailure?: ((error: unknown) => HttpReply) | undefined;
}

// Load balancers take up to 64 KiB; of these some make more.
export const maxHeaderSize = 256 * 1024;

/** One request and its reply, over a connection of its own. */
export class Exchange {
  readonly peer: Side;
  private readonly client: Side;
  private readonly request: NodeWireRequest;
  private readonly options: NodeSendOptions;
  private over = false;
  private broken: { readonly error: unknown } | undefined = undefined;
  private resolve: (reply: HttpReply | Promise<HttpReply>) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(request: NodeWireRequest, options: NodeSendOptions) {
    [this.client, this.peer] = process.getBuiltinModule("node:stream").duplexPair();
    this.request = request;
    this.options = options;
    Object.assign(this.peer, toSocket(this.peer, request));
  }

  async run(server: NodeServer): Promise<HttpReply> {
    const { method, target, headers } = this.request;
    const { signal } = this.options;
    if (signal.aborted) throw signal.reason;
    const onAbort = (): void => this.break(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    // Either side takes the other with it, once that has had the time to read what was written.
    this.client.once("close", () => {
      this.over = true;
      signal.removeEventListener("abort", onAbort);
      this.peer.destroy();
    });
    this.peer.once("close", () => setImmediate(() => this.client.destroy()));
    for (const side of [this.client, this.peer]) side.on("error", () => undefined);
    try {
      const body = await frameBody(this.request, this.request.body === null ? undefined : declaredLength(headers));
      if (this.broken) throw this.broken.error;
      const lines = headers.filter(([name]) => name !== "content-length").flat();
      return await new Promise((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
        server.emit("connection", this.peer);
        const outgoing = open({
          createConnection: () => this.client,
          method,
          path: target,
          headers: body.framing ? [...lines, ...body.framing] : lines,
          setHost: false,
          maxHeaderSize,
        });
        outgoing.on("error", (cause: Error) => reject(this.broken ? this.broken.error : noAnswer(cause)));
        outgoing.on("response", (incoming: Incoming) => resolve(this.toReply(incoming)));
        this.write(outgoing, body.chunks).catch((error: unknown) => this.break(error));
      });
    } catch (error) {
      this.client.destroy();
      throw error;
    }
  }

  /** The app threw. */
  fail(error: unknown, response: Outgoing): void {
    const { onLate, onFailure } = this.options;
    if (response.writableEnded) {
      onLate(error);
    } else if (response.headersSent) {
      this.broken ??= { error };
      response.destroy();
    } else {
      if (onFailure) this.resolve(onFailure(error));
      this.break(error);
    }
  }

  private break(error: unknown): void {
    this.broken ??= { error };
    this.reject(error);
    this.client.destroy();
  }

  private async write(outgoing: ClientRequest, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      if (this.over) return;
      if (outgoing.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        outgoing.once("drain", resolve);
        this.client.once("close", resolve);
      });
    }
    outgoing.end();
  }

  private async toReply(incoming: Incoming): Promise<HttpReply> {
    const { statusCode: status } = incoming;
    const headers = toReplyHeaders(incoming.rawHeaders);
    if (this.request.method === "HEAD" || status === 204 || status === 304) {
      incoming.resume();
      return { status, headers, body: null };
    }
    const length = headers["content-length"];
    const isShort = typeof length === "string" && Number(length) <= inOnePiece;
    return { status, headers, body: isShort ? await this.collect(incoming) : this.toBody(incoming) };
  }

  /** By events: an iterator costs as much as all the rest. */
  private collect(incoming: Incoming): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      incoming.on("end", () => resolve(chunks.length === 0 ? null : concat(chunks)));
      incoming.on("error", (cause: Error) => reject(this.broken ? this.broken.error : noAnswer(cause)));
    });
  }

  private toBody(incoming: Incoming): AsyncGenerator<Uint8Array> {
    const read = async function* (exchange: Exchange): AsyncGenerator<Uint8Array> {
      try {
        yield* incoming;
      } catch (cause) {
        throw exchange.broken ? exchange.broken.error : noAnswer(cause);
      }
    };
    // So that it can be let go of while it waits.
    return Object.assign(read(this), { destroy: () => incoming.destroy() });
  }
}

function open(options: object): ClientRequest {
  try {
    return process.getBuiltinModule("node:http").request(options);
  } catch (cause) {
    throw new HandlerError("BAD_REQUEST", "The request has a target or a header field that HTTP does not allow.", {
      cause,
    });
  }
}

function noAnswer(cause: unknown): HandlerError {
  return new HandlerError("BAD_GATEWAY", "The app ended the connection before its answer was complete.", { cause });
}

function declaredLength(headers: NodeWireRequest["headers"]): number | undefined {
  const value = headers.find(([name]) => name === "content-length")?.[1];
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function toReplyHeaders(raw: readonly string[]): HttpReply["headers"] {
  const headers: Record<string, string | readonly string[]> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (ofConnection.test(name)) continue;
    const line = raw[index + 1] as string;
    const before = headers[name];
    headers[name] = before === undefined ? line : [...(typeof before === "string" ? [before] : before), line];
  }
  return headers;
}

/** What an app may ask of a socket beyond what every stream has. */
function toSocket(peer: Side, { clientIp, encrypted }: NodeWireRequest): object {
  let timer: ReturnType<typeof setTimeout> | undefined;
  peer.once("close", () => clearTimeout(timer));
  const self = (): Side => peer;
  return {
    remoteAddress: clientIp,
    remoteFamily: clientIp === undefined ? undefined : clientIp.includes(":") ? "IPv6" : "IPv4",
    encrypted,
    setNoDelay: self,
    setKeepAlive: self,
    ref: self,
    unref: self,
    // Counts from the call, and not from what was last sent.
    setTimeout(ms: number, listener?: () => void): Side {
      clearTimeout(timer);
      if (listener) peer.once("timeout", listener);
      if (ms > 0) timer = setTimeout(() => peer.emit("timeout"), ms);
      return peer;
    },
  };
}
