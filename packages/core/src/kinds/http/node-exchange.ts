import { toCount } from "../../ascii.js";
import { HandlerError } from "../../error.js";
import { concat } from "./body.js";
import type { HttpReply } from "./http-reply.js";
import { latin1Value, markLatin1 } from "./latin1.js";
import { type Emitter, type Side, toSocket } from "./node-socket.js";
import { frameBody, type NodeWireRequest, ofConnection } from "./node-wire.js";

// What is used of `node:http` and `node:stream`, without their types: core knows no platform, and this file runs on Node alone.
interface ClientRequest extends Emitter {
  shouldKeepAlive: boolean;
  flushHeaders(): void;
  write(chunk: Uint8Array): boolean;
  end(): unknown;
}
interface Incoming extends Emitter, AsyncIterable<Uint8Array> {
  readonly statusCode: number;
  readonly rawHeaders: readonly string[];
  resume(): unknown;
  destroy(error?: Error): unknown;
}
/** The app's request. */
export interface NodeAppRequest {
  readonly socket: unknown;
  readonly readableDidRead?: boolean | undefined;
}
/** The app's response. */
export interface Outgoing extends Pick<Emitter, "once"> {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  getHeader(name: string): unknown;
  sendDate: boolean;
  destroy(): unknown;
}
interface Builtins {
  getBuiltinModule(name: "node:http"): { request(options: object): ClientRequest };
  getBuiltinModule(name: "node:stream"): { duplexPair(options: { readonly highWaterMark: number }): [Side, Side] };
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

// A reply that says it is no longer than this is one piece: streams cost more, and not every platform has them. Bytes.
const inOnePiece = 64 * 1024;

// What a socket of Node's reads at once: an app that pauses its request is not sent much more. Bytes.
const pieceLength = 64 * 1024;

// What a stream holds in Node 20. Since Node 22 it is as much as a piece, and an app would be given two of them together. Bytes.
const highWaterMark = 16 * 1024;

// Load balancers take up to 64 KiB; of these some make more.
export const maxHeaderSize = 256 * 1024;

/** One request and its reply, over a connection of its own. */
export class Exchange {
  readonly peer: Side;
  private readonly client: Side;
  private readonly request: NodeWireRequest;
  private readonly options: NodeSendOptions;
  private chunks: AsyncIterator<Uint8Array> | undefined = undefined;
  /** Ends the wait for room, or for the connection to close. */
  private wake: (() => void) | undefined = undefined;
  private response: Outgoing | undefined = undefined;
  private isOver = false;
  private isSent = false;
  private isAnswered = false;
  private broken: { readonly error: unknown } | undefined = undefined;
  private resolve: (reply: HttpReply | Promise<HttpReply>) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(request: NodeWireRequest, options: NodeSendOptions) {
    [this.client, this.peer] = process.getBuiltinModule("node:stream").duplexPair({ highWaterMark });
    this.request = request;
    this.options = options;
    Object.assign(this.peer, toSocket(this.peer, request));
  }

  /** Sends the head of the request at once, and its body while the app takes it. */
  async run(server: NodeServer): Promise<HttpReply> {
    const { method, target, headers } = this.request;
    const { signal } = this.options;
    const { framing, chunks } = frameBody(this.request, declaredLength(headers));
    this.chunks = chunks;
    const onAbort = (): void => this.break(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    // Either side takes the other with it, once that has had the time to read what was written.
    this.client.once("close", () => {
      signal.removeEventListener("abort", onAbort);
      this.letGo();
      this.peer.destroy();
    });
    this.peer.once("close", () => setImmediate(() => this.client.destroy()));
    for (const side of [this.client, this.peer]) side.on("error", () => undefined);
    try {
      if (signal.aborted) throw signal.reason;
      const lines = headers.filter(([name]) => !/^content-length$/i.test(name)).flat();
      return await new Promise((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
        server.emit("connection", this.peer);
        const outgoing = open({
          createConnection: () => this.client,
          method,
          path: target,
          // Kept open, the connection leaves an app that has answered the rest of its request.
          headers: [...lines, ...(framing ?? []), "connection", "keep-alive"],
          setHost: false,
          maxHeaderSize,
        });
        outgoing.shouldKeepAlive = true;
        outgoing.on("error", (cause: Error) => reject(this.broken ? this.broken.error : noAnswer(cause)));
        outgoing.on("response", (incoming: Incoming) => resolve(this.toReply(incoming)));
        outgoing.on("finish", () => {
          this.isSent = true;
          this.closeWhenDone();
        });
        this.write(outgoing, chunks).catch((error: unknown) => this.break(error));
      });
    } catch (error) {
      this.client.destroy();
      throw error;
    }
  }

  /** The app is called. What it has not begun to read by the end of its answer it will not read. */
  called(request: NodeAppRequest, response: Outgoing): void {
    this.response = response;
    if (!this.chunks) return;
    response.once("finish", () => {
      if (!request.readableDidRead) this.letGo();
    });
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

  private async write(outgoing: ClientRequest, chunks: AsyncIterator<Uint8Array> | undefined): Promise<void> {
    if (chunks) {
      outgoing.flushHeaders();
      // The request's own event does not come any more once the app has answered.
      for (const side of [outgoing, this.client]) side.on("drain", () => this.wake?.());
      for (let next = await chunks.next(); !next.done && !this.isOver; next = await chunks.next()) {
        for (let start = 0; start < next.value.length && !this.isOver; start += pieceLength) {
          if (!outgoing.write(next.value.subarray(start, start + pieceLength))) await this.room();
        }
      }
    }
    if (!this.isOver) outgoing.end();
  }

  private room(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Nobody reads the rest of the request's body. */
  private letGo(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.wake?.();
    this.chunks?.return?.()?.catch(() => undefined);
    this.closeWhenDone();
  }

  private closeWhenDone(): void {
    // The app's side is to see first that its answer was taken.
    if (this.isAnswered && (this.isSent || this.isOver)) setImmediate(() => this.client.destroy());
  }

  private async toReply(incoming: Incoming): Promise<HttpReply> {
    const { statusCode: status } = incoming;
    incoming.on("end", () => {
      this.isAnswered = true;
      this.closeWhenDone();
    });
    const headers = toReplyHeaders(incoming.rawHeaders, this.response);
    if (this.request.method === "HEAD" || status === 204 || status === 304) {
      incoming.resume();
      return markLatin1({ status, headers, body: null });
    }
    const length = headers["content-length"];
    const isShort = typeof length === "string" && Number(length) <= inOnePiece;
    return markLatin1({ status, headers, body: isShort ? await this.collect(incoming) : this.toBody(incoming) });
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
  return toCount(headers.find(([name]) => /^content-length$/i.test(name))?.[1]);
}

function toReplyHeaders(raw: readonly string[], response: Outgoing | undefined): HttpReply["headers"] {
  const headers: Record<string, string | readonly string[]> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (ofConnection.test(name)) continue;
    const line = raw[index + 1] as string;
    const before = headers[name];
    headers[name] = before === undefined ? line : [...(typeof before === "string" ? [before] : before), line];
  }
  // Of this field alone Node damages characters beyond ASCII, where it makes the length itself.
  const disposition = response?.getHeader("content-disposition");
  if (typeof disposition === "string" && latin1Value.test(disposition)) headers["content-disposition"] &&= disposition;
  return headers;
}
