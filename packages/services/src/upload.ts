import { type Bytes, HandlerError, type ObjectBody } from "@portico/core";
import { type Chunks, concat, describe, toBytes, toChunks } from "@portico/core/adapter";
import { untilAborted } from "./signal.js";

/** Bytes of one part: the most that a request holds, and what a provider that sends parts keeps in memory at a time. */
export const partSize = 8 * 1024 * 1024;

/** Parts that are let go of by `return`, asked for or not. */
export interface Parts extends AsyncIterable<Bytes> {
  next(): Promise<IteratorResult<Bytes>>;
  return(value?: undefined): Promise<IteratorResult<Bytes>>;
}

/** A body, ready to be sent: whole where it fits into one request, which can then be repeated; else its parts, of `partSize` but for the last. */
export type Upload =
  | { readonly whole: Bytes; readonly parts?: undefined }
  | { readonly whole?: undefined; readonly parts: Parts };

/** @throws {HandlerError} INPUT_INVALID when it is no body, and whatever its stream throws. */
export async function toUpload(body: ObjectBody, signal: AbortSignal): Promise<Upload> {
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = toBytes(body);
    return bytes.byteLength <= partSize ? { whole: bytes } : { parts: slices(bytes) };
  }
  const streamed = typeof body === "object" && body !== null && (Symbol.asyncIterator in body || "getReader" in body);
  if (!streamed) throw refuse(body);
  const chunks = toChunks(body, refuse);
  const parts = inParts(chunks, signal);
  const first = await parts.next();
  if (first.done) return { whole: new Uint8Array(0) };
  if (first.value.byteLength < partSize) return { whole: first.value };
  return { parts: chained(first.value, parts, chunks) };
}

function refuse(value: unknown): HandlerError {
  return new HandlerError(
    "INPUT_INVALID",
    `An object is made of strings and bytes, whole or in chunks, and ${describe(value)} was given.`,
  );
}

async function* slices(bytes: Bytes): AsyncGenerator<Bytes> {
  for (let start = 0; start < bytes.byteLength; start += partSize) yield bytes.subarray(start, start + partSize);
}

/** Not a generator: one that nobody has asked yet ends without ending its source, and one that waits for it does not end. */
function chained(first: Bytes, rest: AsyncGenerator<Bytes>, chunks: Chunks): Parts {
  let begun = false;
  return {
    async next() {
      if (begun) return rest.next();
      begun = true;
      return { done: false, value: first };
    },
    async return() {
      chunks.return().catch(() => undefined);
      rest.return(undefined).catch(() => undefined);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Parts of one size, whatever the sizes of the chunks. It stops waiting for a chunk when the signal aborts. */
async function* inParts(chunks: Chunks, signal: AbortSignal): AsyncGenerator<Bytes> {
  let held: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(chunks.next(), signal);
      if (done) break;
      // A copy, since a source may use its buffer again.
      let chunk = new Uint8Array(value);
      while (size + chunk.byteLength >= partSize) {
        const room = partSize - size;
        const part = concat([...held, chunk.subarray(0, room)]);
        held = [];
        size = 0;
        chunk = chunk.subarray(room);
        yield part;
      }
      held.push(chunk);
      size += chunk.byteLength;
    }
    if (size > 0) yield concat(held);
  } finally {
    chunks.return().catch(() => undefined);
  }
}
