import { HandlerError } from "../error.js";
import type { Trigger } from "../function.js";
import { plainEvent } from "../printed.js";
import { create, type HttpFunction } from "./http/function.js";
import { empty, json } from "./http/reply.js";
import type { AnyInvokeFunction, Invocation, InvokeFunction } from "./invoke.js";

/**
 * An invoke function as an HTTP function that takes POST: the JSON of the request is the payload, undefined without a body; what the
 * function returns is the JSON of the reply, 204 when it is nothing; what it throws is a problem reply.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an invoke function.
 */
export function invokeOverHttp(fn: AnyInvokeFunction, path: string): HttpFunction {
  const trigger: Trigger | undefined = typeof fn === "function" ? fn.trigger : undefined;
  if (trigger?.kind !== "invoke") {
    const what = trigger?.kind ?? "not portable";
    throw new HandlerError("CONFIG_INVALID", `An invoke function was expected, and this one is ${what}.`);
  }
  // The one place that gives a function its event: the trigger says that it takes an invocation.
  const call = fn as unknown as InvokeFunction;
  return create(["POST"], path, [], async (request, context) => {
    const type = request.headers.get("content-type");
    if (type !== null && !/^application\/([^;]*\+)?json[ \t]*(;|$)/i.test(type)) {
      throw new HandlerError("UNSUPPORTED_MEDIA_TYPE", "JSON was expected.");
    }
    const payload = (await request.bytes()).byteLength === 0 ? undefined : await request.json();
    const { id, source, time, native } = request;
    const invocation: Invocation = plainEvent({
      kind: "invoke",
      id,
      source,
      time,
      native,
      payload,
      json: async () => payload,
    });
    const result = await call(invocation, context);
    if (result === undefined) return empty();
    try {
      return json(result);
    } catch (cause) {
      if (HandlerError.is(cause)) throw cause;
      throw new HandlerError("REPLY_INVALID", "What the function returned is no JSON value.", { cause });
    }
  });
}
