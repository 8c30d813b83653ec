import type { InvocationContext } from "../../context.js";
import { Deadline, inTime, isPromise } from "../../deadline.js";
import { HandlerError, toError } from "../../error.js";
import type { Watchdog } from "../../watchdog.js";
import { finishReply } from "./finish.js";
import type { AnyHttpFunction, HttpTrigger } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import { compilePath, notFound } from "./path.js";
import { empty } from "./reply.js";
import { LazyHttpRequest, type Miss } from "./request.js";
import { conclude, fail, runOf } from "./run.js";
import type { HttpSource } from "./source.js";

/** How an adapter runs a function. */
export interface HttpEntryOptions {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB. */
  readonly bodyLimit?: number | undefined;
  /** Leaves work passed to `waitUntil` to the adapter, where it may go on after the reply was sent. Default: false. */
  readonly leavesWork?: boolean | undefined;
}

/** A portable HTTP function as an adapter runs it. */
export interface HttpEntry {
  /** Matches the request against the function's own template and methods. */
  toRequest(source: HttpSource): LazyHttpRequest;
  /**
   * Never fails: gives a reply that can be sent as it stands, at once where the function does. With a deadline in the context: first the
   * signal aborts, then the handler is given up (504, marked by the layers), then the layers are.
   */
  answer(request: LazyHttpRequest, context: InvocationContext): HttpReply | Promise<HttpReply>;
}

/**
 * Prepares a function once, when the adapter registers it.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an HTTP function.
 */
export function createHttpEntry(
  fn: AnyHttpFunction,
  watchdog: Watchdog,
  { bodyLimit, leavesWork = false }: HttpEntryOptions = {},
): HttpEntry {
  const { trigger } = fn;
  if (trigger?.kind !== "http") {
    throw new HandlerError(
      "CONFIG_INVALID",
      `An HTTP function was expected, and this one is ${trigger?.kind ?? "not portable"}.`,
      {
        hint: "Pass the result of http.get(path).handle(...), or of router([...]).",
      },
    );
  }
  const match = compilePath(trigger.path);
  const run = runOf(fn);
  return {
    toRequest(source) {
      // A router matches for itself.
      if (trigger.routes) return new LazyHttpRequest(source, undefined, undefined, bodyLimit);
      let params: Readonly<Record<string, string>> | undefined;
      let miss: Miss | undefined;
      try {
        params = match(source.path());
        miss = params ? methodMiss(trigger, source.method()) : notFound();
      } catch (error) {
        miss = toError(error);
      }
      return new LazyHttpRequest(source, params, miss, bodyLimit);
    },
    answer(request, context) {
      const deadline = new Deadline(context, watchdog);
      let response: HttpReply;
      try {
        const running = run(request, context);
        if (isPromise(running)) return whenAnswered(running, request, context, deadline, leavesWork);
        response = finishReply(request.method, conclude(running, context));
      } catch (error) {
        response = finishReply(request.method, fail(error, context));
      }
      const work = leavesWork ? undefined : context["~settle"]();
      if (work) return settle(work, response, context, deadline);
      deadline.end();
      return response;
    },
  };
}

async function whenAnswered(
  running: PromiseLike<unknown>,
  request: LazyHttpRequest,
  context: InvocationContext,
  deadline: Deadline,
  leavesWork: boolean,
): Promise<HttpReply> {
  let response: HttpReply;
  try {
    response = finishReply(request.method, conclude(await running, context));
  } catch (error) {
    response = finishReply(request.method, fail(error, context));
  }
  const work = leavesWork ? undefined : context["~settle"]();
  if (work) return settle(work, response, context, deadline);
  deadline.end();
  return response;
}

async function settle(
  work: Promise<void>,
  response: HttpReply,
  context: InvocationContext,
  deadline: Deadline,
): Promise<HttpReply> {
  try {
    await inTime(() => work, context);
  } catch {
    context.log.error("work passed to waitUntil did not finish in time");
  }
  deadline.end();
  return response;
}

/** How a function whose path fits turns down a method: not at all, with 405, or with the answer to a plain OPTIONS. */
export function methodMiss(trigger: HttpTrigger, method: string): Miss | undefined {
  const { methods } = trigger;
  return methods.includes(method) || methods.includes("*") ? undefined : refuseMethod(method, methods);
}

/** 405 with `Allow`; OPTIONS itself is answered with 204. */
export function refuseMethod(method: string, methods: readonly string[]): Miss {
  const allow = [...new Set([...methods, "OPTIONS"])].join(", ");
  if (method === "OPTIONS") return empty({ headers: { allow } });
  return new HandlerError("METHOD_NOT_ALLOWED", `This path does not take ${method}.`, { headers: { allow } });
}
