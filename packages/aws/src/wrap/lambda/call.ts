import { type Context, HandlerError } from "@portico/core";
import { type CallOptions, type NativeContext, toNativeContext, toXRay } from "./context.js";
import type { NativeHandler } from "./handler.js";
import { inTurn } from "./in-turn.js";

/** What stands before and behind the context in a handler's parameters. */
type Parameters = (context: NativeContext, callback: Settle) => readonly unknown[];
type Settle = (error: unknown, result?: unknown) => void;

/** Gives a native event to a handler. */
export type Call = (event: unknown, context: Context) => Promise<unknown>;

/** A handler with its options. */
export function createCall(handler: NativeHandler, options: CallOptions): Call {
  const turn = inTurn(options.oneAtATime ?? true);
  return (event, context) => turn(context, () => callLambda(handler, event, context, options));
}

/**
 * Runs a native handler of any style, and settles once: with its result, or with the very thing that it threw, rejected with or gave to
 * its callback. What returns no promise is waited for where it can still answer by a callback: by three parameters or more, by two where
 * nothing is returned, or by the option `callback`.
 */
export function callLambda(
  handler: NativeHandler,
  event: unknown,
  context: Context,
  options: CallOptions,
): Promise<unknown> {
  return settleOnce(handler, context, options, (native, callback) => [event, native, callback]);
}

/** Runs a handler that streams. It answers by its stream; its promise, without which it has failed, tells when it has finished. */
export function callStreaming(
  handler: NativeHandler,
  event: unknown,
  stream: object,
  context: Context,
  options: CallOptions,
): Promise<unknown> {
  return settleOnce(handler, context, options, (native) => [event, stream, native], true);
}

function settleOnce(
  handler: NativeHandler,
  context: Context,
  options: CallOptions,
  parameters: Parameters,
  streams = false,
): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = new Promise<unknown>((resolve, reject) => {
    const settle: Settle = (error, result) => (error === undefined || error === null ? resolve(result) : reject(error));
    const native = toNativeContext(context, options, settle);
    if (options.xRay === "environment") process.env._X_AMZN_TRACE_ID = toXRay(context.trace);
    // At home it would be killed. Here it may run on, and nobody waits for it any more.
    timer = setTimeout(() => reject(timeout()), Math.max(0, native.getRemainingTimeInMillis()));
    const given = parameters(native, settle);
    const result = (handler as (...given: unknown[]) => unknown)(...given);
    if (isThenable(result)) result.then(resolve, reject);
    else if (streams) reject(noPromise());
    else if (!mayAnswerLater(handler, result, given.length, options)) resolve(result);
  });
  return run.finally(() => clearTimeout(timer));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** A handler taken for finished too early would acknowledge what it has not done. */
function mayAnswerLater({ length }: NativeHandler, result: unknown, given: number, { callback }: CallOptions): boolean {
  return callback === true || length >= given || (length === 2 && result === undefined);
}

function noPromise(): HandlerError {
  return new HandlerError("REPLY_INVALID", "A Lambda handler that streams its response has to return a promise.", {
    hint: "Make it an async function, which returns when the stream has ended.",
  });
}

function timeout(): HandlerError {
  return new HandlerError("TIMEOUT", "The Lambda handler did not answer in time.", {
    hint: "A handler that returns no promise must call its callback, or context.succeed, fail or done.",
  });
}
