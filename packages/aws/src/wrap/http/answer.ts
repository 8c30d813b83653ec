import { type Context, HandlerError, type HttpReply } from "@portico/core";

import { concat, errorFields, logFailure, normalizeReply, toError } from "@portico/core/adapter";

import { callLambda, callStreaming } from "../lambda/call.js";
import { type CallOptions, remainingMs } from "../lambda/context.js";
import { highWaterMarkOf, type NativeHandler } from "../lambda/handler.js";
import type { InTurn } from "../lambda/in-turn.js";
import { preludeType, ResponsePipe } from "../lambda/response-stream.js";
import { decodeHttpPrelude, decodeHttpResult, toBadGateway } from "./decode.js";
import type { HttpFormat } from "./options.js";

/** The reply that a handler's result becomes at home; a failure is the service's 502. */
export async function answerBuffered(
  handler: NativeHandler,
  event: unknown,
  format: HttpFormat,
  context: Context,
  options: CallOptions,
  turn: InTurn,
): Promise<HttpReply> {
  try {
    const result = await turn(context, () => callLambda(handler, event, context, options));
    return normalizeReply(decodeHttpResult(result, format));
  } catch (thrown) {
    return toBadGateway(toError(thrown));
  }
}

/** The reply of a handler that streams, as soon as its first bytes tell status and headers. */
export async function answerStreaming(
  handler: NativeHandler,
  event: unknown,
  format: HttpFormat,
  context: Context,
  options: CallOptions,
  turn: InTurn,
): Promise<HttpReply> {
  const pipe = new ResponsePipe(highWaterMarkOf(handler));
  const run = turn(context, () => callStreaming(handler, event, pipe.stream, context, options)).then(
    () => waitForEnd(pipe, context, options),
    (error: unknown) => {
      if (pipe.isOver) logFailure(context, "the handler failed after its response", { error: errorFields(error) });
      else pipe.breakOff(error);
    },
  );
  try {
    // Only these two hand on what is streamed; the others take the whole of it for a result.
    if (format !== "url" && format !== "rest") return await collect(pipe, format);
    const first = await pipe.next();
    if (pipe.contentType === preludeType) return normalizeReply(await readPrelude(pipe, first, run, context));
    return normalizeReply({
      status: 200,
      headers: { "content-type": pipe.contentType },
      body: toBody(pipe, first, run, context),
    });
  } catch (thrown) {
    pipe.discard();
    return toBadGateway(toError(thrown));
  }
}

/** A handler may hand its stream on and return. One that nobody ever ends waits for the function's time-out, as at home. */
function waitForEnd(pipe: ResponsePipe, context: Context, options: CallOptions): void {
  if (pipe.isOver) return;
  const giveUp = (): void =>
    pipe.breakOff(
      new HandlerError("TIMEOUT", "The Lambda handler did not end its response stream in time.", {
        hint: "Call responseStream.end() on every way through the handler.",
      }),
    );
  const timer = setTimeout(giveUp, remainingMs(context, options));
  pipe.stream.once("close", () => clearTimeout(timer));
}

async function collect(pipe: ResponsePipe, format: HttpFormat): Promise<HttpReply> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await pipe.next(); chunk; chunk = await pipe.next()) chunks.push(chunk);
  try {
    return normalizeReply(decodeHttpResult(JSON.parse(new TextDecoder().decode(concat(chunks))), format));
  } catch (cause) {
    throw new HandlerError("REPLY_INVALID", `A streamed response is no result that the format ${format} takes.`, {
      cause,
    });
  }
}

/** Lambda reads status and headers from the first 16 KB. */
const preludeLimit = 16 * 1024;
const delimiter = new Uint8Array(8);

async function readPrelude(
  pipe: ResponsePipe,
  first: Uint8Array | undefined,
  run: Promise<void>,
  context: Context,
): Promise<HttpReply> {
  let head = Buffer.alloc(0);
  for (let chunk = first; chunk; chunk = await pipe.next()) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(delimiter);
    if (end > preludeLimit || (end < 0 && head.byteLength > preludeLimit + delimiter.byteLength)) break;
    if (end < 0) continue;
    const rest = head.subarray(end + delimiter.byteLength);
    return { ...decodeHttpPrelude(head.toString("utf8", 0, end)), body: toBody(pipe, rest, run, context) };
  }
  throw new HandlerError("REPLY_INVALID", "The streamed response has no prelude in its first 16 KB.");
}

/** The rest of a stream. Its end waits for the handler, so that nothing of it runs on behind the reply. */
function toBody(
  pipe: ResponsePipe,
  first: Uint8Array | undefined,
  run: Promise<void>,
  context: Context,
): AsyncIterable<Uint8Array> {
  let begun = false;
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const value = begun ? await pipe.next() : first;
      begun = true;
      if (value) return { done: false, value };
      await run;
      return { done: true, value: undefined };
    },
    async return() {
      pipe.discard();
      context.waitUntil(run);
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
