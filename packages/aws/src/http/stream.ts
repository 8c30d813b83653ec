import { HandlerError, type HttpReply, type StreamSource } from "@portico/core";
import {
  errorFields,
  finishReply,
  isStreamBody,
  logFailure,
  toChunks,
  toFailure,
  type Watchdog,
} from "@portico/core/adapter";
import type { AwsContext } from "../context.js";
import { countdown, settle } from "./countdown.js";
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
  const { body } = writePrelude(stream, source, response, context);
  if (isStreamBody(body)) await pump(stream, body, response, context, watchdog);
  else if (body) stream.write(body);
  // Without an end the invocation would hang until it is killed.
  stream.end();
  await settle(context, watchdog);
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
 * Sends chunk by chunk, no faster than they are taken. Rejects when the source fails, which makes Lambda break the reply off; resolves
 * when the client has left. At the deadline an event stream just ends, and anything else, being cut short, is broken off.
 */
async function pump(
  stream: ResponseStream,
  body: StreamSource,
  { status, headers }: HttpReply,
  context: AwsContext,
  watchdog: Watchdog,
): Promise<void> {
  let over = false;
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
    const endless = String(headers["content-type"]).startsWith("text/event-stream");
    logFailure(context, "the stream was ended at the deadline", { status }, endless ? "info" : "error");
    stop(endless ? undefined : error);
  });
  const chunks = toChunks(body);
  const run = async (): Promise<void> => {
    for await (const chunk of chunks) {
      if (over) return;
      if (!stream.write(chunk)) {
        await new Promise<void>((resolve) => {
          onDrain = resolve;
        });
      }
    }
    stop();
  };
  run().catch((error: unknown) => {
    if (over) return;
    logFailure(context, "the stream failed", { status, error: errorFields(error) });
    stop(error);
  });
  try {
    await stopped;
  } finally {
    over = true;
    end();
    // Whoever left while a chunk, or room for one, was waited for: the source is told now.
    chunks.return().catch(() => undefined);
  }
}
