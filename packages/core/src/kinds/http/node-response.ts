import { HandlerError } from "../../error.js";
import { type Chunks, toChunks } from "./chunks.js";
import { isEventStream } from "./countdown.js";
import { cancelBody, finishReply, isStreamBody } from "./finish.js";
import type { HttpReply, StreamSource } from "./http-reply.js";

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

// An event stream may be quiet for long, and its client waits for the head to know that it is connected.
const quietMs = 100;

/** What the adapter does between the last byte of a reply and its end. */
export type BeforeEnd = () => Promise<unknown> | undefined;

// Node's, without its types: core knows no platform, and this file runs on Node alone.
declare const Buffer: { byteLength(text: string): number };

/**
 * Sends a finished reply. The head of a streamed one goes out with its first chunk, and an event stream's after a moment: until then a source
 * that fails can be answered with `onFailure`. Resolves when all of it is handed over, or the client has left; then a streamed body's source is cancelled.
 *
 * @throws whatever the body's source throws, once the connection is cut, so that no client takes the part it got for the whole.
 */
export function sendReply(
  response: NodeStyleResponse,
  method: string,
  { status, headers, body }: HttpReply,
  beforeEnd?: BeforeEnd,
  onFailure?: (error: unknown) => HttpReply,
): Promise<void> | undefined {
  if (response.destroyed) {
    cancelBody(body);
    return;
  }
  const fields = headers as Record<string, string | string[]>;
  if (isStreamBody(body)) {
    const begin = (): void => {
      response.writeHead(status, fields);
      response.flushHeaders();
    };
    const fail =
      onFailure && ((error: unknown) => sendReply(response, method, finishReply(method, onFailure(error)), beforeEnd));
    const pump = new Pump(response, body, fields["content-length"], begin);
    return pump.run(isEventStream({ headers }), beforeEnd, fail);
  }
  const noLength = method === "HEAD" || status === 204 || status === 304;
  const length = body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  response.writeHead(status, noLength ? fields : { ...fields, "content-length": length });
  if (!beforeEnd) {
    if (body === null) response.end();
    else response.end(body);
    return;
  }
  if (body === null) response.flushHeaders();
  else response.write(body);
  return endAfter(response, beforeEnd);
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
  private begun = false;
  private readonly source: Chunks;
  private readonly length: number | undefined;
  private readonly onBegin: () => void;

  constructor(
    response: NodeStyleResponse,
    body: StreamSource,
    length: string | string[] | undefined,
    onBegin: () => void,
  ) {
    this.response = response;
    this.source = toChunks(body);
    this.onBegin = onBegin;
    this.length = length === undefined ? undefined : Number(length);
  }

  async run(
    beginsQuiet: boolean,
    beforeEnd: BeforeEnd | undefined,
    fail: ((error: unknown) => Promise<void> | undefined) | undefined,
  ): Promise<void> {
    const { response } = this;
    const quiet = beginsQuiet ? setTimeout(() => this.begin(), quietMs) : undefined;
    const onClose = (): void => {
      this.left = true;
      this.cancel();
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
      this.cancel();
      if (!this.begun && fail) return await fail(error);
      // What was written before goes out first.
      await new Promise((resolve) => setTimeout(resolve));
      response.destroy();
      throw error;
    } finally {
      clearTimeout(quiet);
      response.off("close", onClose);
      response.off("drain", onDrain);
    }
  }

  private begin(): void {
    if (this.begun || this.left) return;
    this.begun = true;
    this.onBegin();
  }

  /** Also while a chunk is waited for. A generator cannot be woken, and listens to the context's signal. */
  private cancel(): void {
    this.source.return().catch(() => undefined);
  }

  private async carry(): Promise<void> {
    while (!this.left) {
      const next = await this.orLeft(this.source.next());
      if (!next || this.left) return;
      this.begin();
      if (next.done) break;
      const chunk = next.value;
      this.sent += chunk.byteLength;
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

function wrongLength(): HandlerError {
  return new HandlerError("REPLY_INVALID", "The streamed reply is not as long as its content-length says.");
}
