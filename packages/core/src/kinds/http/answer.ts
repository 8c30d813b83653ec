import type { InvocationContext } from "../../context.js";
import { HandlerError, toError } from "../../error.js";
import { errorFields } from "../../log.js";
import type { Watchdog, Watched } from "../../watchdog.js";
import { finishReply } from "./finish.js";
import type { AnyHttpFunction, HttpTrigger } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import { compilePath } from "./path.js";
import { empty, problem } from "./reply.js";
import { type HttpRequest, LazyHttpRequest, type Miss } from "./request.js";
import type { HttpSource } from "./source.js";

type Call = (request: HttpRequest, context: InvocationContext) => Promise<HttpReply>;

export interface HttpEntryOptions {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB. */
  readonly bodyLimit?: number | undefined;
}

/** A portable HTTP function as an adapter runs it. */
export interface HttpEntry {
  /** Matches the request against the function's own template and methods. */
  toRequest(source: HttpSource): LazyHttpRequest;
  /**
   * Always resolves, to a reply that can be sent as it stands. With a deadline in the context: first the signal aborts, then the handler
   * is given up (504, marked by the layers), then the layers are.
   */
  answer(request: LazyHttpRequest, context: InvocationContext): Promise<HttpReply>;
}

/** Prepares a function once, when the adapter registers it. */
export function createHttpEntry(
  fn: AnyHttpFunction,
  watchdog: Watchdog,
  { bodyLimit }: HttpEntryOptions = {},
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
  // The one place that gives a function its event: the adapter's request has the parameters of the function's own template.
  const call = fn as unknown as Call;
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
      const deadlineMs = context["~deadlineMs"];
      if (deadlineMs === undefined) return complete(call, request, context);
      return new Promise((resolve) => {
        const deadline = new Deadline(deadlineMs, context, resolve);
        watchdog.watch(deadline);
        complete(call, request, context, deadline).then((response) => {
          watchdog.forget(deadline);
          resolve(response);
        });
      });
    },
  };
}

async function complete(
  call: Call,
  request: LazyHttpRequest,
  context: InvocationContext,
  deadline?: Deadline,
): Promise<HttpReply> {
  let response: HttpReply;
  try {
    response = await call(request, context);
  } catch (error) {
    // Not one of ours: a portable HTTP function never rejects.
    context.log.error("the function failed", { error: errorFields(error) });
    response = problem(error);
  }
  response = finishReply(request.method, response);
  const work = context["~settle"]();
  if (work) {
    if (deadline) deadline.ready = response;
    await work;
  }
  return response;
}

/** What an invocation that nears its deadline goes through: signal, handler, layers, a twentieth of its time apart, 250 ms at most. */
class Deadline implements Watched {
  dueMs: number;
  ready: HttpReply | undefined;
  private steps = 0;
  private readonly stepMs: number;
  private readonly context: InvocationContext;
  private readonly resolve: (response: HttpReply) => void;

  constructor(deadlineMs: number, context: InvocationContext, resolve: (response: HttpReply) => void) {
    this.stepMs = Math.min(250, Math.max(5, (deadlineMs - Date.now()) / 20));
    this.dueMs = deadlineMs - 3 * this.stepMs;
    this.context = context;
    this.resolve = resolve;
    context["~expires"] = true;
  }

  onDue(): void {
    const { context } = this;
    this.dueMs += this.stepMs;
    this.steps += 1;
    const error = new HandlerError("TIMEOUT", "The function did not answer in time.");
    if (this.steps === 1) context["~abort"](error);
    else if (this.steps === 2) context["~expire"]?.(error);
    else {
      this.dueMs = Number.POSITIVE_INFINITY;
      context.log.error(
        this.ready ? "work passed to waitUntil did not finish in time" : "the layers did not answer in time",
      );
      this.resolve(this.ready ?? problem(error));
    }
  }
}

function notFound(): HandlerError {
  return new HandlerError("NOT_FOUND", "There is nothing at this path.");
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
