import {
  type InvocationContext as AzureInvocationContext,
  app,
  type HttpFunctionOptions,
  type HttpRequest,
  type HttpResponseInit,
} from "@azure/functions";
import { type AnyHttpFunction, HandlerError, type LogLevel } from "@portico/core";
import {
  beginRequest,
  byteCount,
  checkNumbers,
  checkOptions,
  createHttpEntry,
  defaultBodyLimit,
  describe,
  errorFields,
  finishReply,
  type HttpEntry,
  isStreamBody,
  logFailure,
  type OptionNames,
  takeColdStart,
  toFailure,
  Watchdog,
  whenGiven,
} from "@portico/core/adapter";
import { connectionOf, watchConnections } from "./connection.js";
import { AzureContext, type AzureHttpNative } from "./context.js";
import { toAzureReply, toStreamedReply } from "./http/reply.js";
import { toMethods, toRoute } from "./http/route.js";
import { AzureHttpSource, type SourceOptions } from "./http/source.js";
import { checkName } from "./name.js";
import { isStreamed } from "./setup.js";
import { begin, end, watchShutdown } from "./shutdown.js";

/** Options of `azure.http`; Azure's own (`authLevel`, `extraInputs`, `extraOutputs`, ...) pass through. */
export interface AzureHttpOptions extends Omit<HttpFunctionOptions, "handler" | "methods" | "route" | "trigger"> {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB. */
  readonly bodyLimit?: number | undefined;
  /** A streamed reply over this fails with 500 where the app does not stream and it is sent in one piece. Bytes; default 6 MiB. */
  readonly collectLimit?: number | undefined;
  /**
   * What host.json says in `extensions.http.routePrefix`: taken off where a path starts with it, and told in `request.basePath`. `""` for
   * none. Default: `api`.
   */
  readonly routePrefix?: string | undefined;
  /**
   * How long an invocation may take, since Azure does not tell. Milliseconds; 0 for no limit. Default: 230000, the load balancer's.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many proxies of yours stand in front of Azure's own front end, such as 1 for Front Door. `clientIp` is then taken from that many
   * places further left in `X-Forwarded-For`. Default 0: the right-most address.
   */
  readonly trustedProxies?: number | undefined;
  /**
   * The origin under which clients know the function, such as `https://shop.example.com` behind Front Door: `request.url` has it in
   * place of the `Host` header's. `"forwarded"` takes the host from `X-Forwarded-Host`, as the outermost of the `trustedProxies` wrote it.
   * Default: the `Host` header, which is the client's word.
   */
  readonly publicUrl?: string | undefined;
  /** Header identities to believe: `easy-auth` only where Easy Auth stands in front of every path to the app. Default: none. */
  readonly trust?: readonly "easy-auth"[] | undefined;
  /** Log entries below are left out. Default: the environment variable `LOG_LEVEL`, else `info`; host.json filters further. */
  readonly logLevel?: LogLevel | undefined;
}

/** The names of the options of `azure.http`, Azure's own among them. */
export const httpNames = {
  bodyLimit: true,
  collectLimit: true,
  routePrefix: true,
  timeoutMs: true,
  trustedProxies: true,
  publicUrl: true,
  trust: true,
  logLevel: true,
  authLevel: true,
  return: true,
  extraInputs: true,
  extraOutputs: true,
} satisfies OptionNames<AzureHttpOptions>;

/** What `azure.http` registers with Azure Functions, for tests. */
export type AzureHttpHandler = (request: HttpRequest, context: AzureInvocationContext) => Promise<HttpResponseInit>;

/**
 * Registers an HTTP function with Azure Functions, under its own path and methods. Call it while the app starts. Returns the handler it
 * registered, which always resolves for a request.
 *
 * @param name unique within the app; the host tries the routes of an app in the order of these names.
 * @throws {HandlerError} CONFIG_INVALID when the function is not an HTTP function, or the name or a method is none that Azure takes.
 * @see https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
 * @example
 * azure.http("create", createOrder, { authLevel: "function" });
 */
