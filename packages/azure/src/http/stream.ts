import { HandlerError, type StreamSource } from "@portico/core";
import { collectBody, errorFields, toChunks } from "@portico/core/adapter";
import { connectionOf } from "../connection.js";
import type { AzureContext } from "../context.js";
import { end } from "../shutdown.js";

/**
 * A streamed body in one piece, for an app that does not stream.
 *
 * @throws {HandlerError} REPLY_INVALID when it is over the limit (bytes), TIMEOUT when it does not end before the deadline.
 */
export function collect(body: StreamSource, context: AzureContext, limit: number): Promise<string | Uint8Array | null> {
  return beforeDeadline(collectBody(body, limit), context);
}

/**
 * A streamed body as `@azure/functions` may iterate it: it never fails, pauses while the connection is full, and ends when the client
 * leaves. Resolves once there is a first chunk, since nothing is sent before: until then a failure can become a reply.
 *
 * @throws {unknown} what the body throws in place of a first chunk.
 */
export async function open(body: StreamSource, context: AzureContext): Promise<AsyncIterable<Uint8Array>> {
  const connection = connectionOf(context.id);
  const chunks = toChunks(body);
  const left =
    connection &&
    new Promise<undefined>((resolve) => {
      const leave = () => {
        context["~abort"](new HandlerError("CANCELLED", "The client left."));
        resolve(undefined);
      };
      if (connection.destroyed) leave();
      else connection.once("close", leave);
    });
  const next = () => (left ? Promise.race([chunks.next(), left]) : chunks.next());
  const first = await beforeDeadline(next(), context);
  return send(first);

  async function* send(current: IteratorResult<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
    try {
      for (let result = current; result && !result.done; result = await next()) {
        yield result.value;
        if (connection?.writableNeedDrain)
          await Promise.race([new Promise((resolve) => connection.once("drain", resolve)), left]);
      }
    } catch (error) {
      context.log.error("the reply's stream failed", { error: errorFields(error) });
      // The status is out: only a broken connection can tell the client that something is missing.
      connection?.destroy();
    } finally {
      // Not awaited: a source that ignores the signal must not hold the invocation.
      chunks.return(undefined).catch(() => undefined);
      end(context);
    }
  }
}

async function beforeDeadline<T>(work: Promise<T>, context: AzureContext): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new HandlerError("TIMEOUT", "The reply's stream did not come in time.");
      context["~abort"](error);
      reject(error);
    }, context.remainingMs());
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
