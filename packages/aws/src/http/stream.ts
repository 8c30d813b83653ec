import { HandlerError, type HttpReply, type StreamSource } from "@portico/core";
import {
  countdown,
  errorFields,
  failedStream,
  finishReply,
  isEventStream,
  isStreamBody,
  logFailure,
  settle,
  toChunks,
  toFailure,
  type Watchdog,
} from "@portico/core/adapter";
import type { AwsContext } from "../context.js";
import type { HttpEvent } from "./event.js";
import { send } from "./send.js";
import type { EventSource } from "./source.js";

/** The part of the runtime's response stream that is used; a Node `Writable` fits too. */
export interface ResponseStream {
  /** False when the caller should wait for `drain`. */
  write(chunk: string | Uint8Array): boolean;
  end(): unknown;
  on(event: "drain" | "error" | "close", listener: () => void): unknown;
  /** The runtime's own; must come before the first write. */
  setContentType?(type: string): void;
}

// An event stream may be quiet for long, and its client waits for the head to know that it is connected.
const quietMs = 100;

/** Lambda reads status and headers from the first 16 KB. */
const preludeLimit = 16 * 1024;

/**
 * Streams a reply: the prelude and eight NUL bytes, then the body. Events whose source cannot stream (HTTP APIs, ALB, Lattice) get the
 * buffered result as the stream's content, which is what they wait for.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export async function sendStream(
  stream: ResponseStream,
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
  watchdog: Watchdog,
): Promise<void> {
  if (!source.streams) {
    const result = await send(source, response, context, watchdog);
    stream.setContentType?.("application/json");
    stream.write(JSON.stringify(result));
    stream.end();
    return;
  }
  if (isStreamBody(response.body)) {
    const failed = await pump(stream, source, response, context, watchdog);
    if (failed) writeWhole(stream, source, finishReply(source.method(), failed), context);
  } else writeWhole(stream, source, response, context);
  // Without an end the invocation would hang until it is killed.
  stream.end();
  await settle(context, watchdog);
}

function writeWhole(
  stream: ResponseStream,
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
): void {
  const { body } = writePrelude(stream, source, response, context);
  if (body) stream.write(body as string | Uint8Array);
}

/** Written by hand and in one piece: the runtime's own helper forgets it when the stream ends without a write. */
function writePrelude(
  stream: ResponseStream,
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
): HttpReply {
  const { body: _body, isBase64Encoded: _flag, ...meta } = source.toResult(response, "", false);
  const prelude = JSON.stringify(meta);
  if (prelude.length > preludeLimit) {
    const error = new HandlerError(
      "REPLY_INVALID",
      `The headers of the reply are over ${preludeLimit} bytes, the most that can be streamed.`,
    );
    const problem = toFailure(error);
    logFailure(context, "the reply could not be sent", { status: problem.status, error: errorFields(error) });
    return writePrelude(stream, source, finishReply(source.method(), problem), context);
  }
  stream.setContentType?.("application/vnd.awslambda.http-integration-response");
  stream.write(`${prelude}${"\0".repeat(8)}`);
  return response;
}

/**
 * Sends chunk by chunk, no faster than they are taken. The prelude goes out with the first chunk, and an event stream's after a moment: a
 * source that fails before is answered, with the reply that is given back. Rejects when it fails later, which makes Lambda break the reply
 * off; resolves when the client has left. At the deadline an event stream just ends, and anything else, being cut short, is broken off.
 */
async function pump(
  stream: ResponseStream,
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
  watchdog: Watchdog,
): Promise<HttpReply | undefined> {
  const { status } = response;
  let over = false;
  let begun = false;
  /** False where there is no room for the fields: then a whole reply stands in for this one. */
  const begin = (): boolean => {
    if (begun || over) return !over;
    begun = true;
    const sent = writePrelude(stream, source, response, context);
    if (sent === response) return true;
    if (sent.body) stream.write(sent.body as string);
    stop();
    return false;
  };
  const quiet = isEventStream(response) ? setTimeout(begin, quietMs) : undefined;
  let stop: (error?: unknown) => void = () => undefined;
  const stopped = new Promise<void>((resolve, reject) => {
    stop = (error) => (error === undefined ? resolve() : reject(error));
  });
  const onLeave = (): void => {
    if (over) return;
    over = true;
    context["~abort"](new HandlerError("CANCELLED", "The client has left."));
    logFailure(context, "the client left before the reply was finished", { status }, "info");
    stop();
  };
  let onDrain: (() => void) | undefined;
  stream.on("drain", () => onDrain?.());
  stream.on("error", onLeave);
  stream.on("close", onLeave);
  const end = countdown(context, watchdog, (error) => {
    const endless = isEventStream(response);
    logFailure(context, "the stream was ended at the deadline", { status }, endless ? "info" : "error");
    stop(endless ? undefined : error);
  });
  const chunks = toChunks(response.body as StreamSource);
  const run = async (): Promise<void> => {
    for await (const chunk of chunks) {
      if (over || !begin()) return;
      if (!stream.write(chunk)) {
        await new Promise<void>((resolve) => {
          onDrain = resolve;
        });
      }
    }
    begin();
    stop();
  };
  run().catch((error: unknown) => {
    if (over) return;
    if (begun) logFailure(context, "the stream failed", { status, error: errorFields(error) });
    stop(error);
  });
  try {
    await stopped;
    begin();
  } catch (error) {
    if (begun) throw error;
    return failedStream(error, context);
  } finally {
    clearTimeout(quiet);
    over = true;
    end();
    // Whoever left while a chunk, or room for one, was waited for: the source is told now.
    chunks.return().catch(() => undefined);
  }
}
