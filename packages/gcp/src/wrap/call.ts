import { type Context, HandlerError, type Outcome } from "@portico/core";
import { isStreamBody, toChunks } from "@portico/core/adapter";
import { toBackgroundArguments, toCloudEventArgument } from "./event-call.js";
import { Framework } from "./framework.js";
import { type GoogleRequest, onItsWay } from "./google-request.js";
import { checkNative, type NativeHandler, type Signature } from "./options.js";

type Style = (...parts: unknown[]) => unknown;

/**
 * What became of an event, or undefined when all is well. `background` is what a background function finds in its context beside what the
 * functions framework puts there.
 */
export type Call = (request: GoogleRequest, context: Context, background?: object) => Promise<Outcome | undefined>;

/** Whether a status acknowledges, as the sender sees it. */
export type Acknowledges = (status: number) => boolean;

/** Pub/Sub takes these for an acknowledgement, and no other. @see https://cloud.google.com/pubsub/docs/push#receive_push */
export const pubSubAcknowledges: Acknowledges = (status) => [102, 200, 201, 202, 204].includes(status);

export const anySuccess: Acknowledges = (status) => status >= 200 && status < 300;

/**
 * Calls a handler for one event after another, in the form it was written in. A handler's own error is thrown as it is.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is no function, or of a signature that the source does not call.
 */
export function createCall(
  handler: NativeHandler,
  signature: Signature,
  acknowledges: Acknowledges,
  taken?: readonly Signature[],
): Call {
  checkNative(handler, signature, taken);
  // The one place that calls it: who wrapped it has said what it takes.
  const run = handler as Style;
  switch (signature) {
    case "http":
      return overHttp(handler, acknowledges);
    case "event":
      return async (request, context, background) => {
        const { data, context: made } = toBackgroundArguments(onItsWay(request, context));
        const told = { ...(made as object), ...background };
        await (run.length > 2 ? calledBack((done) => run(data, told, done)) : run(data, told));
        return undefined;
      };
    default:
      return async (request, context) => {
        const event = toCloudEventArgument(onItsWay(request, context));
        await (run.length > 1 ? calledBack((done) => run(event, done)) : run(event));
        return undefined;
      };
  }
}

/** Callback style: the first call of the callback counts. An error is whatever is truthy, as in the framework. */
function calledBack(start: (done: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const result = start((error) => (error ? reject(error) : resolve()));
    if (result instanceof Promise) result.catch(reject);
  });
}

function overHttp(handler: NativeHandler, acknowledges: Acknowledges): Call {
  const framework = new Framework(handler);
  return async (request, context) => {
    const { status, headers, body, ...rest } = await framework.answer(request, context);
    // An answer that breaks off acknowledges nothing.
    if (isStreamBody(body)) for await (const _ of toChunks(body));
    if ("error" in rest) throw rest.error;
    if (acknowledges(status)) return undefined;
    const retryAfter = String(headers["retry-after"] ?? "");
    // Whole seconds; its other form is a date, which says nothing about this platform's own clock.
    const afterSeconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : undefined;
    const error = new HandlerError("INTERNAL", `The function answered with the status ${status}.`);
    context.log.error(error.message);
    return { outcome: "retry", afterSeconds, error };
  };
}
