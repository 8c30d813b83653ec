import type { AnyHttpFunction, HttpReply, LogLevel } from "@portico/core";
import {
  checkOptions,
  createHttpEntry,
  isLater,
  type OptionNames,
  takeColdStart,
  toBasePath,
  Watchdog,
} from "@portico/core/adapter";
import { AwsContext, completeContext, type FunctionFacts, type LambdaContext, readFacts } from "./context.js";
import type { HttpEvent } from "./http/event.js";
import { readEvent } from "./http/read.js";
import type { HttpResult } from "./http/result.js";
import { send } from "./http/send.js";
import type { HttpSettings } from "./http/settings.js";
import type { EventSource } from "./http/source.js";
import { type ResponseStream, sendStream } from "./http/stream.js";

export { type LambdaContext, type Native, native } from "./context.js";
export type { AlbEvent, HttpEvent, LatticeEvent, PayloadV2Event, RestEvent } from "./http/event.js";
export type { AlbResult, HttpResult, LatticeResult, PayloadV2Result, RestResult } from "./http/result.js";
export type { ResponseStream } from "./http/stream.js";

/** How an HTTP function runs on Lambda. */
export interface HttpOptions {
  /** Request bodies over this are refused with 413 when they are read. Bytes; default 6 MiB, the most that Lambda takes. */
  readonly bodyLimit?: number | undefined;
  /**
   * What stands in front of the functions' paths, such as the `/v1` of a custom domain's mapping: taken off where a path starts with it,
   * and told in `request.basePath`. Default: nothing.
   */
  readonly basePath?: string | undefined;
  /**
   * Whether the stage is taken off the front of an HTTP API's path. Default: true. A custom domain has no stage in its path; say false
   * there when a route starts with the stage's name.
   */
  readonly stripStage?: boolean | undefined;
  /** Ends an invocation earlier than the function's own time-out: API Gateway waits 29 seconds. Milliseconds; default 0, no other limit. */
  readonly timeoutMs?: number | undefined;
  /**
   * How many proxies of yours stand in front of the API, load balancer or function URL, such as 1 for CloudFront. `clientIp` is then
   * taken from that many places further left in `X-Forwarded-For`. Default: 0.
   */
  readonly trustedProxies?: number | undefined;
  /**
   * The origin under which clients know the function, such as `https://shop.example.com` behind CloudFront: `request.url` has it in
   * place of the `Host` header's. `"forwarded"` takes the host from `X-Forwarded-Host`, as the outermost of the `trustedProxies` wrote it.
   * Default: the `Host` header, which is the client's word.
   */
  readonly publicUrl?: string | undefined;
  /**
   * Identities to take from headers that anybody who reaches the function could send. `alb-oidc`: the `x-amzn-oidc-*` headers, safe
   * where every listener rule to the function authenticates. Default: none.
   */
  readonly trust?: readonly "alb-oidc"[] | undefined;
  /** Default: `AWS_LAMBDA_LOG_LEVEL`, then `LOG_LEVEL`, then `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** What Lambda calls: `exports.handler`. Without a context, as in a unit test, the id is `local` and there is no deadline. */
export type HttpHandler = (event: HttpEvent, context?: LambdaContext) => Promise<HttpResult>;

/** What Lambda calls in response streaming mode. */
export type HttpStreamHandler = (event: HttpEvent, stream: ResponseStream, context?: LambdaContext) => Promise<void>;

/**
 * Makes a Lambda handler of an HTTP function, for API Gateway REST APIs and HTTP APIs (payload format 1.0 and 2.0), function URLs,
 * Application Load Balancers and VPC Lattice (event structure V2); it tells them apart by the event. The handler answers every HTTP
 * request, failures included. It rejects with EVENT_UNSUPPORTED for an event of another kind, and with EVENT_MALFORMED for one that no
 * service sends.
 *
 * With `stream: true` the reply is streamed: a function URL needs invoke mode RESPONSE_STREAM, a REST API an integration with response
 * streaming. Sources that cannot stream get the whole reply.
 *
 * @example
 * export const handler = http(createOrder);
 * @throws {HandlerError} CONFIG_INVALID when the function is not an HTTP function or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function http(fn: AnyHttpFunction, options: HttpOptions & { readonly stream: true }): HttpStreamHandler;
export function http(fn: AnyHttpFunction, options?: HttpOptions & { readonly stream?: false | undefined }): HttpHandler;
export function http(
  fn: AnyHttpFunction,
  options: HttpOptions & { readonly stream?: boolean | undefined } = {},
): HttpHandler | HttpStreamHandler {
  const settings = toSettings(options);
  const watchdog = new Watchdog();
  const entry = createHttpEntry(fn, watchdog, options);
  const { logLevel, timeoutMs } = options;
  let facts: FunctionFacts | undefined;

  const begin = (source: EventSource<HttpEvent>, lambda: LambdaContext): AwsContext => {
    facts ??= readFacts(lambda, logLevel);
    // The runtime's own deadline is asked for when something waits for it.
    const deadlineMs = timeoutMs && Date.now() + Math.min(timeoutMs, lambda.getRemainingTimeInMillis());
    return new AwsContext(
      { event: source.native, context: lambda },
      facts,
      takeColdStart(),
      deadlineMs || undefined,
      source,
    );
  };

  /** Not async, which would be one promise more. Throws what `readEvent` does. */
  const answer = <T>(event: HttpEvent, given: LambdaContext | undefined, give: Send<T>): Promise<T> => {
    const lambda = completeContext(given);
    const source = readEvent(event, settings, lambda);
    const context = begin(source, lambda);
    const response = entry.answer(entry.toRequest(source), context);
    if (!isLater(response)) return Promise.resolve(give(source, response, context, watchdog));
    return new Promise((resolve, reject) =>
      response.whenGiven((reply) => {
        try {
          resolve(give(source, reply, context, watchdog));
        } catch (error) {
          reject(error);
        }
      }),
    );
  };

  if (options.stream) {
    const handler: HttpStreamHandler = async (event, stream, lambda) =>
      answer(event, lambda, (...reply) => sendStream(stream, ...reply));
    // What `awslambda.streamifyResponse` does; that global exists on Lambda alone.
    return Object.assign(handler, { [Symbol.for("aws.lambda.runtime.handler.streaming")]: "response" });
  }
  // Two parameters, and always a promise: the runtime takes a third for a callback, and drops what is no promise.
  const handler: HttpHandler = (event, lambda) => {
    try {
      return answer(event, lambda, send);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return handler;
}

const names = {
  bodyLimit: true,
  basePath: true,
  stripStage: true,
  timeoutMs: true,
  trustedProxies: true,
  publicUrl: true,
  trust: true,
  logLevel: true,
  stream: true,
} satisfies OptionNames<HttpOptions & { readonly stream?: unknown }>;

type Send<T> = (
  source: EventSource<HttpEvent>,
  response: HttpReply,
  context: AwsContext,
  watchdog: Watchdog,
) => T | Promise<T>;

function toSettings(options: HttpOptions): HttpSettings {
  checkOptions(options, names, ["alb-oidc"]);
  const { basePath, stripStage = true, trustedProxies = 0, trust = [] } = options;
  return { basePath: toBasePath(basePath), stripStage, trustedProxies, trust };
}
