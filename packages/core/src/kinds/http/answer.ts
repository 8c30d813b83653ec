import type { InvocationContext } from "../../context.js";
import { Deadline, inTime, isPromise } from "../../deadline.js";
import { HandlerError, toError } from "../../error.js";
import { beginRequest, logFailure, noteStatus } from "../../incoming-request.js";
import type { Watchdog } from "../../watchdog.js";
import { cancelLate, finishReply, isStreamBody } from "./finish.js";
import type { AnyHttpFunction, HttpTrigger } from "./function.js";
import type { HttpReply } from "./http-reply.js";
import { isLatin1, toAsciiReply } from "./latin1.js";
import { compilePath, notFound } from "./path.js";
import { createReadOrigin, type PublicUrlOptions } from "./public-url.js";
import { empty } from "./reply.js";
import { LazyHttpRequest, type Miss } from "./request.js";
import { conclude, fail, runOf } from "./run.js";
import type { HttpSource } from "./source.js";

/** How an adapter runs a function. */
export interface HttpEntryOptions extends PublicUrlOptions {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB. */
  readonly bodyLimit?: number | undefined;
  /** Leaves work passed to `waitUntil` to the adapter, where it may go on after the reply was sent. Default: false. */
  readonly leavesWork?: boolean | undefined;
  /** Whether header fields go out as bytes, as those of `node:http` do, and not as ASCII alone. Default: false. */
  readonly carriesLatin1?: boolean | undefined;
}

/** A portable HTTP function as an adapter runs it. */
export interface HttpEntry {
  /** Matches the request against the function's own template and methods. */
  toRequest(source: HttpSource): LazyHttpRequest;
  /**
   * A reply that can be sent as it stands, at once where the function answers at once. Never fails. With a deadline in the context: first
   * the signal aborts, then the handler is given up (504, marked by the layers), then the layers are.
   */
  answer(request: LazyHttpRequest, context: InvocationContext): HttpReply | LaterReply;
}

/** A reply that is not there yet. No promise: not every platform takes one, and each costs. */
export interface LaterReply {
  /** Calls `send` with it, once. To be called at once, and once. What `send` throws is its own affair. */
  whenGiven(send: (response: HttpReply) => void): void;
}

/** Tells a reply that is not there yet from one that is. */
export function isLater(answer: HttpReply | LaterReply): answer is LaterReply {
  return "whenGiven" in answer;
}

/** The reply, for platforms that wait for promises. */
export function whenGiven(answer: HttpReply | LaterReply): HttpReply | Promise<HttpReply> {
  return isLater(answer) ? new Promise((resolve) => answer.whenGiven(resolve)) : answer;
}

/**
 * Prepares a function once, when the adapter registers it.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not an HTTP function, or `publicUrl` cannot be one.
 */
export function createHttpEntry(fn: AnyHttpFunction, watchdog: Watchdog, options: HttpEntryOptions = {}): HttpEntry {
  const { bodyLimit } = options;
  const trigger = (fn as AnyHttpFunction | undefined)?.trigger;
  if (trigger?.kind !== "http") {
    throw new HandlerError(
      "CONFIG_INVALID",
      `An HTTP function was expected, and this one is ${trigger?.kind ?? "not portable"}.`,
      {
        hint: "Pass the result of http.get(path).handle(...), or of router([...]).",
      },
    );
  }
  const readOrigin = createReadOrigin(options);
  const match = compilePath(trigger.path);
  const run = runOf(fn);
  return {
    toRequest(source) {
      // A router matches for itself.
      if (trigger.routes) return new LazyHttpRequest(source, undefined, undefined, bodyLimit, readOrigin);
      let params: Readonly<Record<string, string>> | undefined;
      let miss: Miss | undefined;
      try {
        params = match(source.path());
        miss = params ? methodMiss(trigger, source.method()) : notFound();
      } catch (error) {
        miss = toError(error);
      }
      return new LazyHttpRequest(source, params, miss, bodyLimit, readOrigin);
    },
    answer(request, context) {
      const incoming = beginRequest(context, request["~source"]);
      if (incoming && request["~isMatched"]) incoming.route = trigger.path;
      const deadline = new Deadline(context, watchdog);
      let response: HttpReply;
      try {
        const running = run(request, context);
        if (isPromise(running)) return new RunningReply(running, request, context, deadline, options);
        response = conclude(running, context);
      } catch (error) {
        response = fail(error, context);
      }
      return finish(response, request, context, deadline, options);
    },
  };
}

/** A reply as it can be sent, once the work passed to `waitUntil` is done. */
function finish(
  response: HttpReply,
  request: LazyHttpRequest,
  context: InvocationContext,
  deadline: Deadline,
  options: HttpEntryOptions,
): HttpReply | LaterReply {
  const carried = isLatin1(response) && !options.carriesLatin1 ? toAsciiReply(response, context.log) : response;
  const finished = finishReply(request.method, carried);
  noteStatus(context, finished.status);
  // A streamed reply begins at once: its adapter waits for this work at the stream's end.
  const work = options.leavesWork || isStreamBody(finished.body) ? undefined : context["~settle"]();
  if (work) return { whenGiven: (send) => void settle(work, context, deadline).then(() => send(finished)) };
  deadline.end();
  return finished;
}

class RunningReply implements LaterReply {
  private readonly running: PromiseLike<unknown>;
  private readonly request: LazyHttpRequest;
  private readonly context: InvocationContext;
  private readonly deadline: Deadline;
  private readonly options: HttpEntryOptions;
  private isOver = false;

  constructor(
    running: PromiseLike<unknown>,
    request: LazyHttpRequest,
    context: InvocationContext,
    deadline: Deadline,
    options: HttpEntryOptions,
  ) {
    this.running = running;
    this.request = request;
    this.context = context;
    this.deadline = deadline;
    this.options = options;
  }

  whenGiven(send: (response: HttpReply) => void): void {
    this.deadline.outermost((error) => {
      if (this.isOver) return false;
      this.end(fail(error, this.context), send);
      return true;
    }, this.context);
    this.running.then(
      (result) => (this.isOver ? cancelLate(result) : this.end(toReply(result, this.context), send)),
      (error: unknown) => {
        if (!this.isOver) this.end(fail(error, this.context), send);
      },
    );
  }

  private end(response: HttpReply, send: (response: HttpReply) => void): void {
    this.isOver = true;
    const finished = finish(response, this.request, this.context, this.deadline, this.options);
    if (isLater(finished)) finished.whenGiven(send);
    else send(finished);
  }
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
    logFailure(context, "work passed to waitUntil did not finish in time");
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
