import type { Context, InvocationContext } from "../../context.js";
import { inTime } from "../../deadline.js";
import { describe, HandlerError } from "../../error.js";
import { type AnyFunction, createFunction, type PortableFunction } from "../../function.js";
import { beginRequest, logFailure } from "../../incoming-request.js";
import { errorFields } from "../../log.js";
import type { Resource } from "../../resources/resource.js";
import { toContext } from "../../to-context.js";
import { toFailure } from "./failure.js";

import { cancelLate, normalizeReply } from "./finish.js";
import type { HttpTrigger } from "./function.js";

import type { HttpReply } from "./http-reply.js";
import type { HttpRequest, LazyHttpRequest } from "./request.js";

/**
 * What a function does with a request, before anybody has looked at the result: it may throw, and give a promise or not. Adapters run this
 * and make a reply of it themselves, and give it up when its time is over: each promise on the way costs.
 */
export type Run = (request: HttpRequest, context: Context) => unknown;

/** The portable function of a run. */
export function toHttpFunction<T extends { readonly kind: "http" }>(
  trigger: T,
  run: Run,
  uses?: readonly Resource[],
): PortableFunction<T, HttpRequest, HttpReply> {
  const call = async (request: HttpRequest, given?: Partial<Context>): Promise<HttpReply> => {
    if ((request as HttpRequest | undefined)?.kind !== "http") throw foreign(request);
    const context = toContext(given);
    noteRequest(trigger, request, context);
    try {
      return conclude(await inTime(() => run(request, context), context, cancelLate), context);
    } catch (error) {
      return fail(error, context);
    }
  };
  return Object.assign(createFunction(trigger, call, uses), { "~run": run });
}

/** A function that is called directly: what the lines about its failures say of the request. */
function noteRequest({ path, routes }: Partial<HttpTrigger>, request: HttpRequest, context: Context): void {
  const source = (request as Partial<LazyHttpRequest>)["~source"];
  const incoming = source && beginRequest(context, source);
  if (incoming?.origin === source && incoming && !routes) incoming.route = path;
}

/** The run behind a portable function. Whoever calls it has matched the request against the function's own template. */
export function runOf(fn: AnyFunction<{ readonly kind: "http" }>): Run {
  return (fn as { readonly "~run"?: Run })["~run"] ?? (fn as unknown as Run);
}

/** The reply of a function within another one, which sees to the time. Never rejects. */
export async function replyOf(
  fn: AnyFunction<{ readonly kind: "http" }>,
  request: HttpRequest,
  context: Context,
): Promise<HttpReply> {
  try {
    return conclude(await runOf(fn)(request, context), context);
  } catch (error) {
    return fail(error, context);
  }
}

/**
 * The reply to what a run gave.
 *
 * @throws {HandlerError} REPLY_INVALID when it is none.
 */
export function conclude(result: unknown, context: Context): HttpReply {
  const response = normalizeReply(result);
  if ("error" in response) logReply(response, context);
  return response;
}

/**
 * What a handler or a middleware gave, as the middleware outside it is to see it. A middleware that gives back the very reply that it got costs a
 * comparison; what it wrote into that reply is seen by {@link conclude}.
 *
 * @throws {HandlerError} REPLY_INVALID when it is no reply.
 */
export function normalReply(result: unknown, context: Context, by: string): HttpReply {
  const root = (context as InvocationContext)["~root"];
  if (result === undefined || root["~normal"] !== result) root["~normal"] = normalizeReply(result, by);
  return root["~normal"] as HttpReply;
}

/** The reply to what a run threw. */
export function fail(error: unknown, context: Context): HttpReply {
  const response = toFailure(error);
  logReply(response, context);
  return response;
}

// Deployed as it is, say. What it answered, the platform would take for done.
function foreign(event: unknown): HandlerError {
  return new HandlerError(
    "EVENT_UNSUPPORTED",
    `A portable HTTP request was expected, and ${describe(event)} arrived.`,
    {
      hint: "Deploy what an adapter makes of the function, such as aws.http(fn); in a test call it with fake.http(...).",
    },
  );
}

function logReply({ error, status }: HttpReply, context: Context): void {
  if ((context as InvocationContext)["~root"]["~report"](error)) return;
  if (HandlerError.is(error) && status < 500) {
    const { code, appCode, message, hint, details, cause } = error;
    const about = { status, code, appCode, hint, details, cause: cause instanceof Error ? cause.message : cause };
    logFailure(context, `refused: ${message}`, about, "info");
  } else
    logFailure(context, HandlerError.is(error) ? error.message : "the handler failed", {
      status,
      error: errorFields(error),
    });
}
