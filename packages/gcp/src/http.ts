import type { Request, Response } from "@google-cloud/functions-framework";
import type { AnyHttpFunction, HttpReply, LogLevel } from "@portico/core";
import {
  checkOptions,
  chunksInTime,
  createHttpEntry,
  errorFields,
  failedStream,
  isLater,
  isStreamBody,
  logFailure,
  type OptionNames,
  sendReply,
  settle,
  takeColdStart,
  toBasePath,
  Watchdog,
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
   * that many places further left in `X-Forwarded-For`. Default 0: the right-most address.
   */
  readonly trustedProxies?: number | undefined;
  /**
   * The origin under which clients know the function, such as `https://shop.example.com` behind a load balancer: `request.url` has it in
   * place of the `Host` header's. `"forwarded"` takes the host from `X-Forwarded-Host`, as the outermost of the `trustedProxies` wrote it.
   * Default: the `Host` header, which is the client's word.
   */
  readonly publicUrl?: string | undefined;
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

const names = {
  bodyLimit: true,
  timeoutMs: true,
  trustedProxies: true,
  publicUrl: true,
  trust: true,
  basePath: true,
  projectId: true,
  logLevel: true,
} satisfies OptionNames<GcpHttpOptions>;

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
  checkOptions(options, names, ["iap", "api-gateway"] satisfies TrustedIdentity[]);
  const { bodyLimit, trustedProxies = 0, publicUrl, projectId = process.env.GOOGLE_CLOUD_PROJECT } = options;
  checkName(name);
  const watchdog = new Watchdog();
  const entry = createHttpEntry(fn, watchdog, { bodyLimit, publicUrl, trustedProxies, carriesLatin1: true });
  const sourceOptions = {
    bodyLimit,
    // Google's front end is one that can be trusted.
    trustedProxies: trustedProxies + 1,
    basePath: toBasePath(options.basePath),
    trust: options.trust ?? [],
  };
  const timeoutMs = (options.timeoutMs ?? platformTimeoutMs()) || Number.POSITIVE_INFINITY;
  const logLevel = options.logLevel ?? process.env.LOG_LEVEL;
  let region: string | undefined;

  // Not async: see `registerHandler`.
  const answer = (request: Request, response: Response): void => {
    const nowMs = Date.now();
    const source = new GcpSource(request, sourceOptions, executionId(request), name, nowMs);
    const native = { request, response };
    const deadlineMs = nowMs + timeoutMs;
    region ??= process.env.FUNCTION_REGION;
    const coldStart = takeColdStart();
    const init = { native, source, functionName: name, region, deadlineMs, coldStart, projectId, logLevel };
    const context = new GcpContext(init);
    begin(context, request);
    const reply = entry.answer(entry.toRequest(source), context);
    if (isLater(reply)) reply.whenGiven((given) => send(given, source, context));
    else send(reply, source, context);
  };

  const send = (reply: HttpReply, source: GcpSource, context: GcpContext): void => {
    const { response } = context.native;
    if (isStopping()) response.shouldKeepAlive = false;
    if (isStreamBody(reply.body)) {
      void stream(reply, source, context);
      return;
    }
    try {
      sendReply(response, source.method(), reply);
    } catch (error) {
      breakOff(context, error);
    }
    end(context);
  };

  const stream = async (reply: HttpReply, source: GcpSource, context: GcpContext): Promise<void> => {
    const { response } = context.native;
    const timed = { ...reply, body: chunksInTime(reply, context, watchdog) };
    try {
      // The processor is throttled after the end of a reply, so work passed to waitUntil goes before it.
      const beforeEnd = () => settle(context, watchdog);
      await sendReply(response, source.method(), timed, beforeEnd, (error) => failedStream(error, context));
    } catch (error) {
      breakOff(context, error);
    }
    end(context);
  };

  return registerHandler(name, answer);
}

function breakOff(context: GcpContext, error: unknown): void {
  const { response } = context.native;
  logFailure(context, "the reply broke off", { status: response.statusCode, error: errorFields(error) });
  response.destroy();
}
