import type { InvocationContext } from "../../context.js";
import { Deadline, inTime, isPromise } from "../../deadline.js";
import { HandlerError, toError } from "../../error.js";
import type { Watchdog } from "../../watchdog.js";
import { cancelLate, finishReply } from "./finish.js";
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
   * Gives a reply that can be sent as it stands to `send`, and its result to the caller, at once where the function does; fails only
   * where `send` does. With a deadline in the context: first the signal aborts, then the handler is given up (504, marked by the layers),
   * then the layers are.
   */
  answer<T>(
    request: LazyHttpRequest,
    context: InvocationContext,
    send: (response: HttpReply) => T | Promise<T>,
  ): T | Promise<T>;
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
    answer(request, context, send) {
      const deadline = new Deadline(context, watchdog);
      const end = (given: HttpReply) => {
        const response = finishReply(request.method, given);
        const work = leavesWork ? undefined : context["~settle"]();
        if (work) return settle(work, context, deadline).then(() => send(response));
        deadline.end();
        return send(response);
      };
      let running: unknown;
      let response: HttpReply | undefined;
      try {
        running = run(request, context);
        if (!isPromise(running)) response = conclude(running, context);
      } catch (error) {
        response = fail(error, context);
      }
      return response ? end(response) : whenSettled(running as PromiseLike<unknown>, context, deadline, end);
    },
  };
}

function whenSettled<T>(
  running: PromiseLike<unknown>,
  context: InvocationContext,
  deadline: Deadline,
  end: (response: HttpReply) => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false;
    const settled = (response: HttpReply): void => {
      over = true;
      try {
        resolve(end(response));
      } catch (error) {
        reject(error);
      }
    };
    deadline.outermost((error) => {
      if (over) return false;
      settled(fail(error, context));
      return true;
    });
    running.then(
      (result) => (over ? cancelLate(result) : settled(toReply(result, context))),
      (error: unknown) => {
        if (!over) settled(fail(error, context));
      },
    );
  });
}

function toReply(result: unknown, context: InvocationContext): HttpReply {
  try {
    return conclude(result, context);
  } catch (error) {
    return fail(error, context);
  }
}

async function settle(work: Promise<void>, context: InvocationContext, deadline: Deadline): Promise<void> {
  try {
    await inTime(() => work, context);
  } catch {
    context.log.error("work passed to waitUntil did not finish in time");
  }
  deadline.end();
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
