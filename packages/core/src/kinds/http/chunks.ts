import { describe, HandlerError } from "../../error.js";
import { toBytes } from "../../payload.js";
import { concat } from "./body.js";
import type { StreamSource } from "./http-reply.js";

/** Chunks of bytes that can be let go of at any time, also while one is waited for. */
export interface Chunks extends AsyncIterator<Uint8Array, undefined> {
  readonly "~chunks": true;
  [Symbol.asyncIterator](): Chunks;
  /** Cancels the source at once. Resolves when it has cleaned up, where it is not itself waiting for something. */
  return(): Promise<IteratorResult<Uint8Array, undefined>>;
  /** All that is left; undefined, and the source cancelled, where that is over the limit (bytes). */
  collect(limit: number): Promise<Uint8Array[] | undefined>;
}

const end = { done: true, value: undefined } as const;

/**
 * A streamed body as bytes, chunk by chunk; text is encoded as UTF-8. Leaving the loop early cancels the source. Chunks of this kind are
 * given back as they are.
 *
 * @param refuse the error for a chunk that is neither
 */
export function toChunks(body: StreamSource, refuse: (chunk: unknown) => HandlerError = refuseReply): Chunks {
  return "~chunks" in body ? (body as Chunks) : new SourceChunks(open(body), refuse);
}

class SourceChunks implements Chunks {
  readonly "~chunks" = true;
  private readonly source: Source;
  private readonly refuse: (chunk: unknown) => HandlerError;
  private waiting = 0;
  private over = false;
  /** Where one chunk of text ends within a character that takes two units: the first of them. */
  private half = "";

  constructor(source: Source, refuse: (chunk: unknown) => HandlerError) {
    this.source = source;
    this.refuse = refuse;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.over) return end;
    this.waiting += 1;
    try {
      for (;;) {
        const { done, value } = await this.source.next();
        if (this.over) return end;
        const rest = done ? this.takeHalf() : undefined;
        if (done) return rest === undefined ? end : { done: false, value: toBytes(rest) };
        const chunk = this.check(value);
        if (chunk) return { done: false, value: chunk };
      }
    } catch (error) {
      this.over = true;
      throw error;
    } finally {
      this.waiting -= 1;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.over) return end;
    this.over = true;
    const closed = this.source.close();
    // A generator cannot be closed while it waits; it is when what it waits for has come.
    if (this.waiting > 0) closed.catch(() => undefined);
    else await closed;
    return end;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  // Straight from the source: `next` would be two promises more for each chunk.
  async collect(limit: number): Promise<Uint8Array[] | undefined> {
    const chunks: Uint8Array[] = [];
    if (this.over) return chunks;
    let left = limit;
    this.waiting += 1;
    try {
      while (left >= 0) {
        const { done, value } = await this.source.next();
        const rest = done ? this.takeHalf() : undefined;
        if (rest !== undefined) chunks.push(toBytes(rest));
        if (done || this.over) return chunks;
        const chunk = this.check(value);
        if (!chunk) continue;
        chunks.push(chunk);
        left -= chunk.byteLength;
      }
    } catch (error) {
      this.over = true;
      throw error;
    } finally {
      this.waiting -= 1;
    }
    await this.return();
    return undefined;
  }

  /** Undefined for half a character, which waits for its other half. */
  private check(chunk: unknown): Uint8Array | undefined {
    if (typeof chunk === "string") return this.encode(chunk);
    if (!(chunk instanceof Uint8Array)) throw this.refuse(chunk);
    const rest = this.takeHalf();
    return rest === undefined ? chunk : concat([toBytes(rest), chunk]);
  }

  private encode(chunk: string): Uint8Array | undefined {
    const text = this.half + chunk;
    const last = text.charCodeAt(text.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.half = isHalf ? text.slice(-1) : "";
    const whole = isHalf ? text.slice(0, -1) : text;
    return isHalf && whole === "" ? undefined : toBytes(whole);
  }

  /** What waits for its other half, and gets none. */
  private takeHalf(): string | undefined {
    const { half } = this;
    this.half = "";
    return half === "" ? undefined : half;
  }
}

function refuseReply(chunk: unknown): HandlerError {
  return new HandlerError(
    "REPLY_INVALID",
    `A chunk of the reply's body is ${describe(chunk)}; strings and Uint8Arrays can be sent.`,
  );
}

interface Source {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  close(): Promise<unknown>;
}

function open(body: StreamSource): Source {
  if (typeof (body as ReadableStream).getReader === "function") {
    const reader = (body as ReadableStream<unknown>).getReader();
    return { next: () => reader.read(), close: () => reader.cancel() };
  }
  const iterator = (body as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const { destroy } = body as { destroy?: unknown };
  return {
    next: () => iterator.next(),
    async close() {
      // A Node stream; its iterator would wait for the next chunk first.
      if (typeof destroy === "function") destroy.call(body);
      else await iterator.return?.();
    },
  };
}
