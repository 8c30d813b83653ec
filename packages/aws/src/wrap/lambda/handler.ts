import { HandlerError } from "@portico/core";
import { describe } from "@portico/core/adapter";

/**
 * Any Lambda handler, whatever its vendor type: a promise, a callback as third parameter, the context's `succeed`, `fail` and `done`, or
 * `(event, responseStream, context)` where it streams.
 */
export type NativeHandler = (event: never, context: never, callback: never) => unknown;

const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");

/** Whether `awslambda.streamifyResponse` has marked it. */
export function isStreaming(handler: NativeHandler): boolean {
  return (handler as { [streaming]?: unknown })[streaming] === "response";
}

const waterMark = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

/** The bytes that its stream holds before it asks the handler to wait; undefined where it does not say. */
export function highWaterMarkOf(handler: NativeHandler): number | undefined {
  const bytes = Number((handler as { [waterMark]?: unknown })[waterMark]);
  return bytes > 0 ? bytes : undefined;
}

/** Marks a handler as `awslambda.streamifyResponse` does. */
export function markStreaming<H extends NativeHandler>(handler: H, highWaterMark: number | undefined): H {
  const marks = { [streaming]: "response", ...(highWaterMark !== undefined && { [waterMark]: highWaterMark }) };
  return Object.assign(handler, marks);
}

/** @throws {HandlerError} CONFIG_INVALID when it is not a function, or streams where nobody reads a stream. */
export function checkHandler(handler: NativeHandler, streams = false): void {
  if (typeof handler !== "function") {
    throw new HandlerError("CONFIG_INVALID", `A Lambda handler was expected, and this is ${describe(handler)}.`, {
      hint: "Give the exported function itself, not its module or its name.",
    });
  }
  if (!streams && isStreaming(handler))
    throw new HandlerError("CONFIG_INVALID", "A handler that streams its response answers HTTP requests only.");
}