export function http(name: string, fn: AnyHttpFunction, options: AzureHttpOptions = {}): AzureHttpHandler {
  checkOptions(options, httpNames, ["easy-auth"]);
  checkNumbers(options, { collectLimit: byteCount });
  const {
    bodyLimit,
    collectLimit,
    routePrefix,
    timeoutMs,
    trustedProxies,
    publicUrl,
    trust,
    logLevel,
    ...registration
  } = options;
  const watchdog = new Watchdog();
  const entry = createHttpEntry(fn, watchdog, { bodyLimit, publicUrl, trustedProxies });
  checkName(name);
  const handler = createHandler(entry, watchdog, {
    prefix: toPrefix(routePrefix ?? "api"),
    trustedProxies: trustedProxies ?? 0,
    easyAuth: trust?.includes("easy-auth") ?? false,
    timeoutMs: (timeoutMs ?? 230_000) || Number.POSITIVE_INFINITY,
    collectLimit: collectLimit ?? defaultBodyLimit,
    logLevel,
  });
  const { trigger } = fn;
  app.http(name, { ...registration, methods: toMethods(trigger), route: toRoute(trigger.path), handler });
  watchShutdown();
  watchConnections();
  return handler;
}

interface HandlerOptions extends SourceOptions {
  readonly timeoutMs: number;
  readonly collectLimit: number;
  readonly logLevel: LogLevel | undefined;
}

function createHandler(entry: HttpEntry, watchdog: Watchdog, options: HandlerOptions): AzureHttpHandler {
  const { timeoutMs, collectLimit, logLevel } = options;
  let region: string | undefined;
  return async (request, azure) => {
    const native: AzureHttpNative = { request: checkRequest(request), context: azure };
    const entered = Date.now();
    // Not read earlier: the host replaces the environment when it makes a waiting worker this app's.
    region ??= process.env.REGION_NAME;
    const streamed = isStreamed(azure);
    const context = new AzureContext({
      native,
      region,
      deadlineMs: entered + timeoutMs,
      coldStart: takeColdStart(),
      logLevel,
      streamed,
    });
    begin(context);
    if (streamed) abortOnLeave(context);
    let streams = false;
    const source = new AzureHttpSource(native, context, options, entered);
    beginRequest(context, source);
    const portable = entry.toRequest(source);
    try {
      const response = await whenGiven(entry.answer(portable, context));
      if (!isStreamBody(response.body)) return toAzureReply(response, context);
      const init = await toStreamedReply(response, context, collectLimit, watchdog);
      streams = streamed;
      return init;
    } catch (error) {
      const problem = toFailure(error);
      logFailure(context, "the reply could not be sent", { status: problem.status, error: errorFields(error) });
      return toAzureReply(finishReply(portable.method, problem), context);
    } finally {
      context["~return"]();
      if (!streams) end(context);
    }
  };
}

function abortOnLeave(context: AzureContext): void {
  const connection = connectionOf(context.id);
  connection?.once("close", () => {
    if (!connection.writableFinished) context["~abort"](new HandlerError("CANCELLED", "The client left."));
  });
}

function toPrefix(routePrefix: string): string {
  const prefix = routePrefix.replace(/^\/+|\/+$/g, "").toLowerCase();
  return prefix === "" ? "" : `/${prefix}`;
}

function checkRequest(request: unknown): HttpRequest {
  const given = request as Partial<HttpRequest> | null | undefined;
  if (
    typeof given === "object" &&
    typeof given?.method === "string" &&
    typeof given.url === "string" &&
    given.headers
  ) {
    return given as HttpRequest;
  }
  throw new HandlerError("EVENT_UNSUPPORTED", `An HTTP request was expected, and ${describe(request)} arrived.`, {
    hint: "Register the function with azure.http; other triggers need a function of their own kind.",
  });
}
