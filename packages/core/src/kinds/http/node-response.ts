import { describe, HandlerError } from "../../error.js";
import { toBytes } from "../../payload.js";
import { cancelBody, isStreamBody } from "./finish.js";
import type { HttpReply, StreamSource } from "./http-reply.js";
import { isLatin1 } from "./latin1.js";

/** What is used of a response of `node:http`, or of a framework on it. */
export interface NodeStyleResponse {
  readonly destroyed: boolean;
  writeHead(status: number, headers: Record<string, string | number | string[]>): unknown;
  flushHeaders(): void;
  /** False when the client does not keep up. */
  write(chunk: string | Uint8Array): boolean;
  end(chunk?: string | Uint8Array): unknown;
  destroy(): unknown;
  on(event: "close" | "drain", listener: () => void): unknown;
  off(event: "close" | "drain", listener: () => void): unknown;
}

/** What the adapter does between the last byte of a reply and its end. */
export type BeforeEnd = () => Promise<unknown> | undefined;

// Node's, without its types: core knows no platform, and this file runs on Node alone.
declare const Buffer: { byteLength(text: string): number };

/**
 * Sends a finished reply. Resolves when all of it is handed over, or the client has left; then a streamed body's source is cancelled.
 *
 * @throws whatever the body's source throws, once the connection is cut, so that no client takes the part it got for the whole.
 */
export function sendReply(
  response: NodeStyleResponse,
  method: string,
  reply: HttpReply,
  beforeEnd?: BeforeEnd,
): Promise<void> | undefined {
  const { status, headers } = reply;
  let { body } = reply;
  if (response.destroyed) {
    cancelBody(body);
    return;
  }
  const fields = headers as Record<string, string | string[]>;
  if (isStreamBody(body)) {
    response.writeHead(status, fields);
    flushHead(response, reply);
    return new Pump(response, body, fields["content-length"]).run(beforeEnd);
  }
  const noLength = method === "HEAD" || status === 204 || status === 304;
  const length = body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  response.writeHead(status, noLength ? fields : { ...fields, "content-length": length });
  // As `flushHead`: not together with a text.
  if (typeof body === "string" && isLatin1(reply)) body = toBytes(body);
  if (!beforeEnd) {
    if (body === null) response.end();
    else response.end(body);
    return;
  }
  if (body === null) flushHead(response, reply);
  else response.write(body);
  return endAfter(response, beforeEnd);
}

/** Node writes fields as Latin-1, but for those that it writes together with a text, the empty one of `flushHeaders` included. */
function flushHead(response: NodeStyleResponse, reply: HttpReply): void {
  if (isLatin1(reply)) response.write(new Uint8Array());
  else response.flushHeaders();
}

async function endAfter(response: NodeStyleResponse, beforeEnd: BeforeEnd): Promise<void> {
  await beforeEnd();
  response.end();
}

/** Carries chunks from a source to a client, no faster than the client takes them. */
class Pump {
  private left = false;
  private wake: (() => void) | undefined;
  private sent = 0;
  private readonly response: NodeStyleResponse;
  private readonly source: Source;
  private readonly length: number | undefined;

  constructor(response: NodeStyleResponse, body: StreamSource, length: string | string[] | undefined) {
    this.response = response;
    this.source = open(body);
    this.length = length === undefined ? undefined : Number(length);
  }

  async run(beforeEnd: BeforeEnd | undefined): Promise<void> {
    const { response, source } = this;
    const onClose = (): void => {
      this.left = true;
      source.cancel();
      this.wake?.();
    };
    const onDrain = (): void => this.wake?.();
    response.on("close", onClose);
    response.on("drain", onDrain);
    try {
      await this.carry();
      if (this.left) return;
      await beforeEnd?.();
      response.end();
    } catch (error) {
      if (this.left) return;
      this.left = true;
      source.cancel();
      // What was written before goes out first.
      await new Promise((resolve) => setTimeout(resolve));
      response.destroy();
      throw error;
    } finally {
      response.off("close", onClose);
      response.off("drain", onDrain);
    }
  }

  private async carry(): Promise<void> {
    while (!this.left) {
      const next = await this.orLeft(this.source.next());
      if (!next || this.left) return;
      if (next.done) break;
      const chunk = checkChunk(next.value);
      this.sent += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.byteLength;
      if (this.length !== undefined && this.sent > this.length) throw wrongLength();
      if (chunk.length > 0 && !this.response.write(chunk)) await this.orLeft(undefined);
    }
    if (this.length !== undefined && this.sent !== this.length) throw wrongLength();
  }

  /** What `promise` gives, or undefined once the client has left or has taken what waited for it. */
  private orLeft<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      if (this.left) return resolve(undefined);
      this.wake = promise ? () => this.left && resolve(undefined) : () => resolve(undefined);
      promise?.then(resolve, reject);
    });
  }
}

interface Source {
  next(): Promise<IteratorResult<unknown>>;
  /** Also while `next` is waiting. */
  cancel(): void;
}

const ignore = (): undefined => undefined;

function open(body: StreamSource): Source {
  if ("getReader" in body) {
    const reader = body.getReader();
    return {
      next: async () => (await reader.read()) as IteratorResult<unknown>,
      cancel: () => void reader.cancel().catch(ignore),
    };
  }
  const iterator = body[Symbol.asyncIterator]();
  const stream = body as { destroy?: () => unknown };
  const close = async (): Promise<unknown> => iterator.return?.();
  return {
    next: async () => iterator.next(),
    cancel() {
      // A stream of Node's is woken by this; an async generator cannot be woken, and listens to the context's signal.
      if (typeof stream.destroy === "function") stream.destroy();
      else close().catch(ignore);
    },
  };
}

function checkChunk(chunk: unknown): string | Uint8Array {
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return chunk;
  throw new HandlerError(
    "REPLY_INVALID",
    `A chunk of the reply's body is ${describe(chunk)}; strings and Uint8Arrays can be sent.`,
  );
}

function wrongLength(): HandlerError {
  return new HandlerError("REPLY_INVALID", "The streamed reply is not as long as its content-length says.");
}
