import type { Request, Response } from "@google-cloud/functions-framework";
import { type AnyHttpFunction, HandlerError, type HttpReply, type LogLevel } from "@portico/core";
import {
  checkOptions,
  createHttpEntry,
  errorFields,
  isLater,
  isStreamBody,
  logFailure,
  sendReply,
  toBasePath,
  toLogLevel,
  Watchdog,
  type Watched,
} from "@portico/core/adapter";
import { GcpContext } from "./context.js";
import type { TrustedIdentity } from "./http/identity.js";
import { GcpSource } from "./http/source.js";
import { checkName, executionId, type GcpHandler, platformTimeoutMs, registerHandler } from "./registration.js";
import { begin, end, isStopping } from "./stop.js";

/** How an HTTP function runs on Google Cloud Functions. */
export interface GcpHttpOptions {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB; Cloud Run takes 32 MiB. */
  readonly bodyLimit?: number | undefined;
  /**
   * How long Google lets the function run, since it does not tell. Milliseconds; 0 for no limit. Default: the environment variable
   * `CLOUD_RUN_TIMEOUT_SECONDS` where it is set, else 300000, the default of a deployment.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many proxies of yours stand in front of Google's own front end, such as 1 for a load balancer. `clientIp` is then taken from
   * that many places further left in `X-Forwarded-For`, and the host from `X-Forwarded-Host`. Default 0: the right-most address.
   */
  readonly trustedProxies?: number | undefined;
  /**
   * Identities in headers to believe, by name. `iap` only where every path to the function goes through Identity-Aware Proxy,
   * `api-gateway` only where API Gateway's service account alone may invoke it: elsewhere anybody can send these headers. The claims of
   * IAP's assertion are not verified here. Default: none.
   */
  readonly trust?: readonly TrustedIdentity[] | undefined;
  /**
   * What stands in front of the functions' paths, such as the `/api` of a load balancer: taken off where a path starts with it, and told
   * in `request.basePath`. Default: nothing.
   */
  readonly basePath?: string | undefined;
  /** The project that traces are in, so that log entries are linked to them. Default: the environment variable `GOOGLE_CLOUD_PROJECT`. */
  readonly projectId?: string | undefined;
  /** Log entries below are left out. Default: the environment variable `LOG_LEVEL`, else `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** What `gcp.http` registers with the functions framework, for tests. */
export type GcpHttpHandler = GcpHandler;

/**
 * Registers an HTTP function with the functions framework, under the name that is deployed as the entry point (`FUNCTION_TARGET`). Returns
 * the handler it registered, which always answers a request.
 *
 * @throws {HandlerError} CONFIG_INVALID when the function is not an HTTP function, or the name is none that Google takes.
 * @see https://cloud.google.com/functions/docs/writing/write-http-functions
 * @example
 * gcp.http("orders", router([createOrder, getOrder]));
 */
export function http(name: string, fn: AnyHttpFunction, options: GcpHttpOptions = {}): GcpHttpHandler {
  checkOptions(options, ["iap", "api-gateway"] satisfies TrustedIdentity[]);
  const { bodyLimit, trustedProxies = 0, projectId = process.env.GOOGLE_CLOUD_PROJECT } = options;
  checkName(name);
  const watchdog = new Watchdog();
  const entry = createHttpEntry(fn, watchdog, { bodyLimit });
  const sourceOptions = {
    bodyLimit,
    // Google's front end is one that can be trusted, but for the host, which it leaves as it came.
    trustedProxies: trustedProxies + 1,
    forwardedHost: trustedProxies > 0,
    basePath: toBasePath(options.basePath),
    trust: options.trust ?? [],
  };
  const timeoutMs = (options.timeoutMs ?? platformTimeoutMs()) || Number.POSITIVE_INFINITY;
  const logLevel = options.logLevel ?? toLogLevel(process.env.LOG_LEVEL);
  let coldStart = true;
  let region: string | undefined;

  // Not async: see `registerHandler`.
  const answer = (request: Request, response: Response): void => {
    const nowMs = Date.now();
    const source = new GcpSource(request, sourceOptions, executionId(request), name, nowMs);
    const native = { request, response };
    const deadlineMs = nowMs + timeoutMs;
    if (coldStart) region = process.env.FUNCTION_REGION;
    const init = { native, source, functionName: name, region, deadlineMs, coldStart, projectId, logLevel };
    const context = new GcpContext(init);
    coldStart = false;
    begin(context, request);
    const reply = entry.answer(entry.toRequest(source), context);
    if (isLater(reply)) reply.whenGiven((given) => send(given, source, context, deadlineMs));
    else send(reply, source, context, deadlineMs);
  };

  const send = (reply: HttpReply, source: GcpSource, context: GcpContext, deadlineMs: number): void => {
    const { response } = context.native;
    if (isStopping()) response.shouldKeepAlive = false;
    if (isStreamBody(reply.body)) {
      void stream(reply, source, context, deadlineMs);
      return;
    }
    try {
      sendReply(response, source.method(), reply);
    } catch (error) {
      breakOff(context, error);
    }
    end(context);
  };

  const stream = async (
    reply: HttpReply,
    source: GcpSource,
    context: GcpContext,
    deadlineMs: number,
  ): Promise<void> => {
    const watched = new StreamDeadline(deadlineMs, context);
    watchdog.watch(watched);
    try {
      // The processor is throttled after the end of a reply, so work passed to waitUntil goes before it.
      await sendReply(context.native.response, source.method(), reply, () => watched.settle());
    } catch (error) {
      breakOff(context, error);
    }
    watchdog.forget(watched);
    end(context);
  };

  return registerHandler(name, answer);
}

function breakOff(context: GcpContext, error: unknown): void {
  const { response } = context.native;
  logFailure(context, "the reply broke off", { status: response.statusCode, error: errorFields(error) });
  response.destroy();
}

// Of the half second between the signal and the end of the connection.
const lastWaitMs = 250;

/** Aborts a stream's signal shortly before Google cuts the connection, and ends the wait for work passed to `waitUntil`. */
class StreamDeadline implements Watched {
  dueMs: number;
  private readonly context: GcpContext;
  private due = false;
  private giveUp: (() => void) | undefined = undefined;

  constructor(deadlineMs: number, context: GcpContext) {
    this.dueMs = deadlineMs - 500;
    this.context = context;
  }

  onDue(): void {
    this.dueMs = Number.POSITIVE_INFINITY;
    this.due = true;
    this.context["~abort"](new HandlerError("TIMEOUT", "The reply did not end in time."));
    this.giveUp?.();
  }

  settle(): Promise<void> | undefined {
    const work = this.context["~settle"]();
    return (
      work &&
      new Promise((resolve) => {
        this.giveUp = () => {
          logFailure(this.context, "work passed to waitUntil did not finish in time");
          resolve();
        };
        const timer = this.due ? setTimeout(this.giveUp, lastWaitMs) : undefined;
        work.then(() => {
          clearTimeout(timer);
          resolve();
        });
      })
    );
  }
}
