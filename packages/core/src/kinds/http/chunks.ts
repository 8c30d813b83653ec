import { describe, HandlerError } from "../../error.js";
import type { StreamSource } from "./http-reply.js";

/** Chunks of bytes that can be let go of at any time, also while one is waited for. */
export interface Chunks extends AsyncIterableIterator<Uint8Array, undefined> {
  readonly "~chunks": true;
  /** Cancels the source at once. Resolves when it has cleaned up, where it is not itself waiting for something. */
  return(): Promise<IteratorResult<Uint8Array, undefined>>;
}

const encoder = new TextEncoder();
const end = { done: true, value: undefined } as const;

/**
 * A streamed body as bytes, chunk by chunk; text is encoded as UTF-8. Leaving the loop early cancels the source. Chunks of this kind are
 * given back as they are.
 *
 * @param refuse the error for a chunk that is neither
 */
export function toChunks(body: StreamSource, refuse: (chunk: unknown) => HandlerError = refuseReply): Chunks {
  if ("~chunks" in body) return body as Chunks;
  const source = open(body);
  let waiting = 0;
  let over = false;
  return {
    "~chunks": true,
    async next() {
      if (over) return end;
      waiting += 1;
      try {
        const { done, value } = await source.next();
        if (done || over) return end;
        if (typeof value === "string") return { done: false, value: encoder.encode(value) };
        if (value instanceof Uint8Array) return { done: false, value };
        throw refuse(value);
      } catch (error) {
        over = true;
        throw error;
      } finally {
        waiting -= 1;
      }
    },
    async return() {
      if (over) return end;
      over = true;
      const closed = source.close();
      // A generator cannot be closed while it waits; it is when what it waits for has come.
      if (waiting > 0) closed.catch(() => undefined);
      else await closed;
      return end;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
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
