import type { ServerResponse } from "node:http";
import { HandlerError, type HttpReply, type StreamSource } from "@portico/core";
import {
  chunksInTime,
  collectBody,
  errorFields,
  logFailure,
  settle,
  toChunks,
  toTimerMs,
  type Watchdog,
} from "@portico/core/adapter";
import { connectionOf } from "../connection.js";
import type { AzureContext } from "../context.js";
import { end } from "../shutdown.js";

/**
 * A streamed body in one piece, for an app that does not stream.
 *
 * @throws {HandlerError} REPLY_INVALID when it is over the limit (bytes), TIMEOUT when it does not end before the deadline.
 */
export async function collect(
  body: StreamSource,
  context: AzureContext,
  limit: number,
): Promise<string | Uint8Array | null> {
  const chunks = toChunks(body);
  try {
    return await beforeDeadline(collectBody(chunks, limit), context);
  } finally {
    chunks.return().catch(() => undefined);
  }
}

/**
 * A streamed body as `@azure/functions` may iterate it: it never fails, pauses while the connection is full, and ends when the client
 * leaves; at the deadline an event stream ends, and the connection of any other is broken. Resolves once there is a first chunk, since nothing is sent before: until then a failure can become a reply.
 *
 * @throws {unknown} what the body throws in place of a first chunk.
 */
export async function open(
  reply: HttpReply,
  context: AzureContext,
  watchdog: Watchdog,
): Promise<AsyncIterable<Uint8Array>> {
  const connection = connectionOf(context.id);
  const chunks = chunksInTime(reply, context, watchdog);
  // Not awaited: a source that ignores the signal must not hold the invocation.
  const release = () => void chunks.return().catch(() => undefined);
  const unlessGone = watch(connection);
  try {
    return send(await unlessGone(chunks.next()));
  } catch (error) {
    release();
    throw error;
  }

  async function* send(first: IteratorResult<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
    try {
      for (let result = first; result && !result.done; result = await unlessGone(chunks.next())) {
        yield result.value;
        if (connection?.writableNeedDrain)
          await unlessGone(new Promise((resolve) => connection.once("drain", resolve)));
      }
      await settle(context, watchdog);
    } catch (error) {
      logFailure(context, "the reply's stream failed", { error: errorFields(error) });
      // The status is out: only a broken connection can tell the client that something is missing.
      connection?.destroy();
    } finally {
      release();
      end(context);
    }
  }
}

/** Waits for something, or for the connection to close: then undefined. One listener, however long the stream. */
function watch(connection: ServerResponse | undefined): <T>(work: Promise<T>) => Promise<T | undefined> {
  if (!connection) return (work) => work;
  let giveUp: (value: undefined) => void = () => undefined;
  connection.once("close", () => giveUp(undefined));
  return (work) =>
    new Promise((resolve, reject) => {
      giveUp = resolve;
      if (connection.destroyed) resolve(undefined);
      work.then(resolve, reject);
    });
}

async function beforeDeadline<T>(work: Promise<T>, context: AzureContext): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new HandlerError("TIMEOUT", "The reply's stream did not come in time.");
      context["~abort"](error);
      reject(error);
    }, toTimerMs(context.remainingMs()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
